package exchange

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/backlog"
)

// Sizes of the media lane.
const (
	mediaFetches = 16 // messages whose media are fetched at once
	mediaTries   = 4
)

// mediaLane is the queue of messages whose pictures have to be fetched before
// they can go on: outbound ones to their carrier, inbound ones to the customer.
// The request was answered long before; what cannot be fetched ends the
// outbound message as failed, with a receipt that says so.
type mediaLane struct {
	inbox
	x       *Exchange
	waiting atomic.Int64
	later   later // of them, those whose time has yet to come

	doneMu sync.Mutex
	done   []mediaDone
	// rest is what was refused of messages whose consequences are on disk already.
	rest map[wirechief.MessageKey]wirechief.Record

	// Owned by run:
	head     *backlog.Head[wirechief.MessageKey, *wirechief.Message]
	fetching map[wirechief.MessageKey]bool
	fetches  sync.WaitGroup
}

type mediaDone struct {
	m    *wirechief.Message
	back bool // waits in this queue again
	at   time.Time
}

func newMediaLane(x *Exchange) *mediaLane {
	return &mediaLane{
		inbox: newInbox(), x: x, fetching: make(map[wirechief.MessageKey]bool), rest: make(map[wirechief.MessageKey]wirechief.Record),
		head: backlog.New[wirechief.MessageKey, *wirechief.Message](headSize),
	}
}

func (l *mediaLane) push(m *wirechief.Message) {
	l.waiting.Add(1)
	l.later.change(m.Tenant, m.Queue.At, l.x.Now(), 1)
	l.put(m)
}

func (l *mediaLane) run(ctx context.Context) {
	defer close(l.ended)
	defer l.fetches.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
		}
		l.take(ctx)
		l.fill(ctx)
		l.begin(ctx)
		timer.Reset(l.sleep())
	}
}

// take moves in what has come since the last round.
func (l *mediaLane) take(ctx context.Context) {
	l.mu.Lock()
	pushed, withdrawn, refill := l.pushed, l.withdrawn, l.refill
	l.pushed, l.withdrawn, l.refill = nil, nil, false
	l.mu.Unlock()
	l.doneMu.Lock()
	done := l.done
	l.done = nil
	l.doneMu.Unlock()
	for _, m := range pushed {
		l.head.Push(m.MessageKey, m.Queue.At, m)
	}
	if refill {
		l.head.More()
	}
	for _, w := range withdrawn {
		l.withdrawNow(ctx, w)
	}
	for _, d := range done {
		delete(l.fetching, d.m.MessageKey)
		if d.back {
			l.later.change(d.m.Tenant, d.at, l.x.Now(), 1)
			l.head.Back(d.m.MessageKey, d.at, d.m)
		} else {
			l.waiting.Add(-1)
			l.head.Done(d.m.MessageKey)
		}
	}
}

func (l *mediaLane) withdrawNow(ctx context.Context, w withdrawal) {
	if l.fetching[w.key] {
		w.done <- wirechief.Result{Err: wirechief.Refuse(wirechief.Conflict, wirechief.RuleNotCancelable,
			"the media of the message are being fetched; try again when it waits for its carrier")}
		return
	}
	m := l.examine(ctx, l.x.Store, wirechief.LaneMedia, w)
	if m == nil {
		return
	}
	until := m.Queue.At
	results, err := l.x.Store.Apply(ctx, wirechief.Record{
		Key: w.key, Message: m, Events: []wirechief.Event{w.event}, Queue: &nowhere, Plan: l.x.follow,
		Only: []wirechief.Status{wirechief.StatusAccepted, wirechief.StatusScheduled},
	})
	if err != nil {
		w.done <- wirechief.Result{Err: err}
		return
	}
	if results[0].Err == nil {
		l.head.Remove(w.key)
		l.takeRest(w.key)
		l.waiting.Add(-1)
		l.later.change(m.Tenant, until, l.x.Now(), -1)
		l.x.Deliver.Add(results[0].Deliveries...)
	}
	w.done <- results[0]
}

