package bulk_test

import (
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/bulk"
)

func TestSend(t *testing.T) {
	h := newHouse(t)
	h.optOut("+13105550002")
	b := h.draft(list(300)+"Ed,Ed\n", func(q *bulk.Request) { q.Validity = time.Hour })
	h.launch(b)
	done := h.becomes(b.ID, wirechief.BulkDone)
	if done.Sent != 299 || done.Refused != 1 || done.Bad != 1 || done.StartedAt.IsZero() || done.EndedAt.IsZero() {
		t.Errorf("%+v", done)
	}
	h.once(300) // the one that was refused has a message, too
	refused, err := h.Rows(t.Context(), ann, b.ID, wirechief.RowRefused, 0, 0)
	if err != nil || len(refused) != 1 || refused[0].Seq != 3 || refused[0].Message == 0 || refused[0].Error == "" {
		t.Errorf("%+v, %v", refused, err)
	}
	first, err := h.Rows(t.Context(), ann, b.ID, "", 0, 1)
	if err != nil || first[0].State != wirechief.RowSent {
		t.Fatalf("%+v, %v", first, err)
	}
	m, err := h.db.Message(t.Context(), wirechief.MessageKey{Shard: wirechief.ShardOf("acme"), ID: first[0].Message})
	if err != nil || m.To != "+13105550000" || m.Text != "Hi No. 0" || m.ValidUntil.Sub(m.CreatedAt) != time.Hour {
		t.Errorf("%+v, %v", m, err)
	}
	// It is over.
	for _, do := range []func(context.Context, wirechief.Principal, int64) (*wirechief.Bulk, error){h.Launch, h.Pause, h.Resume, h.Cancel} {
		_, err := do(t.Context(), ann, b.ID)
		wantError(t, err, wirechief.Conflict, wirechief.RuleState, "")
	}
}

func TestResults(t *testing.T) {
	h := newHouse(t)
	b := h.draft("to,name\n+13105550001,\"Ann, \"\"x\"\"\nLee\"\n=cmd|x,Bob\n", func(q *bulk.Request) { q.Text = "-{{name}}" })
	h.launch(b)
	h.becomes(b.ID, wirechief.BulkDone)
	var out strings.Builder
	if err := h.Results(t.Context(), ann, b.ID, &out); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil || len(got) != 3 || strings.Join(got[0], ",") != "row,to,text,segments,state,message,status,error" {
		t.Fatalf("%q, %v", got, err)
	}
	if r := got[1]; r[1] != "+13105550001" || r[2] != "'-Ann, \"x\"\nLee" || r[4] != "sent" || r[5] == "" || r[6] == "" || r[7] != "" {
		t.Errorf("%q", r)
	}
	if r := got[2]; r[1] != "'=cmd|x" || r[4] != "bad" || r[5] != "" || !strings.HasPrefix(r[7], "'=cmd") {
		t.Errorf("%q", r)
	}
}

