package report

import (
	"sync"
	"time"
)

// pendingMost is how many messages whose receipts are awaited one generation
// holds; there are two.
const pendingMost = 100_000

// pending remembers when messages were submitted that have not ended yet. When
// there are very many, those that wait longest are forgotten.
type pending struct {
	mu         sync.Mutex
	young, old map[int64]int64 // by id, in microseconds since 1970
	most       int
}

func (p *pending) submitted(id int64, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.young == nil {
		p.young = make(map[int64]int64)
	}
	if _, again := p.old[id]; again {
		return // a copy: the first counts
	}
	if _, again := p.young[id]; again {
		return
	}
	p.young[id] = at.UnixMicro()
	if len(p.young) >= p.most {
		p.old, p.young = p.young, make(map[int64]int64)
	}
}

// taken gives when a message was submitted, and forgets it.
func (p *pending) taken(id int64) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range []map[int64]int64{p.young, p.old} {
		if at, ok := m[id]; ok {
			delete(m, id)
			return time.UnixMicro(at), true
		}
	}
	return time.Time{}, false
}
