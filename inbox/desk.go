package inbox

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// Options is what a [Desk] is built from. Store, Sender, People, Numbers and IDs
// are needed.
type Options struct {
	Store   Store
	Sender  Sender
	People  People
	Numbers Numbers
	Ledger  Ledger // nil: nothing is said of opt-outs
	IDs     interface{ Next() int64 }
	Now     wirechief.Clock
	Log     *slog.Logger
}

// Store is what the desk needs of the store.
type Store interface {
	Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error)
	Entities(ctx context.Context, kind wirechief.EntityKind) ([]wirechief.Entity, error)
	wirechief.ConversationReader
	wirechief.ContactReader
}

// Sender judges and sends texts: the exchange.
type Sender interface {
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
}

// People are the agents of tenants; the key is the id in decimal.
type People interface {
	Get(ctx context.Context, tenant, key string) (wirechief.Agent, error) // kind NotFound
}

// Numbers are those of tenants, whatever state they are in.
type Numbers interface {
	NumberAnyState(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) // kind NotFound
}

// Ledger says whether a handset gets no texts from a number of a tenant, since
// when and why. It is quick.
type Ledger interface {
	OptedOut(tenant, number, handset string) (wirechief.OptOut, bool)
}

// Desk does what people do. Make it with [New], Load it, then Start it. It is
// safe for concurrent use.
type Desk struct {
	store   Store
	sender  Sender
	people  People
	numbers Numbers
	ledger  Ledger
	ids     interface{ Next() int64 }
	now     wirechief.Clock
	log     *slog.Logger

	// Changes that follow on what was read before go one after the other.
	threads  [64]sync.Mutex // of conversations, by id
	contacts sync.Mutex

	mu        sync.RWMutex
	blocked   map[string]map[string]bool               // by tenant, then peer
	templates map[string]map[int64]*wirechief.Template // by tenant, then id; never changed in place

	retention retention
}

// New makes a desk. Nothing is read before Load.
func New(o Options) *Desk {
	d := &Desk{
		store: o.Store, sender: o.Sender, people: o.People, numbers: o.Numbers, ledger: o.Ledger, ids: o.IDs, now: o.Now, log: o.Log,
		blocked: make(map[string]map[string]bool), templates: make(map[string]map[int64]*wirechief.Template),
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	return d
}

// Load reads who is blocked, and the templates. It comes before the first text
// is received.
func (d *Desk) Load(ctx context.Context) error {
	blocked, err := d.store.Blocked(ctx)
	if err != nil {
		return err
	}
	entities, err := d.store.Entities(ctx, wirechief.EntityTemplate)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for tenant, peers := range blocked {
		for _, peer := range peers {
			d.setBlocked(tenant, peer, true)
		}
	}
	for _, e := range entities {
		t := new(wirechief.Template)
		if err := json.Unmarshal(e.Doc, t); err != nil || t.ID == 0 {
			d.log.ErrorContext(ctx, "a template cannot be read, and is left out", "tenant", e.Tenant, "template", e.Key, "error", err)
			continue
		}
		d.keepTemplate(e.Tenant, t)
	}
	return nil
}

// apply makes commands durable. The error is the first that there is.
func (d *Desk) apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	results, err := d.store.Apply(ctx, commands...)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if r.Err != nil {
			return results, r.Err
		}
	}
	return results, nil
}

// entry makes an entry of a conversation by a person.
func (d *Desk) entry(p wirechief.Principal, kind wirechief.EntryKind, text string) wirechief.Entry {
	return wirechief.Entry{ID: d.ids.Next(), Kind: kind, Who: who(p), Text: text, At: d.now().UTC()}
}

// who names a principal for others to read. The name of a token that nobody
// labelled is a fingerprint, and tells nobody anything.
func who(p wirechief.Principal) string {
	if _, err := hex.DecodeString(p.Name); err == nil && len(p.Name) == 16 && isProgram(p) {
		return "a token"
	}
	return cmp.Or(p.Name, p.Dialect, "the operator")
}

func keyOf(p wirechief.Principal, id int64) wirechief.ConversationKey {
	return wirechief.ConversationKey{Shard: wirechief.ShardOf(p.Tenant), ID: id}
}

// conversation reads one of the principal's tenant.
func (d *Desk) conversation(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Conversation, error) {
	c, err := d.store.Conversation(ctx, keyOf(p, id))
	if wirechief.KindOf(err) == wirechief.NotFound && err != nil || err == nil && c.Tenant != p.Tenant {
		return nil, &wirechief.Error{
			Op: "conversation", Kind: wirechief.NotFound, Rule: wirechief.RuleReference, Field: "conversation", Message: "there is no such conversation",
		}
	}
	return c, err
}

// lock makes changes of one conversation go one after the other.
func (d *Desk) lock(id int64) (unlock func()) {
	m := &d.threads[uint64(id)%uint64(len(d.threads))]
	m.Lock()
	return m.Unlock
}
