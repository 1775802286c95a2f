package media

import (
	"math"
	"time"

	"github.com/pion/rtp"

	"github.com/wirechief/wirechief"
)

// reception counts what comes (RFC 3550 appendix A).
type reception struct {
	begun          bool
	ssrc           uint32
	first, highest uint16
	cycles         uint32 // 65,536 times round
	received       int64  // of this source
	before         int64  // of sources before
	lostBefore     int64
	jitter         float64 // samples
	most           float64
	transit        int64
	timed          bool
	reportedGot    int64 // at the last report
	reportedWanted int64
}

func (r *reception) count(h *rtp.Header, now time.Time, event bool) {
	if !r.begun || h.SSRC != r.ssrc {
		before, lost, most := r.before+r.received, r.lostBefore+r.lost(), r.most
		*r = reception{begun: true, ssrc: h.SSRC, first: h.SequenceNumber, highest: h.SequenceNumber, before: before, lostBefore: lost, most: most}
	}
	r.received++
	if ahead := int16(h.SequenceNumber - r.highest); ahead > 0 {
		if h.SequenceNumber < r.highest {
			r.cycles += 1 << 16
		}
		r.highest = h.SequenceNumber
	}
	if event {
		return // all packets of an event carry one time, and what is no sound has its own
	}
	transit := now.UnixNano()/(int64(time.Second)/Rate) - int64(h.Timestamp)
	if r.timed && !h.Marker {
		d := math.Abs(float64(int32(transit - r.transit)))
		if d < 10*Rate {
			r.jitter += (d - r.jitter) / 16
			r.most = max(r.most, r.jitter)
		}
	}
	r.transit, r.timed = transit, true
}

func (r *reception) extended() uint32 { return r.cycles + uint32(r.highest) }

func (r *reception) wanted() int64 {
	if !r.begun {
		return 0
	}
	return int64(r.extended()) - int64(r.first) + 1
}

func (r *reception) lost() int64 { return max(0, r.wanted()-r.received) }

func (r *reception) fill(q *wirechief.Quality) {
	q.Received = r.before + r.received
	q.Lost = r.lostBefore + r.lost()
	q.Jitter = time.Duration(r.most * float64(time.Second) / Rate)
	if q.Received > 0 {
		q.MOS = MOS(q.Lost, q.Received, q.Jitter)
	}
}

// MOS estimates how good it sounded, 1.0 to 4.4: G.711 with 50 ms of delay and
// twice the jitter buffered, loss at random with concealment (ITU-T G.107 with
// Ie 0 and Bpl 25.1 of G.113).
func MOS(lost, received int64, jitter time.Duration) float64 {
	percent := 100 * float64(lost) / float64(max(1, lost+received))
	delay := 50 + 2*float64(jitter)/float64(time.Millisecond)
	r := 93.2 - 0.024*delay - 95*percent/(percent+25.1)
	if delay > 177.3 {
		r -= 0.11 * (delay - 177.3)
	}
	r = max(0, r)
	mos := 1 + 0.035*r + r*(r-60)*(100-r)*7e-6
	return math.Round(100*max(1, min(4.4, mos))) / 100
}
