package session

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

func TestWindowAndOrder(t *testing.T) {
	withPeer(t, Options{Window: 3}, func(s *Session, p *raw, r *recorder, _ *journal) {
		for part := range 3 {
			send(p.T, s, r, part)
		}
		if err := s.Send(pdu.SubmitSM, &pdu.Message{}, 9, r); err != ErrWindow || s.Free() != 0 || s.Outstanding() != 3 {
			p.Errorf("a fourth of three: %v, %d free", err, s.Free())
		}
		h := p.headers()
		if len(h) != 3 {
			p.Fatalf("%d came", len(h))
		}
		// Answers in any order, each to its own.
		p.respond(pdu.SubmitSM, pdu.OK, h[2].Sequence, "c")
		p.respond(pdu.SubmitSM, pdu.Throttled, h[0].Sequence, "")
		if a := r.told(2); len(a) != 1 || a[0] != (Answer{ID: "c"}) {
			p.Errorf("the third: %+v", a)
		}
		if a := r.told(0); len(a) != 1 || a[0] != (Answer{Status: pdu.Throttled}) {
			p.Errorf("the first: %+v", a)
		}
		if len(r.told(1)) != 0 || s.Free() != 2 {
			p.Errorf("the second is told, or %d are free", s.Free())
		}
		send(p.T, s, r, 3)
		p.respond(pdu.SubmitSM, pdu.OK, h[1].Sequence, "b")
		p.respond(pdu.SubmitSM, pdu.OK, p.headers()[3].Sequence, "d")
		if fmt.Sprint(r.order) != "[2 0 1 3]" || s.Free() != 3 {
			p.Errorf("told in order %v, %d free", r.order, s.Free())
		}
	})
}

// TestMatchesByKind: both sides number alike, so a number alone says nothing.
func TestMatchesByKind(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, j *journal) {
		send(p.T, s, r, 0)
		n := p.headers()[0].Sequence
		p.send(pdu.AppendMessage(nil, pdu.DeliverSM, n, &pdu.Message{Short: "a receipt"})) // a request of its own
		p.respond(pdu.DeliverSM, pdu.OK, n, "")
		p.respond(pdu.DataSM, pdu.OK, n, "x")
		p.send(pdu.AppendHeader(nil, pdu.EnquireLink.Response(), pdu.OK, n))
		if len(r.told(0)) != 0 || s.Free() != 9 {
			p.Fatalf("something else was taken for the answer: %+v", r.told(0))
		}
		if len(r.messages) != 1 || r.messages[0].Short != "a receipt" {
			p.Errorf("the receipt was swallowed: %+v", r.messages)
		}
		p.respond(pdu.SubmitSM, pdu.OK, n, "right")
		p.respond(pdu.SubmitSM, pdu.OK, n, "again") // repeated
		p.respond(pdu.SubmitSM, pdu.OK, 4711, "x")  // never asked for
		if a := r.told(0); len(a) != 1 || a[0].ID != "right" || s.Free() != 10 {
			p.Errorf("%+v, %d free", a, s.Free())
		}
		if n := j.count("answers nothing"); n != 5 {
			p.Errorf("%d strays in the log, want 5: %s", n, j)
		}
	})
}

func TestGenericNack(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		send(p.T, s, r, 1)
		h := p.headers()
		p.send(pdu.AppendHeader(nil, pdu.GenericNack, pdu.InvalidCommandLength, h[0].Sequence))
		p.send(pdu.AppendHeader(nil, pdu.GenericNack, pdu.OK, h[1].Sequence))
		if a := r.told(0); len(a) != 1 || a[0].Status != pdu.InvalidCommandLength {
			p.Errorf("%+v", a)
		}
		if a := r.told(1); len(a) != 1 || a[0].Status != pdu.UnknownError {
			p.Errorf("a refusal that calls itself OK: %+v", a)
		}
	})
}

