package access

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/wirechief/wirechief"
)

// Attempt is what somebody shows who wants to come in.
type Attempt struct {
	Tenant    string // needed only where the mail address is of several
	Email     string
	Password  wirechief.Secret
	Address   string // where the request came from
	UserAgent string
}

// Choice says that several tenants fit: the attempt is to be repeated with the
// Tenant that is meant. It is the cause of an error of kind Conflict.
type Choice struct{ Tenants []string }

// Error implements error.
func (c *Choice) Error() string { return "one of " + strings.Join(c.Tenants, ", ") }

// mostTenants is how many tenants one mail address is tried with.
const mostTenants = 8

const op = "signin"

func wrong() error {
	return &wirechief.Error{Op: op, Kind: wirechief.Unauthenticated, Message: "the mail address or the password is wrong"}
}

// SignIn begins a session for who shows the right password. Kinds:
// Unauthenticated, in the same words and with the same work whatever is wrong;
// Exhausted (RuleRate) after too many tries, with how long to wait; Conflict,
// Field "tenant", when several tenants fit ([Choice]).
func (g *Gate) SignIn(ctx context.Context, a Attempt) (Session, error) {
	email := cut(Fold(a.Email), 254)
	account, address := g.accountLimit(email, a.Address), ofAddress(a.Address)
	if wait, told := g.throttle.try(g.Now(), account, address); wait > 0 {
		if !told {
			g.attempted(ctx, "signin.throttled", email, a.Address, g.mayEnter(email))
		}
		return Session{}, tooMany(wait)
	}
	people := g.mayEnter(email)
	fits, operator, err := g.prove(ctx, email, a.Password, people)
	if err != nil {
		return Session{}, err
	}
	if operator || len(fits) > 0 && g.allFit(email, people, fits) {
		g.throttle.clear(account)
	}
	r := &record{Tenant: a.Tenant, Email: email, Address: a.Address, UserAgent: a.UserAgent}
	switch {
	case operator:
		if r.Tenant, err = g.tenantOfOperator(a.Tenant); err != nil {
			return Session{}, err
		}
		r.Operator, r.Mark, r.Email = true, g.operatorMark(), g.Admin.Email
	case len(fits) == 0, a.Tenant != "" && !among(fits, a.Tenant):
		g.Log.InfoContext(ctx, "a sign-in was refused", "address", a.Address)
		g.attempted(ctx, "signin.failed", email, a.Address, people)
		return Session{}, wrong()
	case a.Tenant == "" && len(fits) > 1:
		g.throttle.forgive(account, address)
		return Session{}, choose(fits)
	default:
		r.enter(fits, a.Tenant)
	}
	g.throttle.forgive(account, address)
	return g.open(ctx, r)
}

// allFit says whether the password was right for all who have the mail address.
// Else somebody who gives it to an agent of their own, with a password that they
// know, could have the tries at another's forgotten.
func (g *Gate) allFit(email string, people, fits []Person) bool {
	if g.Admin.Password != "" && email == Fold(g.Admin.Email) {
		return false
	}
	for _, p := range people {
		if p.Password != "" && !among(fits, p.Tenant) {
			return false
		}
	}
	return true
}

// enter puts what was proved into a session; tenant is acted for, or the first.
func (r *record) enter(fits []Person, tenant string) {
	for _, p := range fits {
		if r.proofOf(p.Tenant) == nil {
			r.Proofs = append(r.Proofs, proof{p.Tenant, p.ID, mark(p.Password)})
		}
	}
	if r.Tenant = tenant; tenant == "" {
		r.Tenant = fits[0].Tenant
	}
}

func among(people []Person, tenant string) bool {
	for i := range people {
		if people[i].Tenant == tenant {
			return true
		}
	}
	return false
}

func choose(fits []Person) error {
	c := new(Choice)
	for _, p := range fits {
		c.Tenants = append(c.Tenants, p.Tenant)
	}
	return &wirechief.Error{
		Op: op, Kind: wirechief.Conflict, Field: "tenant", Err: c,
		Message: "you are known to several tenants; say which one: " + strings.Join(c.Tenants, ", "),
	}
}

func tooMany(wait time.Duration) error {
	err := wirechief.Refuse(wirechief.Exhausted, wirechief.RuleRate, "too many tries; wait %s", words(wait))
	err.Op = op
	return err
}

