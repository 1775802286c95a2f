package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
)

// batchMost bounds the commands of one transaction, and with it how long the
// first of them waits for the others to be applied.
const batchMost = 4096

// call is one Apply that waits.
type call struct {
	commands []wirechief.Command
	results  []wirechief.Result
	more     []wirechief.Command // what is left of slices, one a command; nil: nothing
	err      error
	claimed  atomic.Bool // by the writer, or by a caller who gives up
	done     chan struct{}
}

// writer is the one goroutine that changes the database.
type writer struct {
	*conn
	s *Store

	mu      sync.Mutex
	waiting []*call
	closed  error // why nothing more is taken
	wake    chan struct{}
	ended   chan struct{}

	// Of the transaction under way:
	flights   map[string][]wirechief.MessageKey // the last of each carrier
	isolating bool
	parked    parkedSet
	recent    recent
	threads   threads
	texts     texts
	wiping    wiping
	scratch   []byte
}

// errUndone ends a transaction so that it is applied anew, command by command.
var errUndone = errors.New("a command cannot be applied")

// Apply implements [wirechief.Store].
func (s *Store) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	c, err := s.w.apply(ctx, commands)
	if err != nil {
		return nil, err
	}
	for i := range c.more {
		// What touches very many rows goes on in further commits, so that
		// messages get in between.
		for next := c.more[i]; next != nil; {
			rest, err := s.w.apply(ctx, []wirechief.Command{next})
			if err != nil {
				return nil, err
			}
			if c.results[i].Err = rest.results[0].Err; c.results[i].Err != nil {
				break
			}
			c.results[i].Count += rest.results[0].Count
			c.results[i].Left += rest.results[0].Left
			next = nil
			if rest.more != nil {
				next = rest.more[0]
			}
		}
	}
	return c.results, nil
}

func (w *writer) apply(ctx context.Context, commands []wirechief.Command) (*call, error) {
	c := &call{commands: commands, results: make([]wirechief.Result, len(commands)), done: make(chan struct{})}
	w.mu.Lock()
	if w.closed != nil {
		w.mu.Unlock()
		return nil, failedOrClosed(w.closed)
	}
	w.waiting = append(w.waiting, c)
	first := len(w.waiting) == 1
	w.mu.Unlock()
	if first {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if c.claimed.CompareAndSwap(false, true) {
			return nil, unavailable(ctx.Err())
		}
		<-c.done // the commands belong to the writer until it is through
	}
	return c, c.err
}

// run takes everything that waits, commits it, lets the callers go, and so on.
// There is no timer: who comes alone is served alone, and who comes while a
// flush is under way shares the next one.
func (w *writer) run() {
	defer close(w.ended)
	for {
		<-w.wake
		for {
			batch, commands, stop := w.take()
			if len(batch) > 0 {
				w.serve(batch, commands)
				if w.texts.isDue(false) {
					w.indexTexts()
				}
				// Callers that were let go and have more come in before the next batch.
				runtime.Gosched()
				continue
			}
			if stop {
				for _, t := range []*time.Timer{w.texts.timer, w.wiping.timer} {
					if t != nil {
						t.Stop()
					}
				}
				return
			}
			if w.texts.isDue(true) {
				w.indexTexts()
				w.s.checkpoint.grown(w.conn)
				continue
			}
			if w.wiping.isDue() {
				w.wipeWords()
				w.s.checkpoint.grown(w.conn)
				continue
			}
			break
		}
	}
}

// take claims the callers of the next batch.
func (w *writer) take() (batch []*call, commands int, stop bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := 0
	for _, c := range w.waiting {
		if commands > 0 && commands+len(c.commands) > batchMost {
			break
		}
		taken++
		if !c.claimed.CompareAndSwap(false, true) {
			continue // gave up
		}
		batch = append(batch, c)
		commands += len(c.commands)
	}
	rest := copy(w.waiting, w.waiting[taken:])
	clear(w.waiting[rest:])
	w.waiting = w.waiting[:rest]
	return batch, commands, w.closed != nil && rest == 0
}

// serve commits a batch and answers it: the answer comes after the flush.
func (w *writer) serve(batch []*call, commands int) {
	start := time.Now()
	err := w.s.poisoned()
	if err == nil {
		err = w.transact(batch, false)
		if errors.Is(err, errUndone) {
			err = w.transact(batch, true)
		}
	}
	if err == nil {
		if w.s.OnCommit != nil {
			w.s.OnCommit(commands, time.Since(start))
		}
	} else {
		err = w.refuse(err)
	}
	for _, c := range batch {
		c.err = err
		close(c.done)
	}
	if err == nil {
		w.s.checkpoint.grown(w.conn)
	}
}

// refuse turns the failure of a transaction into the answer, and ends the
// store if it cannot go on.
func (w *writer) refuse(err error) error {
	if known := w.s.poisoned(); known != nil {
		return failed(known)
	}
	if judge(err) == poison {
		w.s.poison(err)
		return failed(err)
	}
	w.s.Log.Warn("the store refused a commit", "error", err)
	return unavailable(err)
}

