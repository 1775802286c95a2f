package access

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// How long a session lasts.
const (
	idleLife = 12 * time.Hour      // from its last use
	fullLife = 14 * 24 * time.Hour // from its beginning
)

// mostSessions is how many sessions one person has at most: the one unused for
// the longest makes room.
const mostSessions = 50

// Session is somebody who is signed in.
type Session struct {
	ID        string              // to name it in lists; not what lets anybody in
	Token     wirechief.Secret    // for the cookie, only when it was just made
	Principal wirechief.Principal // Tenant is whom they act for; Operator for the operator
	Name      string
	Email     string
	CSRF      string // what forms of this session carry; empty in lists
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time // at the latest
	Address   string    // where it began
	UserAgent string
	Tenants   []TenantChoice // that they can act for; empty in lists
}

// record is a session as it is kept, under the hash of its token.
type record struct {
	ID        string    `json:"id"`
	Tenant    string    `json:"tenant"` // acted for
	Email     string    `json:"email"`
	Operator  bool      `json:"operator,omitempty"`
	Mark      []byte    `json:"mark,omitempty"`   // of the operator's password
	Proofs    []proof   `json:"proofs,omitempty"` // whose passwords matched
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	Address   string    `json:"address,omitempty"`
	UserAgent string    `json:"user_agent,omitempty"`

	used bool // since it was written down
}

// proof says that somebody has shown to be a person. Mark tells the password
// of then from another.
type proof struct {
	Tenant string `json:"tenant"`
	Agent  int64  `json:"agent"`
	Mark   []byte `json:"mark"`
}

func (r *record) over(now time.Time) bool {
	return now.Sub(r.SeenAt) >= idleLife || now.Sub(r.CreatedAt) >= fullLife
}

// proofOf gives the proof for a tenant, nil when there is none.
func (r *record) proofOf(tenant string) *proof {
	for i := range r.Proofs {
		if r.Proofs[i].Tenant == tenant {
			return &r.Proofs[i]
		}
	}
	return nil
}

// digest is the SHA-256 of a token: by it a session is found, and nothing that
// is kept lets anybody in.
type digest [sha256.Size]byte

func digestOf(token string) digest { return sha256.Sum256([]byte(token)) }

func parseDigest(key string) (d digest, ok bool) {
	b, err := hex.DecodeString(key)
	return d, err == nil && copy(d[:], b) == len(d) && len(b) == len(d)
}

func (d digest) entity() wirechief.Entity {
	return wirechief.Entity{Kind: wirechief.EntitySession, Key: hex.EncodeToString(d[:])}
}

func put(d digest, r *record) wirechief.PutEntity {
	e := d.entity()
	e.Doc, _ = json.Marshal(r) // strings, times and octets: cannot fail
	return wirechief.PutEntity{Entity: e}
}

// mark tells one password of a person from the next. The hash has a salt, so
// the mark gives nothing away.
func mark(phc string) []byte {
	sum := sha256.Sum256([]byte("wirechief mark\x00" + phc))
	return sum[:16]
}

