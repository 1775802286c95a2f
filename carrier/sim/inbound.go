package sim

import (
	"container/heap"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

const (
	postmen    = 256         // receipts handed over at a time
	bringAgain = time.Second // wait before a receipt that was not taken comes again
)

// Text plays a handset that texts one of our numbers. It returns nil once the
// text is on disk; kind NotFound when to is none of our numbers.
func (c *Carrier) Text(ctx context.Context, from, to, text string) error {
	c.mu.Lock()
	h := c.h
	c.mu.Unlock()
	if h == nil {
		return &wirechief.Error{Op: "sim.text", Kind: wirechief.Unavailable, Message: "the simulator " + c.name + " is not running"}
	}
	return h.Inbound(ctx, wirechief.Inbound{Carrier: c.name, From: from, To: to, Text: text, At: c.now()})
}

// handOver brings one receipt and reports whether it is on disk.
func (c *Carrier) handOver(ctx context.Context, h carrier.Handler, r wirechief.Receipt) bool {
	r.At = c.now()
	r.Done = r.At
	if err := h.Receipt(ctx, r); err != nil {
		c.log.Warn("a receipt was not taken and comes again", "id", r.ID, "error", err)
		return false
	}
	return true
}

// parcel is a receipt on its way.
type parcel struct {
	due     time.Time
	receipt wirechief.Receipt
}

// post keeps the receipts that are on their way and hands each over when it is due.
type post struct {
	handOver func(context.Context, wirechief.Receipt) bool

	ctx    context.Context // ends when receipts must not be waited for any more
	cancel context.CancelFunc
	wg     sync.WaitGroup
	due    chan *parcel
	wake   chan struct{} // capacity 1: the heap's top has changed
	latest atomic.Int64  // Unix nanoseconds of the last receipt taken

	mu      sync.Mutex
	parcels parcelHeap
	closing bool // hand over everything now, take nothing more
}

func newPost(handOver func(context.Context, wirechief.Receipt) bool) *post {
	p := &post{handOver: handOver, due: make(chan *parcel), wake: make(chan struct{}, 1)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.wg.Go(p.sort)
	for range postmen {
		p.wg.Go(p.bring)
	}
	return p
}

func (p *post) add(due time.Time, r wirechief.Receipt) {
	p.mu.Lock()
	if p.closing {
		p.mu.Unlock()
		return
	}
	heap.Push(&p.parcels, &parcel{due, r})
	top := p.parcels[0].receipt.ID == r.ID
	p.mu.Unlock()
	if top {
		p.wakeUp()
	}
}

func (p *post) wakeUp() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// sort passes parcels on when they are due, until it is closing and none is left.
func (p *post) sort() {
	defer close(p.due)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		next, wait, done := p.take(time.Now())
		if done {
			return
		}
		if next != nil {
			p.due <- next
			continue
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-p.wake:
		}
	}
}

// take gives the parcel that is due, or how long there will be none.
func (p *post) take(now time.Time) (next *parcel, wait time.Duration, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.parcels) == 0 {
		return nil, time.Hour, p.closing
	}
	if wait = p.parcels[0].due.Sub(now); wait > 0 && !p.closing {
		return nil, wait, false
	}
	return heap.Pop(&p.parcels).(*parcel), 0, false
}

// bring hands over what is due.
func (p *post) bring() {
	for next := range p.due {
		if p.handOver(p.ctx, next.receipt) {
			p.latest.Store(time.Now().UnixNano())
		} else {
			p.add(time.Now().Add(bringAgain), next.receipt)
		}
	}
}

// stop hands over everything now and waits for it until ctx ends; what is left
// then is lost.
func (p *post) stop(ctx context.Context) error {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	p.wakeUp()
	stop := context.AfterFunc(ctx, p.cancel)
	defer stop()
	p.wg.Wait()
	p.cancel()
	return context.Cause(ctx)
}

func (p *post) last() time.Time {
	if ns := p.latest.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// parcelHeap is a [heap.Interface], the earliest on top.
type parcelHeap []*parcel

func (h parcelHeap) Len() int           { return len(h) }
func (h parcelHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h parcelHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *parcelHeap) Push(x any)        { *h = append(*h, x.(*parcel)) }

func (h *parcelHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
