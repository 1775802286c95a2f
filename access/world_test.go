package access

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/crypto/argon2"

	"github.com/wirechief/wirechief"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cheap is a hash as HashPassword makes them, but quick.
func cheap(password string) string {
	salt := []byte("0123456789abcdef")
	return fmt.Sprintf("$argon2id$v=%d$m=8,t=1,p=1$%s$%s", argon2.Version, base64.RawStdEncoding.EncodeToString(salt),
		base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 8, 1, 32)))
}

// world is a gate over a store in memory, with two tenants.
type world struct {
	*Gate
	mu       sync.Mutex
	now      time.Time
	entities map[string]wirechief.Entity
	audit    []wirechief.AuditEntry
	people   []Person
	commits  int
	fail     error
}

const (
	ann      = "ann@acme.test"
	bob      = "bob@acme.test"
	operator = "admin@example.test"
	password = "correct horse"
	desk     = "192.0.2.1"
)

func newWorld(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), entities: make(map[string]wirechief.Entity)}
	w.people = []Person{
		{Tenant: "acme", TenantName: "Acme", ID: 101, Name: "Ann", Email: ann, Role: wirechief.RoleAgent, Password: cheap(password)},
		{Tenant: "acme", TenantName: "Acme", ID: 102, Email: bob, Role: wirechief.RoleOwner, Password: cheap("bob's password")},
		{Tenant: "acme", TenantName: "Acme", ID: 103, Email: "robot@acme.test", Role: wirechief.RoleAPI, Password: cheap(password)},
		{Tenant: "acme", TenantName: "Acme", ID: 104, Email: "invited@acme.test", Role: wirechief.RoleViewer},
		{Tenant: "globex", ID: 201, Email: "Both@acme.test", Role: wirechief.RoleViewer, Password: cheap(password)},
		{Tenant: "acme", TenantName: "Acme", ID: 105, Email: "both@acme.test", Role: wirechief.RoleAdmin, Password: cheap(password)},
		{Tenant: "globex", ID: 202, Email: ann, Role: wirechief.RoleOwner, Password: cheap("what a stranger chose")},
	}
	w.start(t, change...)
	return w
}

// start begins a gate anew over what is kept.
func (w *world) start(t testing.TB, change ...func(*Options)) {
	t.Helper()
	o := Options{Store: w, People: w, IDs: &ids{}, Now: w.Now, Admin: Admin{operator, "change-me"}}
	for _, f := range change {
		f(&o)
	}
	w.Gate = New(o)
	w.decoy = cheap("of nobody")
	if err := w.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return nil, w.fail
	}
	w.commits++
	out := make([]wirechief.Result, len(commands))
	for i, c := range commands {
		switch c := c.(type) {
		case wirechief.PutEntity:
			w.entities[string(c.Kind)+" "+c.Key] = c.Entity
		case wirechief.DropEntity:
			if _, ok := w.entities[string(c.Kind)+" "+c.Key]; !ok {
				out[i].Err = wirechief.Errorf(wirechief.NotFound, "it is not there")
			}
			delete(w.entities, string(c.Kind)+" "+c.Key)
		case wirechief.PutAudit:
			w.audit = append(w.audit, c.AuditEntry)
		default:
			out[i].Err = wirechief.Errorf(wirechief.Internal, "%T is not expected", c)
		}
	}
	return out, nil
}

func (w *world) Entities(_ context.Context, kind wirechief.EntityKind) (out []wirechief.Entity, err error) {
	for _, e := range w.entities {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out, nil
}

func (w *world) PeopleAt(email string) (out []Person) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.people {
		if strings.EqualFold(p.Email, email) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.Tenant, b.Tenant) })
	return out
}

func (w *world) PersonOf(tenant string, id int64) (Person, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.people {
		if p.Tenant == tenant && p.ID == id {
			return p, true
		}
	}
	return Person{}, false
}

func (w *world) TenantChoices() []TenantChoice {
	return []TenantChoice{{"acme", "Acme"}, {"globex", "globex"}}
}

func (w *world) SetPassword(_ context.Context, p wirechief.Principal, phc string) error {
	w.change(p.Agent, func(person *Person) { person.Password = phc })
	return nil
}

func (w *world) change(id int64, f func(*Person)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.people {
		if w.people[i].ID == id {
			f(&w.people[i])
		}
	}
}

// log writes the audit log down and empties it.
func (w *world) log() string {
	var b strings.Builder
	for _, e := range w.audit {
		fmt.Fprintf(&b, "%s: %s by %s (%d) at %s, %s\n", e.Tenant, e.Action, e.Who, e.Agent, e.Address, e.Subject)
	}
	w.audit = nil
	return b.String()
}

func (w *world) signIn(t *testing.T, email string, password wirechief.Secret) (Session, error) {
	t.Helper()
	return w.SignIn(t.Context(), Attempt{Email: email, Password: password, Address: desk, UserAgent: "Browser 1"})
}

func (w *world) mustSignIn(t *testing.T, email string, password wirechief.Secret) Session {
	t.Helper()
	s, err := w.signIn(t, email, password)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ids counts.
type ids struct {
	mu   sync.Mutex
	last int64
}

func (i *ids) Next() int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last++
	return i.last
}

func (i *ids) UUID() string  { return "session-" + strconv.FormatInt(i.Next(), 10) }
func (i *ids) Token() string { return "token-" + strconv.FormatInt(i.Next(), 10) }
