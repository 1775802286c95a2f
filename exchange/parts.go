package exchange

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
)

// gap stands in a joined text where a part never came.
const gap = "[…]"

// assembler joins the parts of long texts (3GPP TS 23.040 9.2.3.24.1). Each
// part is on disk before its acknowledgement; the last one is kept by the
// commit of the whole message, which removes the others. Parts wait across
// restarts. What is still missing after the join time is marked in the text.
type assembler struct {
	x        *Exchange
	mu       sync.Mutex
	waiting  map[partsOf]*assembly
	finished finished
	wake     chan struct{}
}

// partsOf is how a handset names a text: its reference may come again, with
// another text, once the first is complete or given up.
type partsOf struct {
	carrier, from, to string
	ref, total        int
}

// assembly is one text under construction. Its lock is held over the commit
// of a part, so that exactly one part is the last.
type assembly struct {
	mu    sync.Mutex
	key   wirechief.PartKey
	parts map[int]wirechief.StoredPart
	first time.Time
	done  bool
}

func newAssembler(x *Exchange) *assembler {
	return &assembler{x: x, waiting: make(map[partsOf]*assembly), finished: newFinished(), wake: make(chan struct{}, 1)}
}

// load brings back the parts that were waiting when the last run ended.
func (a *assembler) load(ctx context.Context) error {
	stored, err := a.x.Store.Parts(ctx)
	if err != nil {
		return err
	}
	for _, p := range stored {
		t := a.text(partsOf{p.Carrier, p.From, p.To, p.Ref, p.Total}, func() wirechief.PartKey { return p.PartKey }, p.At)
		t.parts[p.Seq] = p
		if p.At.Before(t.first) {
			t.first = p.At
		}
	}
	return nil
}