// transact applies a batch in one transaction. It returns errUndone when a
// command has to be singled out first.
func (w *writer) transact(batch []*call, isolating bool) (err error) {
	w.isolating = isolating
	clear(w.flights)
	w.texts.fresh = w.texts.fresh[:0]
	if err := w.q("BEGIN IMMEDIATE").run(); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			return
		}
		w.parked.forget()
		w.recent.forget()
		w.threads.forget()
		// Some errors have ended the transaction already.
		if !w.AutocommitEnabled() {
			if rerr := w.q("ROLLBACK").run(); rerr != nil && !w.AutocommitEnabled() {
				w.s.poison(fmt.Errorf("rolling back: %w, after %w", rerr, err))
			}
		}
	}()
	if err := w.parked.load(w.conn); err != nil {
		return err
	}
	for _, c := range batch {
		c.more = nil
		for i, command := range c.commands {
			res, more, err := w.one(command)
			if err != nil {
				return err
			}
			c.results[i] = res
			if more != nil {
				if c.more == nil {
					c.more = make([]wirechief.Command, len(c.commands))
				}
				c.more[i] = more
			}
		}
	}
	if err := w.writeThreads(); err != nil {
		return err
	}
	if err := w.writeFlights(); err != nil {
		return err
	}
	if err := w.writePending(); err != nil {
		return err
	}
	if err := w.q("COMMIT").run(); err != nil {
		return err
	}
	w.pendingKept()
	return nil
}

// one applies one command. A command decides before its first write whether
// it can be applied, so that refusing it costs nothing. What it could not
// foresee undoes the whole transaction, which then is applied again with a
// savepoint around each command; the common case pays for none.
func (w *writer) one(command wirechief.Command) (wirechief.Result, wirechief.Command, error) {
	if !w.isolating {
		res, more, err := w.do(command)
		if err != nil && judge(err) == isolate {
			err = errUndone
		}
		return res, more, err
	}
	if err := w.q("SAVEPOINT command").run(); err != nil {
		return wirechief.Result{}, nil, err
	}
	res, more, err := w.do(command)
	if err == nil {
		err = w.writeThreads() // before the next command may be undone
	}
	if err != nil {
		if judge(err) != isolate {
			return res, nil, err
		}
		w.parked.forget()
		w.recent.forget()
		w.threads.forget()
		if err := w.q("ROLLBACK TO command").run(); err != nil {
			return res, nil, err
		}
		if err := w.parked.load(w.conn); err != nil {
			return res, nil, err
		}
		res, more = wirechief.Result{Err: unfit(err)}, nil
	}
	return res, more, w.q("RELEASE command").run()
}

// do applies a command. The error is for the transaction; why the command
// itself is refused is in the result.
func (w *writer) do(command wirechief.Command) (res wirechief.Result, more wirechief.Command, err error) {
	switch c := command.(type) {
	case wirechief.Accept:
		res, err = w.accept(&c)
	case wirechief.Record:
		res, err = w.record(&c)
	case wirechief.Correlate:
		res, err = w.correlate(&c)
	case wirechief.SetInFlight:
		w.flights[c.Carrier] = c.Messages
	case wirechief.PutPart:
		res, err = w.putPart(&c.StoredPart)
	case wirechief.Attempted:
		res, err = w.attempted(&c)
	case wirechief.Redeliver:
		return w.redeliver(c)
	case wirechief.PutEntity:
		err = w.putEntity(&c.Entity)
	case wirechief.DropEntity:
		res, err = w.dropEntity(&c.Entity)
	case wirechief.PutNumber:
		res, err = w.putNumber(&c)
	case wirechief.PutOffers:
		err = w.putOffers(&c.OfferSource)
	case wirechief.DropOffers:
		res, err = w.dropOffers(c.Source)
	case wirechief.SetBalance:
		err = w.setBalance(&c)
	case wirechief.PutMedia:
		err = w.putMedia(c.Media)
	case wirechief.Purge:
		return w.purge(c)
	case wirechief.ChangeConversation:
		res, err = w.changeConversation(&c)
	case wirechief.PutContact:
		res, err = w.putContact(c.Contact)
	case wirechief.DropContact:
		res, err = w.dropContact(c)
	case wirechief.PutOptOuts:
		err = w.putOptOuts(c.OptOuts)
	case wirechief.Audited:
		return w.audited(&c)
	case wirechief.PutAudit:
		err = w.putAudit(&c.AuditEntry)
	case wirechief.PutBulk:
		res, err = w.putBulk(&c)
	case wirechief.AddTallies:
		err = w.addTallies(&c)
	case wirechief.Forget:
		return w.forget(&forgetting{Forget: c})
	case forgetting:
		return w.forget(&c)
	case flush:
		err = w.flushTexts()
	case probe:
		err = w.q("INSERT INTO probe VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at").int(c.at).run()
	default:
		res.Err = wirechief.Errorf(wirechief.Internal, "the store knows no command %T", command)
	}
	return res, nil, err
}

// stop lets what waits be served and then ends.
func (w *writer) stop(why error) {
	w.mu.Lock()
	if w.closed == nil {
		w.closed = why
	}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
	<-w.ended
}