// TestLate: an overdue request gives its place back, and its answer is known
// when it comes, as long as it is remembered.
func TestLate(t *testing.T) {
	withPeer(t, Options{Window: 2, Remember: 3}, func(s *Session, p *raw, r *recorder, j *journal) {
		for part := range 4 {
			send(p.T, s, r, part)
			time.Sleep(6 * time.Second) // 10 s are the limit, so no more than two are outstanding
		}
		time.Sleep(20 * time.Second)
		for part := range 4 {
			if a := r.told(part); len(a) != 1 || a[0].Err != ErrTimeout || !a[0].Left {
				p.Errorf("part %d: %+v", part, a)
			}
		}
		if s.Free() != 2 {
			p.Errorf("%d free", s.Free())
		}
		h := p.headers()
		p.respond(pdu.SubmitSM, pdu.OK, h[0].Sequence, "forgotten")
		p.respond(pdu.SubmitSM, pdu.OK, h[2].Sequence, "late")
		p.respond(pdu.SubmitSM, pdu.OK, h[2].Sequence, "late")
		if len(r.late) != 1 || r.late[0].ID != "late" || r.late[0].Caller != Caller(r) || r.late[0].Part != 2 {
			p.Errorf("%+v", r.late)
		}
		if j.count("answers nothing") != 2 || s.Free() != 2 {
			p.Errorf("%d free; %s", s.Free(), j)
		}
		// Those that follow are not harmed.
		send(p.T, s, r, 5)
		p.respond(pdu.SubmitSM, pdu.OK, p.headers()[4].Sequence, "next")
		if a := r.told(5); len(a) != 1 || a[0].ID != "next" {
			p.Errorf("%+v", a)
		}
	})
}

// TestSlowAnswerBlocksItsPlaceOnly: others go on around it.
func TestSlowAnswerBlocksItsPlaceOnly(t *testing.T) {
	withPeer(t, Options{Window: 2}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		for part := 1; part <= 3000; part++ { // more than the queues keep without tidying
			send(p.T, s, r, part)
			h := p.headers()
			p.respond(pdu.SubmitSM, pdu.OK, h[len(h)-1].Sequence, "x")
		}
		if len(r.told(3000)) != 1 || len(r.told(0)) != 0 {
			p.Error("the slow one held the others up")
		}
		if n := len(s.order.numbers); n > 4000 {
			p.Errorf("%d numbers kept for one that is outstanding", n)
		}
		p.respond(pdu.SubmitSM, pdu.OK, p.headers()[0].Sequence, "slow")
		if a := r.told(0); len(a) != 1 || a[0].ID != "slow" {
			p.Errorf("%+v", a)
		}
	})
}

func TestSequenceNumbers(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0) // keeps number 1
		s.mu.Lock()
		s.last = pdu.MaxSequence - 1
		s.mu.Unlock()
		send(p.T, s, r, 1)
		send(p.T, s, r, 2)
		h := p.headers()
		if h[0].Sequence != 1 || h[1].Sequence != pdu.MaxSequence || h[2].Sequence != 2 {
			p.Errorf("%+v", h)
		}
	})
}

// TestSilentPeer is asked for a sign of life, and left when there is none.
func TestSilentPeer(t *testing.T) {
	withPeer(t, Options{EnquireLink: 30 * time.Second}, func(s *Session, p *raw, r *recorder, _ *journal) {
		time.Sleep(29 * time.Second)
		if n := len(p.headers()); n != 0 {
			p.Errorf("%d asked early", n)
		}
		time.Sleep(2 * time.Second)
		h := p.headers()
		if len(h) != 1 || h[0].Command != pdu.EnquireLink {
			p.Fatalf("%+v", h)
		}
		p.send(pdu.AppendHeader(nil, pdu.EnquireLink.Response(), pdu.OK, h[0].Sequence))
		time.Sleep(25 * time.Second)
		p.send(pdu.AppendHeader(nil, pdu.EnquireLink, pdu.OK, 1)) // a sign of life too
		time.Sleep(29 * time.Second)
		if n := len(p.headers()); n != 2 { // our answer
			p.Errorf("%d came, want 2", n)
		}
		send(p.T, s, r, 0)
		time.Sleep(13 * time.Second)
		select {
		case <-s.Done():
		default:
			p.Fatal("the silent peer was not left")
		}
		if s.Err() != ErrSilent {
			p.Errorf("Err is %v", s.Err())
		}
		if a := r.told(0); len(a) != 1 {
			p.Errorf("%+v", a)
		}
	})
}

