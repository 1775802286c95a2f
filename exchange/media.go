package exchange

import (
	"context"
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
	x       *Exchange
	wake    chan struct{}
	waiting atomic.Int64

	mu     sync.Mutex
	pushed []*wirechief.Message
	done   []mediaDone
}

type mediaDone struct {
	m    *wirechief.Message
	back bool // waits in this queue again
	at   time.Time
}

func newMediaLane(x *Exchange) *mediaLane {
	return &mediaLane{x: x, wake: make(chan struct{}, 1)}
}

func (l *mediaLane) push(m *wirechief.Message) {
	l.waiting.Add(1)
	l.mu.Lock()
	l.pushed = append(l.pushed, m)
	l.mu.Unlock()
	l.wakeUp()
}

func (l *mediaLane) wakeUp() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *mediaLane) run(ctx context.Context) {
	head := backlog.New[wirechief.MessageKey, *wirechief.Message](headSize)
	slots := mediaFetches
	var fetches sync.WaitGroup
	defer fetches.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
		}
		l.mu.Lock()
		pushed, done := l.pushed, l.done
		l.pushed, l.done = nil, nil
		l.mu.Unlock()
		for _, m := range pushed {
			head.Push(m.MessageKey, m.Queue.At, m)
		}
		for _, d := range done {
			slots++
			if d.back {
				head.Back(d.m.MessageKey, d.at, d.m)
			} else {
				l.waiting.Add(-1)
				head.Done(d.m.MessageKey)
			}
		}
		l.fill(ctx, head)
		for slots > 0 {
			it, ok := head.Pop(l.x.Now())
			if !ok {
				break
			}
			slots--
			fetches.Go(func() {
				d := l.fetch(ctx, it.Value)
				l.mu.Lock()
				l.done = append(l.done, d)
				l.mu.Unlock()
				l.wakeUp()
			})
		}
		timer.Reset(l.sleep(head, slots))
	}
}

func (l *mediaLane) fill(ctx context.Context, head *backlog.Head[wirechief.MessageKey, *wirechief.Message]) {
	want := head.Wants()
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
	items := make([]backlog.Item[wirechief.MessageKey, *wirechief.Message], len(messages))
	for i, m := range messages {
		items[i] = backlog.Item[wirechief.MessageKey, *wirechief.Message]{Key: m.MessageKey, At: m.Queue.At, Value: m}
	}
	head.Refill(len(messages) < want, items)
}

func (l *mediaLane) sleep(head *backlog.Head[wirechief.MessageKey, *wirechief.Message], slots int) time.Duration {
	const most = 10 * time.Second
	at, ok := head.Next()
	if !ok || slots == 0 {
		return most
	}
	return min(max(at.Sub(l.x.Now()), time.Millisecond), most)
}

// fetch gets what is missing of a message and records the result.
func (l *mediaLane) fetch(ctx context.Context, m *wirechief.Message) mediaDone {
	x := l.x
	now := x.Now()
	media := make([]wirechief.MediaItem, 0, len(m.Media))
	var commands []wirechief.Command
	var refusal, passing error
	for _, item := range m.Media {
		if item.Token != "" {
			media = append(media, item)
			continue
		}
		got, err := x.Media.Fetch(ctx, item.Source)
		switch {
		case err == nil:
			media = append(media, got)
			commands = append(commands, x.mediaRecord(m, got, now))
		case wirechief.KindOf(err) == wirechief.Unavailable && m.Queue.Tries+1 < mediaTries:
			passing = err
		case m.Direction == wirechief.Outward:
			refusal = err
		default:
			x.Log.WarnContext(ctx, "a picture of an inbound message cannot be had", "message", m.ID, "error", err)
		}
	}
	if ctx.Err() != nil {
		return mediaDone{m: m, back: true, at: m.Queue.At}
	}
	record := wirechief.Record{Key: m.MessageKey, Queue: &nowhere}
	switch {
	case refusal != nil:
		record.Events = []wirechief.Event{{At: now, Type: wirechief.EventFailed, Detail: wirechief.Detail{
			Reason: wirechief.ReasonContent, State: wirechief.ReceiptRejected, Because: wirechief.MessageOf(refusal),
		}}}
		record.Plan = x.follow
	case passing != nil:
		at := now.Add(patience(m.Queue.Tries+1, false))
		record.Queue = &wirechief.Queue{Lane: wirechief.LaneMedia, At: at, Tries: m.Queue.Tries + 1}
	case m.Direction == wirechief.Outward:
		record.Media = media
		record.Queue = &wirechief.Queue{Lane: m.Carrier, At: now}
	default:
		record.Media = media
		record.Plan = func(m *wirechief.Message, _ []wirechief.Event) []*wirechief.Delivery { return x.follow(m, m.Events) }
	}
	return l.commit(ctx, m, append(commands, record))
}

func (l *mediaLane) commit(ctx context.Context, m *wirechief.Message, commands []wirechief.Command) mediaDone {
	results, err := l.x.Store.Apply(ctx, commands...)
	if err == nil {
		err = results[len(results)-1].Err
	}
	if err != nil {
		if ctx.Err() == nil {
			l.x.Log.ErrorContext(ctx, "fetched media could not be recorded; trying again", "message", m.ID, "error", err)
		}
		return mediaDone{m: m, back: true, at: l.x.Now().Add(time.Second)}
	}
	last := results[len(results)-1]
	l.x.Deliver.Add(last.Deliveries...)
	switch {
	case last.Message == nil || last.Message.Queue.Lane == "":
	case last.Message.Queue.Lane == wirechief.LaneMedia:
		return mediaDone{m: last.Message, back: true, at: last.Message.Queue.At}
	default:
		l.x.toLanes(last.Message)
	}
	return mediaDone{m: m}
}
