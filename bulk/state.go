package bulk

import (
	"context"

	"github.com/wirechief/wirechief"
)

// Launch starts a draft: its rows are sent from its At on.
func (o *Office) Launch(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error) {
	return o.begin(ctx, "bulk.start", p, id, wirechief.BulkDraft)
}

// Resume goes on with a bulk that is paused.
func (o *Office) Resume(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error) {
	return o.begin(ctx, "bulk.resume", p, id, wirechief.BulkPaused)
}

// begin makes a bulk of a state run. One that runs already is no trouble: the
// caller may not have heard the answer.
func (o *Office) begin(ctx context.Context, op string, p wirechief.Principal, id int64, from wirechief.BulkState) (*wirechief.Bulk, error) {
	unlock, err := o.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	b, err := o.find(ctx, op, p, id)
	switch {
	case err != nil:
		return nil, err
	case b.State == wirechief.BulkRunning:
		return o.Progress(ctx, p, id)
	}
	// A run that has paused by itself is so on disk before it has ended: what is
	// begun before that would be taken for running already.
	if b, err = o.ended(ctx, op, p, b); err != nil {
		return nil, err
	}
	switch {
	case b.State != from:
		return nil, refuseState(op, b, string(from))
	case b.Rows == b.Bad:
		return nil, &wirechief.Error{
			Op: op, Kind: wirechief.Conflict, Rule: wirechief.RuleState,
			Message: "none of the rows can be sent; mend the file and make a new draft",
		}
	}
	b.State, b.Because = wirechief.BulkRunning, ""
	if b.StartedAt.IsZero() {
		b.StartedAt = o.Now()
	}
	if err := o.put(ctx, b, nil); err != nil {
		return nil, err
	}
	out := *b
	o.run(b, false)
	return &out, nil
}

// Pause stops a running bulk. When it returns, nothing of it is under way: what
// has not been handed over by then stays ready.
func (o *Office) Pause(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error) {
	return o.end(ctx, "bulk.pause", p, id, wirechief.BulkPaused, wirechief.BulkRunning)
}

// Cancel ends a bulk for good. Rows that were not sent stay ready, and are not.
func (o *Office) Cancel(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error) {
	return o.end(ctx, "bulk.cancel", p, id, wirechief.BulkCanceled, wirechief.BulkRunning, wirechief.BulkDraft, wirechief.BulkPaused)
}

// end brings a bulk from one of the states to another in which it does not run.
func (o *Office) end(ctx context.Context, op string, p wirechief.Principal, id int64, to wirechief.BulkState, from ...wirechief.BulkState) (*wirechief.Bulk, error) {
	unlock, err := o.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	b, err := o.find(ctx, op, p, id)
	if err != nil {
		return nil, err
	}
	if r := o.runOf(id); r != nil {
		r.ask(ctx, to)
		if b, err = o.ended(ctx, op, p, b); err != nil {
			return nil, err
		}
	}
	if b.State == to {
		return b, nil
	}
	for _, s := range from {
		if b.State == s {
			o.settle(b, to)
			if err := o.put(ctx, b, nil); err != nil {
				return nil, err
			}
			return b, nil
		}
	}
	return nil, refuseState(op, b, string(from[0]))
}

// ended waits until nothing sends the rows of a bulk any more, and gives it as
// it then is.
func (o *Office) ended(ctx context.Context, op string, p wirechief.Principal, b *wirechief.Bulk) (*wirechief.Bulk, error) {
	r := o.runOf(b.ID)
	if r == nil {
		return b, nil
	}
	select {
	case <-r.done:
		return o.find(ctx, op, p, b.ID)
	case <-ctx.Done():
		return nil, &wirechief.Error{
			Op: op, Kind: wirechief.Unavailable, Rule: wirechief.RuleStore,
			Message: "it sends nothing any more, but that cannot be kept just now; try again", Err: ctx.Err(),
		}
	}
}

// settle gives a bulk a state in which it does not run.
func (o *Office) settle(b *wirechief.Bulk, to wirechief.BulkState) {
	b.State, b.Because = to, ""
	if to == wirechief.BulkDone || to == wirechief.BulkCanceled {
		b.EndedAt = o.Now()
	}
}

func refuseState(op string, b *wirechief.Bulk, want string) error {
	return &wirechief.Error{
		Op: op, Kind: wirechief.Conflict, Rule: wirechief.RuleState,
		Message: "the bulk send is " + string(b.State) + "; that is for one that is " + want,
	}
}

// lock waits for the changes of others.
func (o *Office) lock(ctx context.Context) (unlock func(), err error) {
	select {
	case o.change <- struct{}{}:
		return func() { <-o.change }, nil
	case <-ctx.Done():
		return nil, &wirechief.Error{Op: "bulk", Kind: wirechief.Unavailable, Message: "another change of a bulk send is under way; try again", Err: ctx.Err()}
	}
}

// put keeps a bulk with rows of it.
func (o *Office) put(ctx context.Context, b *wirechief.Bulk, rows []wirechief.BulkRow) error {
	kept := *b
	results, err := o.Store.Apply(ctx, wirechief.PutBulk{Bulk: &kept, Changed: rows})
	if err != nil {
		return err
	}
	return results[0].Err
}
