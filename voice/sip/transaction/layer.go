package transaction

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/wirechief/wirechief/voice/sip/wire"
)

// How a client transaction ends without an answer.
var (
	ErrTimeout   = errors.New("no answer")          // timers B and F
	ErrTransport = errors.New("cannot be sent")     // section 8.1.3.1
	ErrStopped   = errors.New("the trunk is ended") // by Layer.Close
)

// Timers are the estimates that all timers are made from (RFC 3261 table 4).
type Timers struct {
	T1 time.Duration // a round trip
	T2 time.Duration // the longest pause between repetitions
	T4 time.Duration // how long a message stays in the network
}

// DefaultTimers are those of RFC 3261.
func DefaultTimers() Timers {
	return Timers{T1: 500 * time.Millisecond, T2: 4 * time.Second, T4: 5 * time.Second}
}

// Core is what stands on the transactions. Its methods are called by who reads
// the sockets, and must not wait.
type Core interface {
	Request(*Server)                       // new, and neither ACK nor CANCEL
	Canceled(*Server)                      // an INVITE is withdrawn; it wants its 487
	Ack(*sip.Request, *wire.Flow)          // of a 2xx
	Stray(res *sip.Response, f *wire.Flow) // belongs to nothing: a 2xx that came too late, mostly
}

// Layer is the transactions of one trunk.
type Layer struct {
	core   Core
	t      Timers
	sentBy func(*wire.Flow) (host string, port int)

	mu      sync.Mutex
	closed  bool
	clients map[string]*Client
	servers map[string]*Server
}

// New makes a layer. sentBy is what a Via says of us on a flow.
func New(core Core, t Timers, sentBy func(*wire.Flow) (string, int)) *Layer {
	return &Layer{core: core, t: t, sentBy: sentBy, clients: map[string]*Client{}, servers: map[string]*Server{}}
}

// Len is how many transactions there are.
func (l *Layer) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.clients) + len(l.servers)
}

// Receive takes a message; it has to be [Complete].
func (l *Layer) Receive(m sip.Message, f *wire.Flow) {
	switch m := m.(type) {
	case *sip.Response:
		l.mu.Lock()
		c := l.clients[clientKey(m)]
		l.mu.Unlock()
		if c != nil {
			c.receive(m)
		} else {
			l.core.Stray(m, f)
		}
	case *sip.Request:
		l.request(m, f)
	}
}

func (l *Layer) request(r *sip.Request, f *wire.Flow) {
	key := serverKey(r, r.Method)
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	if r.Method == sip.ACK {
		s := l.servers[serverKey(r, sip.INVITE)]
		l.mu.Unlock()
		// A 2xx has an ACK with a branch of its own; sloppy far sides take the
		// INVITE's.
		if s == nil || !s.ack() {
			l.core.Ack(r, f)
		}
		return
	}
	if s := l.servers[key]; s != nil {
		l.mu.Unlock()
		s.again()
		return
	}
	s := &Server{Request: r, Flow: f, layer: l, key: key}
	l.servers[key] = s
	var withdrawn *Server
	if r.Method == sip.CANCEL {
		withdrawn = l.servers[serverKey(r, sip.INVITE)]
	}
	l.mu.Unlock()
	if r.Method != sip.CANCEL {
		l.core.Request(s)
		return
	}
	if withdrawn == nil {
		s.Respond(sip.NewResponseFromRequest(r, 481, "Call/Transaction Does Not Exist", nil))
		return
	}
	s.Respond(sip.NewResponseFromRequest(r, 200, "OK", nil))
	l.core.Canceled(withdrawn)
}

// Lost ends the client transactions of a connection that is gone.
func (l *Layer) Lost(f *wire.Flow) {
	l.mu.Lock()
	var lost []*Client
	for _, c := range l.clients {
		if c.flow == f {
			lost = append(lost, c)
		}
	}
	l.mu.Unlock()
	for _, c := range lost {
		c.fail(ErrTransport)
	}
}

// Close ends all transactions, and their timers.
func (l *Layer) Close() {
	l.mu.Lock()
	l.closed = true
	clients, servers := l.clients, l.servers
	l.clients, l.servers = map[string]*Client{}, map[string]*Server{}
	l.mu.Unlock()
	for _, c := range clients {
		c.fail(ErrStopped)
	}
	for _, s := range servers {
		s.end()
	}
}

// Complete says what a message lacks that none can do without (RFC 3261 section
// 8.1.1), nil when nothing.
func Complete(m sip.Message) error {
	v := m.Via()
	switch {
	case v == nil || v.Host == "":
		return errors.New("no Via")
	case m.From() == nil || m.To() == nil:
		return errors.New("no From or no To")
	case m.CallID() == nil || m.CSeq() == nil:
		return errors.New("no Call-ID or no CSeq")
	}
	if r, ok := m.(*sip.Request); ok && m.CSeq().MethodName != r.Method {
		return errors.New("the method of CSeq is another one")
	}
	return nil
}

// clientKey is section 17.1.3.
func clientKey(m sip.Message) string {
	branch, _ := m.Via().Params.Get("branch")
	return branch + " " + string(m.CSeq().MethodName)
}

// serverKey is section 17.2.3, with what RFC 2543 had in place of a branch.
func serverKey(r *sip.Request, method sip.RequestMethod) string {
	v := r.Via()
	branch, _ := v.Params.Get("branch")
	if strings.HasPrefix(branch, sip.RFC3261BranchMagicCookie) && len(branch) > len(sip.RFC3261BranchMagicCookie) {
		return strings.ToLower(branch+" "+v.Host) + ":" + strconv.Itoa(v.Port) + " " + string(method)
	}
	tag, _ := r.From().Params.Get("tag")
	return strings.Join([]string{
		r.CallID().Value(), strconv.FormatUint(uint64(r.CSeq().SeqNo), 10), tag, v.Host, strconv.Itoa(v.Port), branch, string(method),
	}, " ")
}