// csrfOf makes what forms of a session carry out of its token.
func csrfOf(token string) string {
	m := hmac.New(sha256.New, []byte(token))
	m.Write([]byte("wirechief csrf"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func notSignedIn() error {
	return &wirechief.Error{Op: "session", Kind: wirechief.Unauthenticated, Message: "you are not signed in, or not any more; sign in again"}
}

// maxToken is longer than any token of ours.
const maxToken = 128

// Session gives the session of a token. It takes microseconds and writes
// nothing; that the session was used is written down within a minute.
func (g *Gate) Session(_ context.Context, token string) (Session, error) {
	if token == "" || len(token) > maxToken {
		return Session{}, notSignedIn()
	}
	now, d := g.Now().UTC(), digestOf(token)
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.sessions[d]
	if r == nil {
		return Session{}, notSignedIn()
	}
	s, ok := g.show(r, now)
	if !ok {
		g.end(d)
		return Session{}, notSignedIn()
	}
	if now.After(r.SeenAt) {
		r.SeenAt, r.used = now, true
	}
	s.SeenAt = r.SeenAt
	s.CSRF, s.Tenants = csrfOf(token), g.reach(r, now)
	return s, nil
}

// end forgets a session; the caller holds mu.
func (g *Gate) end(d digest) {
	delete(g.sessions, d)
	g.gone = append(g.gone, d)
}

// show gives a session as it stands; false: it has ended. The caller holds mu.
func (g *Gate) show(r *record, now time.Time) (Session, bool) {
	s := Session{
		ID: r.ID, Email: r.Email, CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, ExpiresAt: r.CreatedAt.Add(fullLife),
		Address: r.Address, UserAgent: r.UserAgent,
		Principal: wirechief.Principal{Tenant: r.Tenant, Dialect: wirechief.DialectConsole, Address: r.Address},
	}
	if r.over(now) {
		return s, false
	}
	if r.Operator {
		s.Name, s.Principal.Operator, s.Principal.Name = r.Email, true, r.Email
		return s, subtle.ConstantTimeCompare(r.Mark, g.operatorMark()) == 1
	}
	pr := r.proofOf(r.Tenant)
	if pr == nil {
		return s, false
	}
	p, ok := g.person(pr)
	if !ok {
		return s, false
	}
	s.Name, s.Email = p.called(), p.Email
	s.Principal.Name, s.Principal.Agent, s.Principal.Role = p.called(), p.ID, p.Role
	return s, true
}

// person gives who was proved, while nothing has changed that ends the proof.
func (g *Gate) person(pr *proof) (Person, bool) {
	p, ok := g.People.PersonOf(pr.Tenant, pr.Agent)
	return p, ok && p.Role != wirechief.RoleAPI && subtle.ConstantTimeCompare(pr.Mark, mark(p.Password)) == 1
}

// reach lists the tenants of a session; the caller holds mu.
func (g *Gate) reach(r *record, now time.Time) []TenantChoice {
	if r.Operator {
		// There may be many; a second old they are good enough for a menu.
		if age := now.Sub(g.choices.at); age < 0 || age >= time.Second {
			g.choices.at, g.choices.list = now, g.People.TenantChoices()
		}
		return slices.Clip(g.choices.list)
	}
	var out []TenantChoice
	for i := range r.Proofs {
		if p, ok := g.person(&r.Proofs[i]); ok {
			out = append(out, TenantChoice{p.Tenant, cmp.Or(p.TenantName, p.Tenant)})
		}
	}
	return out
}

// open begins a session, and keeps it together with the entry of the audit log.
func (g *Gate) open(ctx context.Context, r *record) (Session, error) {
	var random [32]byte
	rand.Read(random[:])
	token := base64.RawURLEncoding.EncodeToString(random[:])
	now, d := g.Now().UTC(), digestOf(token)
	r.ID, r.CreatedAt, r.SeenAt = g.IDs.UUID(), now, now
	r.UserAgent, r.Address = cut(r.UserAgent, 300), cut(r.Address, 100)
	g.mu.Lock()
	s, ok := g.show(r, now)
	if ok {
		s.Tenants = g.reach(r, now)
	}
	g.mu.Unlock()
	if !ok { // the person was changed while the hash was computed
		return Session{}, notSignedIn()
	}
	if err := g.apply(ctx, put(d, r), g.entry(s.Principal, "signin", r.Email)); err != nil {
		return Session{}, err
	}
	g.mu.Lock()
	g.sessions[d] = r
	g.crowd(r)
	g.mu.Unlock()
	s.Token, s.CSRF = wirechief.Secret(token), csrfOf(token)
	g.Log.InfoContext(ctx, "signed in", "tenant", r.Tenant, "session", r.ID, "address", r.Address)
	return s, nil
}

// crowd ends the sessions of a person that are too many; the caller holds mu.
func (g *Gate) crowd(of *record) {
	var oldest digest
	count := 0
	for d, r := range g.sessions {
		if r.Operator != of.Operator || !strings.EqualFold(r.Email, of.Email) || r.Tenant != of.Tenant && !r.Operator {
			continue
		}
		if count++; r != of && (oldest == digest{} || r.SeenAt.Before(g.sessions[oldest].SeenAt)) {
			oldest = d
		}
	}
	if count > mostSessions {
		g.end(oldest)
	}
}

// SignOut ends the session of a token; kind Unauthenticated when there is none.
func (g *Gate) SignOut(ctx context.Context, token string) error {
	s, err := g.Session(ctx, token)
	if err != nil {
		return err
	}
	return g.drop(ctx, digestOf(token), g.entry(s.Principal, "signout", s.Email))
}

// drop ends a session for good: it does not come back by a restart.
func (g *Gate) drop(ctx context.Context, d digest, entry wirechief.PutAudit) error {
	g.writing.take()
	defer g.writing.give()
	g.mu.Lock()
	delete(g.sessions, d)
	g.mu.Unlock()
	// That it had not been kept yet, or not any more, changes nothing.
	if _, err := g.Store.Apply(ctx, wirechief.DropEntity{Entity: d.entity()}, entry); err != nil {
		g.mu.Lock()
		g.gone = append(g.gone, d)
		g.mu.Unlock()
		return err
	}
	return nil
}

// mine says whether a session is one of the principal's.
func (r *record) mine(p wirechief.Principal) bool {
	if r.Operator || p.Operator || p.Agent == 0 {
		// The operator has no agent; the console lets them act as an owner.
		return r.Operator && p.Agent == 0 && p.Dialect == wirechief.DialectConsole && strings.EqualFold(r.Email, p.Name)
	}
	pr := r.proofOf(p.Tenant)
	return pr != nil && pr.Agent == p.Agent
}

// Sessions lists the sessions of the principal, the last used first.
func (g *Gate) Sessions(_ context.Context, p wirechief.Principal) ([]Session, error) {
	now := g.Now().UTC()
	out := []Session{}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.sessions {
		if !r.mine(p) {
			continue
		}
		if s, ok := g.show(r, now); ok {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Session) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Revoke ends one of the principal's sessions by its ID; kind NotFound when it
// is not theirs.
func (g *Gate) Revoke(ctx context.Context, p wirechief.Principal, id string) error {
	var found digest
	g.mu.Lock()
	for d, r := range g.sessions {
		if r.ID == id && r.mine(p) {
			found = d
		}
	}
	g.mu.Unlock()
	if found == (digest{}) {
		return &wirechief.Error{Op: "session.revoke", Kind: wirechief.NotFound, Field: "id", Message: "there is no such session of yours; it may have ended"}
	}
	return g.drop(ctx, found, g.entry(p, "session.revoke", id))
}

// SwitchTenant has a session act for another tenant from now on: any, for the
// operator; else one that the session reaches. Its token stays.
func (g *Gate) SwitchTenant(ctx context.Context, token, tenant string) (Session, error) {
	if _, err := g.Session(ctx, token); err != nil {
		return Session{}, err
	}
	now, d := g.Now().UTC(), digestOf(token)
	g.writing.take()
	defer g.writing.give()
	g.mu.Lock()
	r := g.sessions[d]
	if r == nil {
		g.mu.Unlock()
		return Session{}, notSignedIn()
	}
	g.choices.at = time.Time{}
	if !slices.ContainsFunc(g.reach(r, now), func(c TenantChoice) bool { return c.ID == tenant }) {
		g.mu.Unlock()
		return Session{}, &wirechief.Error{Op: "session.switch", Kind: wirechief.NotFound, Field: "tenant", Message: "there is no such tenant for you; sign in to it"}
	}
	r.Tenant, r.used = tenant, false
	command := put(d, r)
	g.mu.Unlock()
	if err := g.apply(ctx, command); err != nil {
		return Session{}, err
	}
	return g.Session(ctx, token)
}

// cut shortens what a stranger sends to what is worth keeping.
func cut(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
