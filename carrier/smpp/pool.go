package smpp

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// idleWorker is how long a goroutine without work stays for more.
const idleWorker = 2 * time.Second

// delivery is a deliver_sm or data_sm that waits for its answer.
type delivery struct {
	s *session.Session // that it came over
	h pdu.Header
	m pdu.Message
}

// pool runs the handing over of deliveries on goroutines that are started on
// demand and used again. They spend their lives waiting for the disk, so there
// is one for each delivery that waits, up to a limit; what is beyond it is not
// taken.
type pool struct {
	limit int
	run   func(*delivery)
	tasks chan *delivery // has room for limit, so that adding never blocks
	quit  chan struct{}  // closed by close

	mu      sync.Mutex
	busy    int // deliveries taken and not run to their end
	workers int // never fewer than busy
	closed  bool
	idle    chan struct{} // closed when closed and not busy
	running sync.WaitGroup
}

func newPool(limit int, run func(*delivery)) *pool {
	return &pool{
		limit: limit, run: run,
		tasks: make(chan *delivery, limit), quit: make(chan struct{}), idle: make(chan struct{}),
	}
}

// add takes a delivery, unless the status says why not.
func (p *pool) add(d *delivery) pdu.Status {
	p.mu.Lock()
	if p.busy == p.limit {
		// Perhaps they do not wait for the disk but for the processor.
		p.mu.Unlock()
		runtime.Gosched()
		p.mu.Lock()
	}
	switch {
	case p.closed:
		p.mu.Unlock()
		return pdu.TemporaryAppError
	case p.busy == p.limit:
		p.mu.Unlock()
		return pdu.Throttled
	}
	p.busy++
	if p.workers < p.busy {
		p.workers++
		p.running.Go(p.work)
	}
	p.mu.Unlock()
	p.tasks <- d
	return pdu.OK
}

func (p *pool) work() {
	patience := time.NewTimer(idleWorker)
	defer patience.Stop()
	quit := p.quit
	for {
		needed := true
		select {
		case d := <-p.tasks:
			p.run(d)
			needed = p.ran()
		case <-patience.C:
			needed = p.isNeeded()
		case <-quit:
			quit = nil // heard
			needed = p.isNeeded()
		}
		if !needed {
			return
		}
		patience.Reset(idleWorker)
	}
}

// ran counts a delivery out and says whether its worker has to stay.
func (p *pool) ran() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	if !p.closed {
		return true
	}
	if p.busy == 0 {
		close(p.idle)
	}
	return p.stay()
}

func (p *pool) isNeeded() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stay()
}

// stay says whether a delivery would be left without a worker if this one
// went, and else counts it out. p is locked.
func (p *pool) stay() bool {
	if p.workers <= p.busy {
		return true
	}
	p.workers--
	return false
}

// close takes nothing more, and waits until what was taken has run, or ctx ends.
func (p *pool) close(ctx context.Context) {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.quit)
		if p.busy == 0 {
			close(p.idle)
		}
	}
	p.mu.Unlock()
	select {
	case <-p.idle:
	case <-ctx.Done():
	}
}

// wait returns when no worker is left. It comes after close.
func (p *pool) wait() { p.running.Wait() }