// begin fetches what is due, as many at once as there are slots.
func (l *mediaLane) begin(ctx context.Context) {
	for len(l.fetching) < mediaFetches {
		it, ok := l.head.Pop(l.x.Now())
		if !ok {
			return
		}
		l.fetching[it.Key] = true
		l.fetches.Go(func() {
			d := l.fetch(ctx, it.Value)
			l.doneMu.Lock()
			l.done = append(l.done, d)
			l.doneMu.Unlock()
			l.wakeUp()
		})
	}
}

func (l *mediaLane) fill(ctx context.Context) {
	want := l.head.Wants(l.x.Now())
	if want == 0 {
		return
	}
	messages, err := l.x.Store.Queued(ctx, wirechief.LaneMedia, want)
	if err != nil {
		if ctx.Err() == nil {
			l.x.Log.ErrorContext(ctx, "the queue of media to fetch cannot be read", "error", err)
		}
		return
	}
	whole := len(messages) < want
	items := make([]backlog.Item[wirechief.MessageKey, *wirechief.Message], 0, len(messages))
	for _, m := range l.unexpected(messages) {
		items = append(items, backlog.Item[wirechief.MessageKey, *wirechief.Message]{Key: m.MessageKey, At: m.Queue.At, Value: m})
	}
	l.head.Refill(whole, items)
}

func (l *mediaLane) sleep() time.Duration {
	const most = 10 * time.Second
	if l.head.Len() == 0 && l.waiting.Load() > int64(len(l.fetching)) {
		return 50 * time.Millisecond // the store could not be read, or is ahead of us
	}
	at, ok := l.head.Next()
	if !ok || len(l.fetching) == mediaFetches {
		return most
	}
	return min(max(at.Sub(l.x.Now()), time.Millisecond), most)
}

// fetch gets what is missing of a message and records the result.
func (l *mediaLane) fetch(ctx context.Context, m *wirechief.Message) mediaDone {
	if rest, is := l.takeRest(m.MessageKey); is {
		return l.commit(ctx, m, []wirechief.Command{rest}, new(consequences))
	}
	x := l.x
	now := x.Now()
	media := make([]wirechief.MediaItem, 0, len(m.Media))
	var commands []wirechief.Command
	var refusal, passing error
	var lost []wirechief.Event
	for _, item := range m.Media {
		if item.Token != "" {
			media = append(media, item)
			continue
		}
		get := x.Media.Fetch
		if m.Direction == wirechief.Inward {
			get = x.Media.Collect
		}
		kept := strings.HasPrefix(item.Source, keptMedia)
		if kept {
			get = func(ctx context.Context, source string) (wirechief.MediaItem, error) {
				return x.kept(ctx, m.Tenant, source)
			}
		}
		got, err := get(ctx, item.Source)
		switch {
		case err == nil:
			media = append(media, got)
			if !kept {
				commands = append(commands, x.mediaRecord(m, got, now))
			}
		case wirechief.KindOf(err) == wirechief.Unavailable && m.Queue.Tries+1 < mediaTries:
			passing = err
			media = append(media, item)
		case m.Direction == wirechief.Outward:
			refusal = err
		default:
			x.Log.WarnContext(ctx, "a picture of an inbound message cannot be had", "message", m.ID, "error", err)
			lost = append(lost, lostMedia(err, now))
		}
	}
	if ctx.Err() != nil {
		return mediaDone{m: m, back: true, at: m.Queue.At}
	}
	// Who waits here is ours alone. Its history comes along, for the customer is
	// told of an arrival that was recorded before.
	record := wirechief.Record{Key: m.MessageKey, Message: m, Queue: &nowhere}
	var after consequences
	switch {
	case refusal != nil:
		record.Events = []wirechief.Event{{At: now, Type: wirechief.EventFailed, Detail: wirechief.Detail{
			Reason: wirechief.ReasonContent, State: wirechief.ReceiptRejected, Because: wirechief.MessageOf(refusal),
		}}}
		record.Plan = x.follow
	case passing != nil:
		at := now.Add(patience(m.Queue.Tries+1, false))
		record.Queue = &wirechief.Queue{Lane: wirechief.LaneMedia, At: at, Tries: m.Queue.Tries + 1}
		record.Media, record.Events = media, lost // what could be had is kept
	case m.Direction == wirechief.Outward:
		record.Media = media
		record.Queue = &wirechief.Queue{Lane: m.Carrier, At: now}
	default:
		whole := *m
		whole.Media, whole.Events = media, slices.Clip(m.Events)
		for _, e := range lost {
			whole.Record(e)
		}
		word, notArrived := false, func() {}
		if text := x.textInFiles(ctx, &whole); text != "" {
			whole.Text, record.Text = text, &text
			if word, notArrived = x.ownWord(ctx, &whole, now); word {
				// One word of a handset at a time, so that memory and disk agree.
				defer x.ledger.lock(m.To + " " + m.From)()
			}
		}
		after = x.arrival(&whole, now)
		after.uncount = append(after.uncount, notArrived)
		if word {
			x.wordInto(&after, &whole, now)
		}
		record.Media, record.Events = media, append(lost, after.events...)
		commands = append(commands, after.commands(m, now)...)
	}
	return l.commit(ctx, m, append(commands, record), &after)
}