// TestCrash: whatever the office had not kept when it was killed, each
// recipient gets one message.
func TestCrash(t *testing.T) {
	h := newHouse(t)
	const n = 10_000
	b := h.draft(list(n))
	for _, at := range []int64{3_000, 6_500} {
		reached := make(chan struct{})
		start := h.sends.Load()
		h.hook = func(n int64, _ wirechief.SendRequest) error {
			if n-start == at-start {
				close(reached)
			}
			return nil
		}
		if at == 3_000 {
			h.launch(b)
		} else {
			h.open()
		}
		<-reached
		if err := h.Kill(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	h.open()
	done := h.becomes(b.ID, wirechief.BulkDone)
	if done.Sent != n || done.Refused != 0 {
		t.Errorf("%+v", done)
	}
	if again := h.sends.Load() - n; again <= 0 || again > 2*256 {
		t.Errorf("%d sends were asked for again; the kills came too early or too late", again)
	}
	h.once(n)
}

// TestForgottenKeys: a run that broke off so long ago that its keys are
// forgotten repeats nothing either.
func TestForgottenKeys(t *testing.T) {
	h := newHouse(t)
	b := h.draft(list(400))
	reached := make(chan struct{})
	h.hook = func(n int64, _ wirechief.SendRequest) error {
		if n == 300 {
			close(reached)
		}
		return nil
	}
	h.launch(b)
	<-reached
	if err := h.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.Apply(t.Context(), wirechief.Purge{Answers: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	h.hook, h.now = nil, func() time.Time { return time.Now().Add(25 * time.Hour) }
	h.open()
	if done := h.becomes(b.ID, wirechief.BulkDone); done.Sent != 400 {
		t.Errorf("%+v", done)
	}
	h.once(400)
}

// TestStop: an office that is stopped in peace repeats nothing, and goes on.
func TestStop(t *testing.T) {
	h := newHouse(t)
	b := h.draft(list(2000))
	draft := h.draft(list(1))
	reached := make(chan struct{})
	h.hook = func(n int64, _ wirechief.SendRequest) error {
		if n == 700 {
			close(reached)
		}
		return nil
	}
	h.launch(b)
	<-reached
	if err := errors.Join(h.Office.Stop(t.Context()), h.Office.Stop(t.Context())); err != nil {
		t.Fatal(err)
	}
	h.hook = nil
	h.open()
	if done := h.becomes(b.ID, wirechief.BulkDone); done.Sent != 2000 || h.sends.Load() != 2000 {
		t.Errorf("%+v after %d sends", done, h.sends.Load())
	}
	h.once(2000)
	h.becomes(draft.ID, wirechief.BulkDraft)
}

func TestPauseAndCancel(t *testing.T) {
	h := newHouse(t)
	b := h.draft(list(2000))
	reached := make(chan struct{})
	h.hook = func(n int64, _ wirechief.SendRequest) error {
		if n == 500 {
			close(reached)
		}
		return nil
	}
	h.launch(b)
	<-reached
	paused, err := h.Pause(t.Context(), ann, b.ID)
	if err != nil || paused.State != wirechief.BulkPaused || paused.Sent < 499 || paused.Sent > 500+256 {
		t.Fatalf("%+v, %v", paused, err)
	}
	sends := h.sends.Load()
	if int(sends) != paused.Sent {
		t.Errorf("%d were sent, %d are kept", sends, paused.Sent)
	}
	// Twice is once, and it stays so over a restart.
	if again, err := h.Pause(t.Context(), ann, b.ID); err != nil || again.Sent != paused.Sent {
		t.Errorf("%+v, %v", again, err)
	}
	if err := h.Office.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.becomes(b.ID, wirechief.BulkPaused)
	_, err = h.Launch(t.Context(), ann, b.ID)
	wantError(t, err, wirechief.Conflict, wirechief.RuleState, "")

	more := make(chan struct{})
	h.hook = func(n int64, _ wirechief.SendRequest) error {
		if n == sends+300 {
			close(more)
		}
		return nil
	}
	if b, err := h.Resume(t.Context(), ann, b.ID); err != nil || b.State != wirechief.BulkRunning {
		t.Fatalf("%+v, %v", b, err)
	}
	<-more
	canceled, err := h.Cancel(t.Context(), ann, b.ID)
	if err != nil || canceled.State != wirechief.BulkCanceled || canceled.EndedAt.IsZero() || canceled.Sent != int(h.sends.Load()) {
		t.Fatalf("%+v, %v", canceled, err)
	}
	ready, err := h.Rows(t.Context(), ann, b.ID, wirechief.RowReady, 0, 1)
	if err != nil || len(ready) != 1 || ready[0].Seq != canceled.Sent+1 {
		t.Errorf("%+v, %v: rows that were not sent stay ready", ready, err)
	}
	h.once(canceled.Sent)
}

// TestTrouble: what fails for now is tried again, in order, and nothing is lost.
func TestTrouble(t *testing.T) {
	h := newHouse(t)
	var waits atomic.Int64
	h.after = func(time.Duration) <-chan time.Time {
		waits.Add(1)
		c := make(chan time.Time, 1)
		c <- time.Now()
		return c
	}
	if err := h.Office.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.hook = func(n int64, _ wirechief.SendRequest) error {
		switch {
		case n%97 == 0:
			return wirechief.Refuse(wirechief.Unavailable, wirechief.RuleStore, "the disk is full")
		case n%101 == 0:
			return wirechief.Refuse(wirechief.Exhausted, wirechief.RuleBacklog, "too many wait")
		case n%103 == 0:
			return &wirechief.Error{Kind: wirechief.Conflict, Rule: wirechief.RuleTollFreeCap, Field: "from", Message: "enough for today"}
		}
		return nil
	}
	b := h.draft(list(1000))
	h.launch(b)
	if done := h.becomes(b.ID, wirechief.BulkDone); done.Sent != 1000 || done.Refused != 0 {
		t.Errorf("%+v", done)
	}
	if waits.Load() == 0 {
		t.Error("it did not wait")
	}
	h.once(1000)
}

// TestSenderTrouble: what every row would suffer from pauses the bulk with the
// reason; what one row does, refuses it.
func TestSenderTrouble(t *testing.T) {
	h := newHouse(t)
	h.hook = func(_ int64, r wirechief.SendRequest) error {
		switch {
		case strings.HasSuffix(r.To[0], "0007"):
			return wirechief.InvalidField("text", "not this one")
		case r.To[0] >= "+13105550500":
			return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "the balance is below 0.01")
		}
		return nil
	}
	b := h.draft(list(1000))
	h.launch(b)
	paused := h.becomes(b.ID, wirechief.BulkPaused)
	if paused.Because != "the balance is below 0.01" || paused.Sent != 499 || paused.Refused != 1 {
		t.Errorf("%+v", paused)
	}
	h.hook = nil
	if _, err := h.Resume(t.Context(), ann, b.ID); err != nil {
		t.Fatal(err)
	}
	if done := h.becomes(b.ID, wirechief.BulkDone); done.Because != "" || done.Sent != 999 {
		t.Errorf("%+v", done)
	}
}

// TestDefect: a defect of ours is tried some times, and then left to a person.
func TestDefect(t *testing.T) {
	h := newHouse(t)
	h.after = func(time.Duration) <-chan time.Time {
		c := make(chan time.Time, 1)
		c <- time.Now()
		return c
	}
	if err := h.Office.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.hook = func(int64, wirechief.SendRequest) error { return errors.New("a secret cause") }
	b := h.draft(list(10))
	h.launch(b)
	if paused := h.becomes(b.ID, wirechief.BulkPaused); paused.Because != "an internal error occurred; it has been logged" || paused.Sent != 0 {
		t.Errorf("%+v", paused)
	}
}

// TestAtAndRate: nothing goes before its time, and no faster than it may.
func TestAtAndRate(t *testing.T) {
	h := newHouse(t)
	asked := make(chan time.Duration, 1000)
	free := make(chan time.Time)
	h.after = func(d time.Duration) <-chan time.Time {
		asked <- d
		return free
	}
	still := time.Now()
	h.now = func() time.Time { return still }
	if err := h.Office.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.open()
	b := h.draft(list(3), func(q *bulk.Request) { q.At, q.Rate = still.Add(time.Hour), 4 })
	h.launch(b)
	if d := <-asked; d != time.Hour {
		t.Errorf("it waits for %v", d)
	}
	if n := h.sends.Load(); n != 0 {
		t.Errorf("%d were sent before", n)
	}
	free <- still
	for i := 1; i <= 2; i++ {
		if d := <-asked; d != time.Duration(i)*250*time.Millisecond {
			t.Errorf("row %d waits %v", i+1, d)
		}
		free <- still
	}
	h.becomes(b.ID, wirechief.BulkDone)
	// One that waits can be paused, and nothing of it is sent.
	b = h.draft(list(3), func(q *bulk.Request) { q.At = still.Add(time.Hour) })
	h.launch(b)
	<-asked
	if paused, err := h.Pause(t.Context(), ann, b.ID); err != nil || paused.State != wirechief.BulkPaused || paused.Sent != 0 {
		t.Errorf("%+v, %v", paused, err)
	}
}

// TestFair: all bulks together have no more in flight than they may.
func TestFair(t *testing.T) {
	h := newHouse(t)
	var now, most atomic.Int64
	h.hook = func(int64, wirechief.SendRequest) error {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		return nil
	}
	var all []*wirechief.Bulk
	for range 4 {
		b := h.draft(list(400))
		h.launch(b)
		all = append(all, b)
	}
	for _, b := range all {
		h.becomes(b.ID, wirechief.BulkDone)
	}
	if most.Load() > 32 {
		t.Errorf("%d at once", most.Load())
	}
}