func TestServes(t *testing.T) {
	withPeer(t, Options{}, func(_ *Session, p *raw, r *recorder, _ *journal) {
		r.messageFunc = func(s *Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, "id") }
		for _, tt := range []struct {
			name   string
			send   []byte
			answer pdu.Command
			status pdu.Status
		}{
			{"enquire_link", pdu.AppendHeader(nil, pdu.EnquireLink, pdu.OK, 7), pdu.EnquireLink.Response(), pdu.OK},
			{"submit_sm", pdu.AppendMessage(nil, pdu.SubmitSM, 7, &pdu.Message{}), pdu.SubmitSM.Response(), pdu.OK},
			{"data_sm", pdu.AppendMessage(nil, pdu.DataSM, 7, &pdu.Message{}), pdu.DataSM.Response(), pdu.OK},
			{"query_sm", pdu.AppendHeader(nil, pdu.QuerySM, pdu.OK, 7), pdu.QuerySM.Response(), pdu.InvalidCommand},
			{"no command", pdu.AppendHeader(nil, 0x777, pdu.OK, 7), pdu.GenericNack, pdu.InvalidCommand},
			{"half a message", pdu.AppendHeader(nil, pdu.DeliverSM, pdu.OK, 7), pdu.DeliverSM.Response(), pdu.InvalidCommandLength},
			{"outbind", pdu.AppendHeader(nil, pdu.Outbind, pdu.OK, 7), 0, 0},
			{"alert_notification", pdu.AppendHeader(nil, pdu.AlertNotification, pdu.OK, 7), 0, 0},
		} {
			before := len(p.headers())
			p.send(tt.send)
			h := p.headers()[before:]
			if tt.answer == 0 {
				if len(h) != 0 {
					p.Errorf("%s is answered %+v", tt.name, h)
				}
				continue
			}
			if len(h) != 1 || h[0].Command != tt.answer || h[0].Status != tt.status || h[0].Sequence != 7 {
				p.Errorf("%s is answered %+v, want %s %s", tt.name, h, tt.answer, tt.status)
			}
		}
	})
}

// TestNoPDU: what comes after it cannot be understood, so the connection ends,
// but not without an answer.
func TestNoPDU(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		p.headers()
		p.send([]byte("GET / HTTP/1.1\r\n"))
		<-s.Done()
		h := p.headers()
		if len(h) != 2 || h[1].Command != pdu.GenericNack || h[1].Status != pdu.InvalidCommandLength {
			p.Errorf("%+v", h)
		}
		if _, ok := errors.AsType[*pdu.Error](s.Err()); !ok {
			p.Errorf("Err is %v", s.Err())
		}
		if a := r.told(0); len(a) != 1 || a[0].Err != ErrClosed || !a[0].Left {
			p.Errorf("%+v", a)
		}
	})
}

// TestCut: what the connection took may have arrived, and the rest did not.
func TestCut(t *testing.T) {
	withDeafPeer(t, Options{Window: 100}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0) // stands in the way of the others
		synctest.Wait()
		for part := 1; part < 10; part++ {
			send(p.T, s, r, part)
		}
		// The peer reads the first whole and two and a half of the others.
		one := len(pdu.AppendMessage(nil, pdu.SubmitSM, 1, &pdu.Message{Short: "Hi"}))
		if _, err := io.ReadFull(p.Conn, make([]byte, 3*one+one/2)); err != nil {
			p.Fatal(err)
		}
		synctest.Wait()
		p.Close()
		<-s.Done()
		for part := range 10 {
			a := r.told(part)
			if len(a) != 1 || a[0].Err != ErrClosed || a[0].Left != (part < 3) {
				p.Errorf("part %d: %+v, want left %v", part, a, part < 3)
			}
		}
		if fmt.Sprint(r.order) != "[0 1 2 3 4 5 6 7 8 9]" {
			p.Errorf("told in order %v", r.order)
		}
		if err := s.Send(pdu.SubmitSM, &pdu.Message{}, 0, r); err != ErrClosed || s.Free() != 0 {
			p.Errorf("after the end: %v, %d free", err, s.Free())
		}
		s.Reply(pdu.Header{Command: pdu.DeliverSM}, pdu.OK, "") // of no use, and no harm
	})
}