func (l *mediaLane) commit(ctx context.Context, m *wirechief.Message, commands []wirechief.Command, follows *consequences) mediaDone {
	next := l.x.lanes[m.Carrier]
	if next != nil {
		next.announce(m.MessageKey)
	}
	results, err := l.x.Store.Apply(ctx, commands...)
	kept := err == nil // what follows is, whatever becomes of the message
	if kept {
		l.x.dir.putOptOuts(follows.optOuts)
		l.x.Deliver.Add(follows.deliveries...)
		err = results[len(results)-1].Err
	}
	var after *wirechief.Message
	if err == nil {
		after = results[len(results)-1].Message
	}
	if next != nil && (after == nil || after.Queue.Lane != m.Carrier) {
		next.retract(m.MessageKey)
	}
	switch {
	case err == nil:
	case kept && wirechief.KindOf(err) == wirechief.NotFound:
		return mediaDone{m: m} // it was removed meanwhile
	default:
		if ctx.Err() == nil {
			l.x.Log.ErrorContext(ctx, "fetched media could not be recorded; trying again", "message", m.ID, "error", err)
		}
		if kept {
			l.keepRest(m.MessageKey, commands[len(commands)-1].(wirechief.Record))
		} else {
			follows.revert()
			if len(commands) == 1 { // it may be the rest of before
				l.keepRest(m.MessageKey, commands[0].(wirechief.Record))
			}
		}
		return mediaDone{m: m, back: true, at: l.x.Now().Add(time.Second)}
	}
	l.x.Deliver.Add(results[len(results)-1].Deliveries...)
	switch {
	case after.Queue.Lane == "":
	case after.Queue.Lane == wirechief.LaneMedia:
		return mediaDone{m: after, back: true, at: after.Queue.At}
	case next == nil:
		l.x.reroute(ctx, []*wirechief.Message{after}, "carrier "+m.Carrier+" is not configured any more")
	default:
		next.push(after)
	}
	return mediaDone{m: m}
}

func (l *mediaLane) takeRest(key wirechief.MessageKey) (rest wirechief.Record, is bool) {
	l.doneMu.Lock()
	defer l.doneMu.Unlock()
	rest, is = l.rest[key]
	delete(l.rest, key)
	return rest, is
}

func (l *mediaLane) keepRest(key wirechief.MessageKey, rest wirechief.Record) {
	l.doneMu.Lock()
	defer l.doneMu.Unlock()
	l.rest[key] = rest
}
