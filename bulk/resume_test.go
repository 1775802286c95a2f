package bulk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/bulk"
)

// pausing lets something happen when it is on disk that a bulk has paused, and
// the run does not know yet.
type pausing struct {
	bulk.Store
	paused func()
}

func (p *pausing) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	r, err := p.Store.Apply(ctx, commands...)
	if b, is := commands[0].(wirechief.PutBulk); is && b.State == wirechief.BulkPaused {
		p.paused()
	}
	return r, err
}

// kept is a bulk of one row, and nothing else.
type kept struct {
	bulk.Store
	b   wirechief.Bulk
	row wirechief.BulkRow
}

func (k *kept) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	c := commands[0].(wirechief.PutBulk)
	k.b = *c.Bulk
	for _, r := range c.Changed {
		k.row = r
	}
	return make([]wirechief.Result, 1), nil
}

func (k *kept) Bulk(context.Context, string, int64) (*wirechief.Bulk, error) {
	b := k.b
	return &b, nil
}

func (k *kept) Bulks(context.Context, string, []wirechief.BulkState, int64, int) ([]*wirechief.Bulk, error) {
	return nil, nil
}

func (k *kept) BulkRows(context.Context, string, int64, wirechief.BulkRowState, int, int) ([]wirechief.BulkRow, error) {
	if k.row.State != wirechief.RowReady {
		return nil, nil
	}
	return []wirechief.BulkRow{k.row}, nil
}

// funds refuses the first text.
type funds struct{ raised bool }

func (f *funds) Send(context.Context, wirechief.SendRequest) (wirechief.SendResult, error) {
	if !f.raised {
		f.raised = true
		return wirechief.SendResult{}, wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "no money")
	}
	return wirechief.SendResult{Recipients: []wirechief.SendRecipient{{Message: 7}}}, nil
}

// TestResumeBeforeTheRunHasEnded: a bulk that paused by itself and is resumed
// at that very moment runs on.
func TestResumeBeforeTheRunHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &kept{
			b:   wirechief.Bulk{ID: 1, Tenant: "acme", State: wirechief.BulkDraft, Rows: 1},
			row: wirechief.BulkRow{Seq: 1, To: "+13105550001", State: wirechief.RowReady},
		}
		var o *bulk.Office
		resumed := make(chan error, 1)
		o = bulk.New(bulk.Options{Sender: &funds{}, Store: &pausing{k, func() {
			go func() {
				_, err := o.Resume(context.Background(), ann, 1)
				resumed <- err
			}()
			<-time.After(time.Second) // until that is through, or waits
		}}})
		if err := o.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Launch(t.Context(), ann, 1); err != nil {
			t.Fatal(err)
		}
		if err := <-resumed; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if k.b.State != wirechief.BulkDone || k.b.Sent != 1 {
			t.Errorf("nothing runs: %+v", k.b)
		}
		if err := o.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