// TestReadingGoesOn while nothing can be written, up to a limit.
func TestReadingGoesOn(t *testing.T) {
	withDeafPeer(t, Options{ResponseTimeout: time.Hour}, func(s *Session, p *raw, r *recorder, _ *journal) {
		r.messageFunc = func(s *Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, strings.Repeat("x", 60)) }
		batch := []byte{}
		for range 1000 {
			batch = pdu.AppendMessage(batch, pdu.DeliverSM, 7, &pdu.Message{Short: "Hi"})
		}
		p.send(batch)
		if n := len(r.messages); n != 1000 {
			p.Errorf("%d of 1,000 were read while nobody reads the answers", n)
		}
		for range 100 {
			if _, err := p.Write(batch); err != nil {
				break
			}
		}
		<-s.Done()
		if s.Err() != ErrBacklog {
			p.Errorf("Err is %v", s.Err())
		}
	})
}

// TestPeerThatDoesNotRead is cut off by the write deadline.
func TestPeerThatDoesNotRead(t *testing.T) {
	withDeafPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		time.Sleep(11 * time.Second)
		<-s.Done()
		if s.Err() == nil || len(r.told(0)) != 1 {
			p.Errorf("Err is %v, told %+v", s.Err(), r.told(0))
		}
	})
}

// quick is a connection whose peer answers before Write returns.
type quick struct {
	net.Conn
	in     chan []byte
	rest   []byte
	mu     sync.Mutex
	writes int
}

func (q *quick) Write(b []byte) (int, error) {
	q.mu.Lock()
	q.writes++
	q.mu.Unlock()
	for rest := b; len(rest) > 0; {
		h, err := pdu.ParseHeader(rest)
		if err != nil {
			return 0, err
		}
		q.in <- pdu.AppendMessageResp(nil, h.Command, pdu.OK, h.Sequence, "id")
		rest = rest[h.Length:]
	}
	synctest.Wait() // until the answer is dealt with
	return len(b), nil
}

func (q *quick) Read(b []byte) (int, error) {
	if len(q.rest) == 0 {
		var ok bool
		if q.rest, ok = <-q.in; !ok {
			return 0, io.EOF
		}
	}
	n := copy(b, q.rest)
	q.rest = q.rest[n:]
	return n, nil
}

func (q *quick) Close() error                     { return nil }
func (q *quick) SetWriteDeadline(time.Time) error { return nil }

// TestAnswerBeforeWriteReturns: a request is on record before its first octet
// leaves, so the quickest answer finds it.
func TestAnswerBeforeWriteReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, r := &quick{in: make(chan []byte)}, &recorder{}
		s := New(q, r, Options{Window: 1000})
		s.Start()
		for part := range 5 {
			send(t, s, r, part)
			time.Sleep(time.Second)
			if a := r.told(part); len(a) != 1 || a[0] != (Answer{ID: "id"}) {
				t.Errorf("part %d: %+v", part, a)
			}
		}
		s.Close()
		close(q.in)
		<-s.Done()
	})
}

// TestOneWriteForMany: what gathers while a write is under way goes out in one.
func TestOneWriteForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, r := &quick{in: make(chan []byte, 1000)}, &recorder{}
		s := New(q, r, Options{Window: 1000})
		for part := range 500 { // before the writer runs
			send(t, s, r, part)
		}
		s.Start()
		time.Sleep(time.Second)
		q.mu.Lock()
		if q.writes != 1 {
			t.Errorf("%d writes for 500 requests", q.writes)
		}
		q.mu.Unlock()
		if len(r.told(499)) != 1 {
			t.Error("the last was not answered")
		}
		s.Close()
		close(q.in)
		<-s.Done()
	})
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

