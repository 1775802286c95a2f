package bulk

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
)

// Store is what is needed of it.
type Store interface {
	Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error)
	Message(ctx context.Context, key wirechief.MessageKey) (*wirechief.Message, error)
	ConversationBetween(ctx context.Context, tenant, number, peer string) (*wirechief.Conversation, error)
	Thread(ctx context.Context, key wirechief.ConversationKey, before int64, limit int) ([]*wirechief.Message, error)
	Answer(ctx context.Context, tenant, key string) (*wirechief.Answer, error)
	wirechief.BulkReader
}

// Sender sends one text: the exchange.
type Sender interface {
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
}

// Judge says what would become of texts: the exchange. PreviewSend judges the
// sender once; what it gives judges one text to one recipient.
type Judge interface {
	PreviewSend(ctx context.Context, r wirechief.SendRequest) (func(to, text string) wirechief.Preview, error)
}

// Options is what an [Office] is built from. Store, Sender, Judge and IDs are
// needed.
type Options struct {
	Store  Store
	Sender Sender
	Judge  Judge
	IDs    wirechief.IDs
	Now    wirechief.Clock
	Log    *slog.Logger
	// InFlight is how many sends of all bulks together are under way at once; 32.
	InFlight int
}

// Office keeps bulk sends and runs them. Make it with [New], then Start it.
type Office struct {
	Options
	slots  chan struct{} // one for each send in flight
	change chan struct{} // one change of a bulk's state at a time
	after  func(time.Duration) <-chan time.Time
	killed atomic.Bool // of tests: nothing reaches the disk any more

	mu      sync.Mutex
	runs    map[int64]*run
	hard    context.Context // of the sends; it ends when Stop waits no longer
	cancel  context.CancelFunc
	stopped bool
	running sync.WaitGroup
}

// New builds an office. Nothing runs before Start; drafts can be made.
func New(o Options) *Office {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.InFlight <= 0 {
		o.InFlight = 32
	}
	return &Office{
		Options: o, runs: make(map[int64]*run), after: time.After,
		slots: make(chan struct{}, o.InFlight), change: make(chan struct{}, 1),
	}
}

// Start goes on with the bulks that were running when the last run ended. It
// comes after the start of the exchange. The context bounds the start only.
func (o *Office) Start(ctx context.Context) error {
	o.mu.Lock()
	if o.stopped || o.cancel != nil {
		o.mu.Unlock()
		return nil
	}
	o.hard, o.cancel = context.WithCancel(context.Background())
	o.mu.Unlock()
	for before := int64(0); ; {
		more, err := o.goOn(ctx, &before)
		if !more || err != nil {
			return err
		}
	}
}

// goOn runs a page of the bulks that were running. Nobody changes one between
// its being read and its run.
func (o *Office) goOn(ctx context.Context, before *int64) (more bool, err error) {
	unlock, err := o.lock(ctx)
	if err != nil {
		return false, err
	}
	defer unlock()
	list, err := o.Store.Bulks(ctx, "", []wirechief.BulkState{wirechief.BulkRunning}, *before, pageMost)
	if err != nil {
		return false, err
	}
	for _, b := range list {
		o.run(b, true)
		*before = b.ID
	}
	return len(list) == pageMost, nil
}

// Stop hands nothing over any more, keeps what came of what is under way, and
// returns when nothing of the office runs. What was running goes on at the next
// Start.
func (o *Office) Stop(ctx context.Context) error {
	o.mu.Lock()
	o.stopped = true
	cancel := o.cancel
	for _, r := range o.runs {
		r.ask(ctx, "")
	}
	o.mu.Unlock()
	if cancel == nil {
		return nil
	}
	ended := make(chan struct{})
	go func() {
		o.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	cancel()
	<-ended
	return nil
}

// run starts what sends the rows of a bulk, unless the office is stopped: it is
// kept as running then, and goes on at the next start.
func (o *Office) run(b *wirechief.Bulk, again bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopped || o.cancel == nil || o.runs[b.ID] != nil {
		return
	}
	r := &run{o: o, hard: o.hard, b: *b, again: again, stop: make(chan struct{}), done: make(chan struct{})}
	o.runs[b.ID] = r
	o.running.Go(func() {
		defer close(r.done)
		r.loop()
		o.mu.Lock()
		delete(o.runs, b.ID)
		o.mu.Unlock()
	})
}

// runOf gives what sends the rows of a bulk, nil when nothing does.
func (o *Office) runOf(id int64) *run {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.runs[id]
}

// allow says no to who may not send to many. What a program may was judged by
// its scopes before.
func allow(op string, p wirechief.Principal) error {
	program := p.Agent == 0 && (p.Role == "" || p.Role == wirechief.RoleAPI)
	switch {
	case !program && !p.May(wirechief.RightBulk):
		return &wirechief.Error{
			Op: op, Kind: wirechief.Forbidden, Rule: wirechief.RuleRole,
			Message: "your role does not allow sending to many; ask an owner or admin",
		}
	case p.Tenant == "":
		return &wirechief.Error{Op: op, Kind: wirechief.Invalid, Field: "tenant", Message: "the operator has to name the tenant"}
	}
	return nil
}

// find gives a bulk of the tenant's to who may see it.
func (o *Office) find(ctx context.Context, op string, p wirechief.Principal, id int64) (*wirechief.Bulk, error) {
	if err := allow(op, p); err != nil {
		return nil, err
	}
	return o.Store.Bulk(ctx, p.Tenant, id)
}
