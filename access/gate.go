package access

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// Store is what the gate needs of the store.
type Store interface {
	Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error)
	Entities(ctx context.Context, kind wirechief.EntityKind) ([]wirechief.Entity, error)
}

// Admin is the operator, as the configuration has it. Without a password the
// operator cannot sign in.
type Admin struct {
	Email    string
	Password wirechief.Secret
}

// Options is what a [Gate] is built from. Store, People and IDs are needed.
type Options struct {
	Store  Store
	People People
	Admin  Admin
	OIDC   Provider
	Hashes *Hashes // the installation's; nil: its own
	IDs    wirechief.IDs
	Now    wirechief.Clock
	Log    *slog.Logger
}

// Gate lets people in. Make it with [New], then Load and Start it.
type Gate struct {
	Options
	throttle *throttle
	decoy    string // a hash of no password
	key      []byte // of the installation
	signOn   signOn

	// writing is held from when a change of sessions is decided until it is
	// committed, so that none that has ended is written down after that.
	writing turn

	mu       sync.Mutex // taken after writing
	sessions map[digest]*record
	gone     []digest // sessions that ended and may still be in the store
	choices  struct {
		at   time.Time
		list []TenantChoice
	}

	operator struct {
		sync.Once
		mark []byte
	}

	running struct {
		sync.Mutex
		stop    chan struct{}
		stopped bool
		done    sync.WaitGroup
	}
}

// New builds a gate. Nothing runs and nothing is read before Load and Start.
func New(o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Hashes == nil {
		o.Hashes = NewHashes()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Gate{
		Options: o, throttle: newThrottle(), writing: make(turn, 1), decoy: decoy(), sessions: make(map[digest]*record),
	}
}

// turn is a lock that a test can watch somebody wait for (testing/synctest).
type turn chan struct{}

func (t turn) take() { t <- struct{}{} }
func (t turn) give() { <-t }

// secretName is the key of the installation's secret of this package.
const secretName = "access"

// Load reads the sessions, and the secret of the installation, which it makes
// at the first start.
func (g *Gate) Load(ctx context.Context) error {
	if err := g.loadKey(ctx); err != nil {
		return err
	}
	kept, err := g.Store.Entities(ctx, wirechief.EntitySession)
	if err != nil {
		return err
	}
	now := g.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range kept {
		d, ok := parseDigest(e.Key)
		if !ok {
			continue
		}
		r := new(record)
		if err := json.Unmarshal(e.Doc, r); err != nil || r.over(now) {
			g.gone = append(g.gone, d)
			continue
		}
		g.sessions[d] = r
	}
	return nil
}

func (g *Gate) loadKey(ctx context.Context) error {
	secrets, err := g.Store.Entities(ctx, wirechief.EntitySecret)
	if err != nil {
		return err
	}
	for _, e := range secrets {
		if e.Tenant == "" && e.Key == secretName {
			if g.key, err = hex.DecodeString(strings.Trim(string(e.Doc), `"`)); err != nil {
				return err
			}
		}
	}
	if len(g.key) == sha256.Size {
		return nil
	}
	g.key = make([]byte, sha256.Size)
	rand.Read(g.key)
	doc := []byte(`"` + hex.EncodeToString(g.key) + `"`)
	return g.apply(ctx, wirechief.PutEntity{Entity: wirechief.Entity{Kind: wirechief.EntitySecret, Key: secretName, Doc: doc}})
}

// derive makes a key for one purpose out of that of the installation.
func (g *Gate) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, g.key, nil, "wirechief access "+purpose, sha256.Size)
	if err != nil { // only a length that is too great fails
		panic(err)
	}
	return key
}

// apply commits commands, all of which have to succeed.
func (g *Gate) apply(ctx context.Context, commands ...wirechief.Command) error {
	results, err := g.Store.Apply(ctx, commands...)
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range results {
		errs = append(errs, r.Err)
	}
	return errors.Join(errs...)
}

// every is how often the gate tidies up.
const every = time.Minute

// Start begins to write down when sessions were last used, and to remove those
// that have ended, once a minute.
func (g *Gate) Start(context.Context) error {
	g.running.Lock()
	defer g.running.Unlock()
	if g.running.stop != nil || g.running.stopped {
		return nil
	}
	stop := make(chan struct{})
	g.running.stop = stop
	g.running.done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if err := g.sweep(context.Background()); err != nil {
					g.Log.Warn("sessions could not be written down; trying again in a minute", "error", err)
				}
			}
		}
	})
	return nil
}

// Stop ends that and writes down what is left.
func (g *Gate) Stop(ctx context.Context) error {
	g.running.Lock()
	defer g.running.Unlock()
	if g.running.stopped {
		return nil
	}
	g.running.stopped = true
	g.signOn.close()
	if g.running.stop == nil {
		return nil
	}
	close(g.running.stop)
	g.running.done.Wait()
	return g.sweep(ctx)
}

// sweepMost is how many sessions go to the store in one commit.
const sweepMost = 1000

// sweep removes sessions that are over and writes down when the others were used.
func (g *Gate) sweep(ctx context.Context) error {
	now := g.Now()
	g.throttle.forget(now)
	g.writing.take()
	defer g.writing.give()
	g.mu.Lock()
	var commands []wirechief.Command
	var used []*record
	for d, r := range g.sessions {
		switch {
		case r.over(now):
			delete(g.sessions, d)
			g.gone = append(g.gone, d)
		case r.used && len(commands) < sweepMost:
			r.used = false
			used = append(used, r)
			commands = append(commands, put(d, r))
		}
	}
	gone := g.gone
	g.gone = nil
	g.mu.Unlock()
	for _, d := range gone {
		commands = append(commands, wirechief.DropEntity{Entity: d.entity()})
	}
	if len(commands) == 0 {
		return nil
	}
	// What is not there any more is as well dropped: only the commit counts.
	if _, err := g.Store.Apply(ctx, commands...); err != nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.gone = append(g.gone, gone...)
		for _, r := range used {
			r.used = true
		}
		return err
	}
	return nil
}