func TestBind(t *testing.T) {
	pair(t, func(t *testing.T, client, server *Session, _, sr *recorder) {
		b := pdu.Bind{SystemID: "wirechief", Password: "right", Version: pdu.Version34}
		if status, err := client.Bind(t.Context(), pdu.BindTransceiver, &b); status != pdu.OK || err != nil {
			t.Errorf("%s, %v", status, err)
		}
		if len(sr.binds) != 1 || sr.binds[0] != b {
			t.Errorf("%+v", sr.binds)
		}
		b.Password = "wrong"
		if status, err := client.Bind(t.Context(), pdu.BindTransceiver, &b); status != pdu.InvalidPassword || err != nil {
			t.Errorf("%s, %v", status, err)
		}
		<-server.Done() // who is refused has nothing to do here
		if server.Err() != nil {
			t.Errorf("Err is %v", server.Err())
		}
	})
}

func TestCallEndsWithItsContext(t *testing.T) {
	withDeafPeer(t, Options{}, func(s *Session, p *raw, _ *recorder, _ *journal) {
		ctx, cancel := context.WithTimeout(p.Context(), time.Second)
		defer cancel()
		if _, err := s.Bind(ctx, pdu.BindReceiver, &pdu.Bind{}); err != context.DeadlineExceeded {
			p.Errorf("%v", err)
		}
		s.Close()
		<-s.Done()
		if _, err := s.Bind(p.Context(), pdu.BindReceiver, &pdu.Bind{}); err != ErrClosed {
			p.Errorf("%v", err)
		}
		if err := s.Unbind(p.Context()); err != ErrClosed {
			p.Errorf("%v", err)
		}
	})
}

// TestUnbind: after it no more requests, and the connection ends on both sides.
func TestUnbind(t *testing.T) {
	pair(t, func(t *testing.T, client, server *Session, cr, sr *recorder) {
		sr.messageFunc = func(s *Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, "before") }
		send(t, client, cr, 0)
		if err := client.Unbind(t.Context()); err != nil {
			t.Error(err)
		}
		<-client.Done()
		<-server.Done()
		if server.Err() != ErrUnbound {
			t.Errorf("the server's Err is %v", server.Err())
		}
		if a := cr.told(0); len(a) != 1 || a[0].ID != "before" {
			t.Errorf("%+v", a)
		}
		if err := client.Send(pdu.SubmitSM, &pdu.Message{}, 1, cr); err != ErrClosed || client.Free() != 0 {
			t.Errorf("after unbind: %v", err)
		}
	})
}

// TestBothWays has both sides ask at once, with the same numbers.
func TestBothWays(t *testing.T) {
	pair(t, func(t *testing.T, client, server *Session, cr, sr *recorder) {
		reply := func(id string) func(*Session, pdu.Header, pdu.Message) {
			return func(s *Session, h pdu.Header, m pdu.Message) { s.Reply(h, pdu.OK, id+m.Short) }
		}
		cr.messageFunc, sr.messageFunc = reply("c"), reply("s")
		for part := range 50 {
			m := pdu.Message{Short: fmt.Sprint(part)}
			if err := errors.Join(client.Send(pdu.SubmitSM, &m, part, cr), server.Send(pdu.DeliverSM, &m, part, sr)); err != nil {
				t.Fatal(err)
			}
		}
		for part := range 50 {
			if a := cr.told(part); len(a) != 1 || a[0] != (Answer{ID: fmt.Sprint("s", part)}) {
				t.Errorf("the client's %d: %+v", part, a)
			}
			if a := sr.told(part); len(a) != 1 || a[0] != (Answer{ID: fmt.Sprint("c", part)}) {
				t.Errorf("the server's %d: %+v", part, a)
			}
		}
	})
}

func TestFinish(t *testing.T) {
	withPeer(t, Options{}, func(s *Session, p *raw, r *recorder, _ *journal) {
		send(p.T, s, r, 0)
		s.Finish()
		<-s.Done()
		if len(p.headers()) != 1 || s.Err() != nil {
			p.Errorf("%d came, Err is %v", len(p.headers()), s.Err())
		}
	})
}