// words says how long in whole seconds or minutes, rounded up.
func words(d time.Duration) string {
	n, unit := int((d+time.Second-1)/time.Second), "second"
	if n > 90 {
		n, unit = (n+59)/60, "minute"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// accountLimit counts the tries of an account. Who is signed in from the same
// address is counted apart, so that strangers cannot lock somebody out of the
// desk where they work.
func (g *Gate) accountLimit(email, address string) limit {
	l := ofAccount(email)
	now := g.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.sessions {
		if address != "" && r.Address == address && !r.over(now) && strings.EqualFold(r.Email, email) {
			l.key += " at " + address
			break
		}
	}
	return l
}

// mayEnter lists the people of a mail address that may sign in at all: one of
// each tenant.
func (g *Gate) mayEnter(email string) []Person {
	var out []Person
	if email == "" {
		return nil
	}
	for _, p := range g.People.PeopleAt(email) {
		if p.Role != wirechief.RoleAPI && !among(out, p.Tenant) && len(out) < mostTenants {
			out = append(out, p)
		}
	}
	return out
}

// prove says whose password it is. It computes one hash at least, so that
// nobody learns from the time whom there is.
func (g *Gate) prove(ctx context.Context, email string, password wirechief.Secret, people []Person) (fits []Person, operator bool, err error) {
	if len(password) > 4*mostPassword {
		password = "" // nobody's
	}
	isEmail := wirechief.Secret(Fold(g.Admin.Email)).Equal(email)
	isPassword := g.Admin.Password.Equal(password.Reveal())
	operator = isEmail && isPassword && g.Admin.Email != "" && g.Admin.Password != ""
	done, err := g.Hashes.Enter(ctx)
	if err != nil {
		return nil, false, err
	}
	defer done()
	hashes := 0
	for _, p := range people {
		if p.Password == "" || password == "" {
			continue
		}
		hashes++
		if PasswordMatches(p.Password, password) {
			fits = append(fits, p)
		}
	}
	if hashes == 0 {
		PasswordMatches(g.decoy, password)
	}
	return fits, operator, nil
}

// decoy is a hash of today's parameters that no password is known for.
func decoy() string {
	var random [16 + keySize]byte
	rand.Read(random[:])
	return phcOf(random[:16], random[16:])
}

func phcOf(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// operatorMark tells the operator's password from another that the
// configuration has later. What is kept of it is as slow to guess as any.
func (g *Gate) operatorMark() []byte {
	g.operator.Do(func() {
		salt := g.derive("operator " + Fold(g.Admin.Email))
		g.operator.mark = argon2.IDKey([]byte(g.Admin.Password.Reveal()), salt, passes, memory, threads, 16)
	})
	return g.operator.mark
}

// tenantOfOperator is the tenant that is named, or the first.
func (g *Gate) tenantOfOperator(named string) (string, error) {
	all := g.People.TenantChoices()
	for _, c := range all {
		if named == "" || c.ID == named {
			return c.ID, nil
		}
	}
	if named == "" {
		return "", nil
	}
	return "", &wirechief.Error{Op: op, Kind: wirechief.NotFound, Field: "tenant", Message: "there is no such tenant"}
}

// ChangePassword gives a person another password; the old one has to be right.
// It ends all of their sessions, the one that asks included: whoever calls this
// signs them in anew.
func (g *Gate) ChangePassword(ctx context.Context, p wirechief.Principal, old, fresh wirechief.Secret) error {
	const op = "password.change"
	person, ok := g.People.PersonOf(p.Tenant, p.Agent)
	switch {
	case p.Agent == 0:
		return &wirechief.Error{Op: op, Kind: wirechief.Forbidden, Message: "the operator's password is in the configuration: admin.password"}
	case !ok:
		return notSignedIn()
	case person.Password == "":
		return &wirechief.Error{Op: op, Kind: wirechief.Forbidden, Message: "you have no password here; an owner or admin of " + person.Tenant + " can give you one"}
	}
	if err := JudgePassword(fresh, person.Email); err != nil {
		return err
	}
	account, address := g.accountLimit(Fold(person.Email), p.Address), ofAddress(p.Address)
	if wait, _ := g.throttle.try(g.Now(), account, address); wait > 0 {
		return tooMany(wait)
	}
	done, err := g.Hashes.Enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	if len(old) > 4*mostPassword || !PasswordMatches(person.Password, old) {
		return &wirechief.Error{Op: op, Kind: wirechief.Invalid, Field: "old", Message: "the old password is wrong"}
	}
	g.throttle.clear(account)
	g.throttle.forgive(address)
	if old == fresh {
		return &wirechief.Error{Op: op, Kind: wirechief.Invalid, Field: "password", Message: "that is the password you have"}
	}
	return g.People.SetPassword(ctx, p, HashPassword(fresh))
}
