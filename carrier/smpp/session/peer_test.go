package session

import (
	"bufio"
	"bytes"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is handler and caller in one, and keeps what it is told.
type recorder struct {
	messageFunc func(*Session, pdu.Header, pdu.Message)

	mu       sync.Mutex
	messages []pdu.Message
	binds    []pdu.Bind
	answers  map[int][]Answer // by part
	order    []int            // of answers
	late     []Answer
}

func (r *recorder) Bind(s *Session, h pdu.Header, b pdu.Bind) {
	r.mu.Lock()
	r.binds = append(r.binds, b)
	r.mu.Unlock()
	status := pdu.OK
	if b.Password != "right" {
		status = pdu.InvalidPassword
	}
	s.ReplyBind(h, status, "SMSC")
}

func (r *recorder) Message(s *Session, h pdu.Header, m pdu.Message) {
	r.mu.Lock()
	r.messages = append(r.messages, m)
	r.mu.Unlock()
	if r.messageFunc != nil {
		r.messageFunc(s, h, m)
	}
}

func (r *recorder) Late(_ *Session, a Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.late = append(r.late, a)
}

func (r *recorder) Answered(part int, a Answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers == nil {
		r.answers = make(map[int][]Answer)
	}
	r.answers[part] = append(r.answers[part], a)
	r.order = append(r.order, part)
}

// told gives what was told of a part, once everything rests.
func (r *recorder) told(part int) []Answer {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.answers[part]
}

// raw is a peer that does exactly what the test says.
type raw struct {
	*testing.T
	net.Conn

	mu   sync.Mutex
	got  []pdu.Header
	done chan struct{}
}

// listen begins to read.
func (p *raw) listen() {
	p.done = make(chan struct{})
	go func() {
		defer close(p.done)
		r := bufio.NewReader(p.Conn)
		for {
			h, _, err := pdu.Read(r)
			if err != nil {
				return
			}
			p.mu.Lock()
			p.got = append(p.got, h)
			p.mu.Unlock()
		}
	}()
}

// headers gives what has come so far.
func (p *raw) headers() []pdu.Header {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]pdu.Header(nil), p.got...)
}

func (p *raw) send(b []byte) {
	p.Helper()
	if _, err := p.Write(b); err != nil {
		p.Error(err)
	}
	synctest.Wait()
}

func (p *raw) respond(c pdu.Command, status pdu.Status, sequence uint32, id string) {
	p.Helper()
	p.send(pdu.AppendMessageResp(nil, c, status, sequence, id))
}

// journal keeps the log.
type journal struct {
	mu sync.Mutex
	bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Buffer.Write(b)
}

func (j *journal) count(what string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.String(), what)
}

// withPeer runs a session against a raw peer that reads.
func withPeer(t *testing.T, opt Options, f func(*Session, *raw, *recorder, *journal)) {
	t.Helper()
	withDeafPeer(t, opt, func(s *Session, p *raw, r *recorder, j *journal) {
		p.listen()
		defer func() {
			s.Close()
			<-p.done
		}()
		f(s, p, r, j)
	})
}

// withDeafPeer runs a session against a peer that does not read.
func withDeafPeer(t *testing.T, opt Options, f func(*Session, *raw, *recorder, *journal)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		r, j, p := &recorder{}, &journal{}, &raw{T: t, Conn: theirs}
		opt.Log = slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
		s := New(ours, r, opt)
		s.Start()
		defer func() {
			s.Close()
			theirs.Close()
			<-s.Done()
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.used != 0 || len(s.waiting) != 0 {
				t.Errorf("at the end %d places are taken, %d are waited for", s.used, len(s.waiting))
			}
		}()
		f(s, p, r, j)
	})
}

func send(t *testing.T, s *Session, r *recorder, part int) {
	t.Helper()
	if err := s.Send(pdu.SubmitSM, &pdu.Message{Short: "Hi"}, part, r); err != nil {
		t.Errorf("Send: %v", err)
	}
}

// pair runs two sessions against each other.
func pair(t *testing.T, f func(t *testing.T, client, server *Session, cr, sr *recorder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		cr, sr := &recorder{}, &recorder{}
		client, server := New(a, cr, Options{Window: 50}), New(b, sr, Options{Window: 50})
		client.Start()
		server.Start()
		defer func() {
			client.Close()
			server.Close()
			<-client.Done()
			<-server.Done()
		}()
		f(t, client, server, cr, sr)
	})
}