// text gives the assembly of a text, a new one if there is none.
func (a *assembler) text(name partsOf, key func() wirechief.PartKey, first time.Time) *assembly {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.waiting[name]
	if t == nil {
		t = &assembly{key: key(), parts: make(map[int]wirechief.StoredPart), first: first}
		a.waiting[name] = t
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
	return t
}

// put takes one part.
func (a *assembler) put(ctx context.Context, n *wirechief.Number, in wirechief.Inbound) error {
	now := a.x.Now()
	name := partsOf{in.Carrier, in.From, in.To, in.Part.Ref, in.Part.Total}
	for {
		a.mu.Lock()
		repeated := a.waiting[name] == nil && a.finished.has(name, in.Part.Seq, in.Text, now.Add(-a.x.Join))
		a.mu.Unlock()
		if repeated {
			return nil // of a text that is on disk: its acknowledgement got lost
		}
		t := a.text(name, func() wirechief.PartKey {
			return wirechief.PartKey{
				Shard: wirechief.ShardOf(n.Tenant), Carrier: in.Carrier, From: in.From, To: in.To,
				Ref: in.Part.Ref, Total: in.Part.Total, Since: a.x.IDs.Next(),
			}
		}, now)
		t.mu.Lock()
		if t.done {
			t.mu.Unlock()
			continue // it was completed meanwhile
		}
		if old, ok := t.parts[in.Part.Seq]; ok && old.Text != in.Text {
			// The handset uses its reference again: what was lacking will not
			// come any more, and this part begins another text.
			err := a.completeLate(ctx, t, n, name)
			t.mu.Unlock()
			if err != nil {
				return err
			}
			continue
		}
		err := a.add(ctx, t, n, name, in, now)
		t.mu.Unlock()
		return err
	}
}

// add keeps the part, or the whole text if it is the last. t is locked.
func (a *assembler) add(ctx context.Context, t *assembly, n *wirechief.Number, name partsOf, in wirechief.Inbound, now time.Time) error {
	if _, repeated := t.parts[in.Part.Seq]; repeated {
		return nil // on disk already: the carrier brought it again
	}
	part := wirechief.StoredPart{PartKey: t.key, Seq: in.Part.Seq, Text: in.Text, Raw: in.Raw, At: now}
	if len(t.parts)+1 < t.key.Total {
		results, err := a.x.Store.Apply(ctx, wirechief.PutPart{StoredPart: part})
		if err != nil {
			return err
		}
		if err := results[0].Err; err != nil && wirechief.KindOf(err) != wirechief.Conflict {
			return err
		}
		t.parts[in.Part.Seq] = part
		return nil
	}
	t.parts[in.Part.Seq] = part
	if err := a.complete(ctx, t, n, in); err != nil {
		delete(t.parts, in.Part.Seq)
		return err
	}
	a.forget(name, t)
	return nil
}

// complete makes the message of what there is. t is locked.
func (a *assembler) complete(ctx context.Context, t *assembly, n *wirechief.Number, in wirechief.Inbound) error {
	var text strings.Builder
	var missing []int
	for seq := 1; seq <= t.key.Total; seq++ {
		p, ok := t.parts[seq]
		if !ok {
			missing = append(missing, seq)
			text.WriteString(gap)
			continue
		}
		text.WriteString(p.Text)
	}
	in.Text, in.Part = gsm.JoinHalves(text.String()), nil
	return a.x.receive(ctx, n, in, &t.key, missing)
}

// completeLate makes the message of a text whose missing parts will not come.
// t is locked.
func (a *assembler) completeLate(ctx context.Context, t *assembly, n *wirechief.Number, name partsOf) error {
	raws := make([]string, 0, len(t.parts))
	for _, p := range t.parts {
		if p.Raw != "" {
			raws = append(raws, p.Raw)
		}
	}
	slices.Sort(raws)
	in := wirechief.Inbound{Carrier: t.key.Carrier, From: t.key.From, To: t.key.To, Raw: strings.Join(raws, "\n")}
	if err := a.complete(ctx, t, n, in); err != nil {
		return err
	}
	a.forget(name, t)
	return nil
}

// forget drops a text that is on disk as a message, or is nobody's.
func (a *assembler) forget(name partsOf, t *assembly) {
	t.done = true
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting[name] == t {
		delete(a.waiting, name)
	}
	a.finished.add(name, t.parts, a.x.Now())
}

// run gives up on texts whose parts do not come.
func (a *assembler) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-timer.C:
		}
		timer.Reset(a.giveUp(ctx))
	}
}

// giveUp completes what has waited for too long and says when to look again.
func (a *assembler) giveUp(ctx context.Context) time.Duration {
	now := a.x.Now()
	next := a.x.Join
	a.mu.Lock()
	var late []partsOf
	for name, t := range a.waiting {
		if left := t.first.Add(a.x.Join).Sub(now); left > 0 {
			next = min(next, left)
		} else {
			late = append(late, name)
		}
	}
	a.mu.Unlock()
	for _, name := range late {
		if !a.giveUpOn(ctx, name, now) {
			next = min(next, time.Second) // the store refused: try again soon
		}
	}
	return next
}

func (a *assembler) giveUpOn(ctx context.Context, name partsOf, now time.Time) bool {
	a.mu.Lock()
	t := a.waiting[name]
	a.mu.Unlock()
	if t == nil {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		return true
	}
	n := a.x.dir.number(t.key.To)
	var err error
	switch {
	case len(t.parts) == 0: // nothing of it is on disk
		a.forget(name, t)
	case n == nil || n.State != wirechief.NumberInService: // nobody is there to have it
		if _, err = a.x.Store.Apply(ctx, wirechief.Accept{Joined: &t.key}); err == nil {
			a.forget(name, t)
		}
	default:
		err = a.completeLate(ctx, t, n, name)
	}
	if err != nil && ctx.Err() == nil {
		a.x.Log.ErrorContext(ctx, "an incomplete text could not be kept; trying again", "carrier", name.carrier, "error", err)
	}
	return err == nil
}
