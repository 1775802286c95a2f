package client

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/ident"
)

const (
	tailPage = 200 // messages in one request
	// overlap is how far back each look goes over what the last one saw: an id
	// is given before its message is on disk, so that messages can appear a
	// little out of the order of their ids.
	overlap = 2 * time.Second
)

// Tail follows the messages that the query selects, as they come: those with
// ids above q.After, or from now on when it is 0, each once, in the order of
// their ids but for a moment. It looks every so often (0: every second), until
// the loop ends or ctx does; q.Before and q.Limit mean nothing. It shows new
// messages, not what becomes of those that were shown.
//
// An error comes with an empty message. Ranging on then means to try again;
// after a refusal that will not change, such as a wrong token, the loop ends.
func (c *Client) Tail(ctx context.Context, q MessageQuery, every time.Duration) iter.Seq2[wire.Message, error] {
	if every <= 0 {
		every = time.Second
	}
	return func(yield func(wire.Message, error) bool) {
		q.Before, q.Limit = 0, tailPage
		t := &tail{client: c, query: q, seen: make(map[int64]bool)}
		wait := time.NewTimer(every)
		defer wait.Stop()
		for {
			if err := t.look(ctx, yield); err == errEnough || ctx.Err() != nil {
				return
			} else if err != nil && (!yield(wire.Message{}, err) || isRefusal(err)) {
				return
			}
			wait.Reset(every)
			select {
			case <-ctx.Done():
				return
			case <-wait.C:
			}
		}
	}
}

// errEnough says that whoever ranges has left the loop.
var errEnough = errors.New("enough")

// tail is where a Tail stands.
type tail struct {
	client *Client
	query  MessageQuery   // After: everything up to it was shown
	seen   map[int64]bool // shown, above it
	newest int64
	begun  bool
}

// look shows what has come since the last look.
func (t *tail) look(ctx context.Context, yield func(wire.Message, error) bool) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	q := t.query
	for {
		page, err := t.client.Messages(ctx, q)
		if err != nil {
			return err
		}
		for _, m := range page {
			q.After = m.ID
			if t.seen[m.ID] {
				continue
			}
			t.seen[m.ID] = true
			t.newest = max(t.newest, m.ID)
			if !yield(m, nil) {
				return errEnough
			}
		}
		if len(page) < q.Limit {
			t.settle()
			return nil
		}
	}
}

// begin finds out where now is.
func (t *tail) begin(ctx context.Context) error {
	if !t.begun && t.query.After == 0 {
		latest := t.query
		latest.Limit = 1
		page, err := t.client.Messages(ctx, latest)
		if err != nil {
			return err
		}
		if t.query.After = 1; len(page) == 1 { // no id is as low
			t.query.After = page[0].ID
		}
	}
	t.begun = true
	return nil
}

// settle forgets what is too old to have missed anything before it.
func (t *tail) settle() {
	if t.newest == 0 {
		return
	}
	t.query.After = max(t.query.After, ident.At(ident.Time(t.newest).Add(-overlap)))
	for id := range t.seen {
		if id <= t.query.After {
			delete(t.seen, id)
		}
	}
}

// isRefusal says whether the same request would be refused again.
func isRefusal(err error) bool {
	p, ok := errors.AsType[*wire.Problem](err)
	return ok && p.Status >= 300 && p.Status < 500 && p.Status != 408 && p.Status != 429
}
