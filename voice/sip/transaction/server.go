package transaction

import (
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/wirechief/wirechief/voice/sip/wire"
)

// Server is a request of the far side that wants an answer.
type Server struct {
	Request *sip.Request
	Flow    *wire.Flow

	layer *Layer
	key   string

	mu      sync.Mutex
	state   state
	last    []byte // the newest answer
	pause   time.Duration
	retry   *time.Timer
	over    *time.Timer
	acked   bool
	unacked func()
}

// Respond answers. After a final answer further ones do nothing. A 2xx to an
// INVITE is for [Server.Accept].
func (s *Server) Respond(res *sip.Response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state >= completed {
		return
	}
	s.last = []byte(res.String())
	_ = s.Flow.Write(s.last) // who asks again gets it again
	t := s.layer.t
	switch {
	case res.StatusCode < 200:
		s.state = proceeding
	case s.Request.Method == sip.INVITE:
		s.state = completed
		s.over = time.AfterFunc(64*t.T1, s.end) // timer H
		if !s.Flow.Reliable() {
			s.pause = t.T1
			s.retry = time.AfterFunc(s.pause, s.repeat) // timer G
		}
	default:
		s.state = completed
		if s.Flow.Reliable() {
			s.finish()
		} else {
			s.over = time.AfterFunc(64*t.T1, s.end) // timer J
		}
	}
}

// Accept answers an INVITE with a 2xx, and repeats that over any transport
// until [Server.Acked] (section 13.3.1.4). unacked is told when that does not
// come for 64 T1; it must not wait.
func (s *Server) Accept(res *sip.Response, unacked func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state >= completed {
		return
	}
	s.state, s.last, s.unacked = accepted, []byte(res.String()), unacked
	_ = s.Flow.Write(s.last)
	s.pause = s.layer.t.T1
	s.retry = time.AfterFunc(s.pause, s.repeat)
	s.over = time.AfterFunc(64*s.layer.t.T1, func() { // timer L
		s.mu.Lock()
		missing := s.state == accepted && !s.acked
		s.finish()
		s.mu.Unlock()
		if missing {
			s.unacked()
		}
	})
}

// Acked says that the ACK of the 2xx has come.
func (s *Server) Acked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != accepted || s.acked {
		return
	}
	s.acked = true
	s.retry.Stop()
	if s.Flow.Reliable() {
		s.finish() // the INVITE cannot come again
	}
}

// repeat is timer G, and the repetition of a 2xx.
func (s *Server) repeat() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != completed && (s.state != accepted || s.acked) {
		return
	}
	_ = s.Flow.Write(s.last)
	s.pause = min(2*s.pause, s.layer.t.T2)
	s.retry.Reset(s.pause)
}

// again answers a request that came again.
func (s *Server) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil && (s.state == proceeding || s.state == completed) {
		_ = s.Flow.Write(s.last)
	}
}

// ack takes an ACK, and says whether it was for an answer other than a 2xx.
func (s *Server) ack() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.state {
	case completed:
		s.quiet()
		s.state = confirmed
		if s.Flow.Reliable() {
			s.finish()
		} else {
			s.over = time.AfterFunc(s.layer.t.T4, s.end) // timer I
		}
		return true
	case confirmed, terminated:
		return true
	}
	return false
}

func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish()
}

func (s *Server) quiet() {
	if s.retry != nil {
		s.retry.Stop()
	}
	if s.over != nil {
		s.over.Stop()
	}
}

func (s *Server) finish() {
	s.quiet()
	s.state = terminated
	s.layer.mu.Lock()
	defer s.layer.mu.Unlock()
	if s.layer.servers[s.key] == s {
		delete(s.layer.servers, s.key)
	}
}
