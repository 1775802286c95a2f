package smpp

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
	"github.com/wirechief/wirechief/carrier/smpp/session"
	"github.com/wirechief/wirechief/gsm"
)

var long = strings.Repeat("long ", 70) // 350 septets, three segments

// desk holds back answers until the test gives them.
type desk struct {
	mu   sync.Mutex
	held []func(pdu.Status, string)
}

func (d *desk) hold(s *session.Session, h pdu.Header, _ pdu.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held = append(d.held, func(status pdu.Status, id string) { s.Reply(h, status, id) })
}

// count is how many wait for an answer.
func (d *desk) count() int {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.held)
}

// answer answers the i-th that waits.
func (d *desk) answer(i int, status pdu.Status, id string) {
	d.count()
	d.mu.Lock()
	f := func(pdu.Status, string) {} // the test will notice
	if i < len(d.held) {
		f = d.held[i]
		d.held = append(d.held[:i:i], d.held[i+1:]...)
	}
	d.mu.Unlock()
	f(status, id)
	synctest.Wait()
}

// script answers with one status after the other.
func script(c *smsc, statuses ...pdu.Status) func(*session.Session, pdu.Header, pdu.Message) {
	i := 0
	return func(s *session.Session, h pdu.Header, _ pdu.Message) {
		status := pdu.OK
		if i < len(statuses) {
			status = statuses[i]
		}
		i++
		if status != pdu.OK {
			s.Reply(h, status, "")
			return
		}
		s.Reply(h, status, c.id())
	}
}

func TestSubmitOnTheWire(t *testing.T) {
	number := pdu.Address{TON: 1, NPI: 1, Addr: "13109060901"}
	handset := pdu.Address{TON: 1, NPI: 1, Addr: "13105551212"}
	message := carrier.Submission{Message: 7, From: "+13109060901", To: "+13105551212", Text: "Hi"}
	with := func(f func(*carrier.Submission)) carrier.Submission {
		s := message
		f(&s)
		return s
	}
	text := func(s string) carrier.Submission { return with(func(m *carrier.Submission) { m.Text = s }) }
	for _, tt := range []struct {
		name string
		cfg  func(*Config)
		s    carrier.Submission
		want pdu.Message
	}{
		{name: "plain", s: message, want: pdu.Message{Source: number, Dest: handset, Short: "Hi"}},
		{
			name: "receipt wanted", s: with(func(m *carrier.Submission) { m.Receipt = true }),
			want: pdu.Message{Source: number, Dest: handset, Short: "Hi", Registered: 1},
		},
		{
			name: "validity, in another zone",
			s: with(func(m *carrier.Submission) {
				m.Validity = time.Date(2000, 1, 2, 3, 4, 5, 0, time.FixedZone("", -5*3600))
			}),
			want: pdu.Message{Source: number, Dest: handset, Short: "Hi", Validity: "000102080405000+"},
		},
		{
			name: "short code to number", s: with(func(m *carrier.Submission) { m.From = "78701" }),
			want: pdu.Message{Source: pdu.Address{TON: 3, Addr: "78701"}, Dest: handset, Short: "Hi"},
		},
		{
			name: "name to number", s: with(func(m *carrier.Submission) { m.From = "Wirechief" }),
			want: pdu.Message{Source: pdu.Address{TON: 5, Addr: "Wirechief"}, Dest: handset, Short: "Hi"},
		},
		{
			name: "number to short code", s: with(func(m *carrier.Submission) { m.To = "78701" }),
			want: pdu.Message{Source: number, Dest: pdu.Address{TON: 3, Addr: "78701"}, Short: "Hi"},
		},
		{name: "GSM-7 with extension", s: text("@[€]"), want: pdu.Message{Source: number, Dest: handset, Short: "\x00\x1b\x3c\x1b\x65\x1b\x3e"}},
		{name: "UCS-2 where GSM-7 does not do", s: text("ж😀"), want: pdu.Message{Source: number, Dest: handset, Coding: 8, Short: "\x04\x36\xd8\x3d\xde\x00"}},
		{
			name: "Latin-1", cfg: func(c *Config) { c.Alphabet = gsm.Latin1 }, s: text("é[@"),
			want: pdu.Message{Source: number, Dest: handset, Coding: 3, Short: "\xe9[@"},
		},
		{
			name: "UCS-2 by setting", cfg: func(c *Config) { c.Alphabet = gsm.UCS2 }, s: text("Hi"),
			want: pdu.Message{Source: number, Dest: handset, Coding: 8, Short: "\x00H\x00i"},
		},
		{name: "empty", s: text(""), want: pdu.Message{Source: number, Dest: handset}},
		{
			name: "one segment of payload stays short", cfg: func(c *Config) { c.Concatenation = gsm.Payload }, s: text(long[:160]),
			want: pdu.Message{Source: number, Dest: handset, Short: long[:160]},
		},
		{
			name: "payload", cfg: func(c *Config) { c.Concatenation = gsm.Payload }, s: text(long),
			want: pdu.Message{Source: number, Dest: handset, Optional: pdu.TLVs("\x04\x24\x01\x5e" + long)},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := plain()
			if tt.cfg != nil {
				tt.cfg(&cfg)
			}
			inBubble(t, cfg, &smsc{}, func(r *rig) {
				r.want(r.submission(tt.s), wirechief.Done, "", "m1")
				got := r.smsc.received()
				if len(got) != 1 || got[0] != tt.want {
					r.Errorf("on the wire:\n%+v\nwant\n%+v", got, tt.want)
				}
			})
		})
	}
}

func TestConcatenation(t *testing.T) {
	for _, tt := range []struct {
		way   gsm.Concatenation
		parts int
	}{{gsm.UDH8, 3}, {gsm.UDH16, 3}, {gsm.SAR, 3}} {
		t.Run(tt.way.String(), func(t *testing.T) {
			cfg := plain()
			cfg.Concatenation = tt.way
			inBubble(t, cfg, &smsc{}, func(r *rig) {
				r.want(r.submit(long), wirechief.Done, "", "m1", "m2", "m3")
				var joined string
				references := map[int]bool{}
				for i, m := range r.smsc.received() {
					var part *wirechief.Part
					body := m.Short
					if tt.way == gsm.SAR {
						part = sar(m.Optional)
					} else {
						if m.ESMClass != pdu.ESMHeader {
							r.Errorf("esm_class %#x", m.ESMClass)
						}
						place, rest, err := gsm.ParseUDH([]byte(m.Short))
						if err != nil {
							r.Fatal(err)
						}
						if place.Wide != (tt.way == gsm.UDH16) {
							r.Errorf("the header says %+v", place)
						}
						part, body = &wirechief.Part{Ref: int(place.Reference), Total: place.Parts, Seq: place.Part}, string(rest)
					}
					if part == nil || part.Seq != i+1 || part.Total != tt.parts {
						r.Fatalf("segment %d is placed %+v", i+1, part)
					}
					references[part.Ref] = true
					joined += body
				}
				if joined != long || len(references) != 1 {
					r.Errorf("joined %q with references %v", joined, references)
				}
			})
		})
	}
}

// TestReferences: messages to one handset differ, and one that comes again has
// the reference that it had.
func TestReferences(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		reference := func(id int64) byte {
			y := r.submission(carrier.Submission{Message: id, From: "78701", To: "+13105551212", Text: long})
			time.Sleep(time.Minute) // for the pace
			y.outcome(r)
			return r.smsc.received()[0].Short[3]
		}
		seen := map[byte]bool{}
		for i := range 200 {
			seen[reference(int64(i))] = true
		}
		if len(seen) != 200 {
			r.Errorf("%d references for 200 messages to one handset", len(seen))
		}
		c.submitFunc = script(c, pdu.Throttled, pdu.Throttled, pdu.Throttled)
		if first, again := reference(500), reference(500); first != again {
			r.Errorf("reference %d at first, then %d", first, again)
		}
	})
}

func TestWindow(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 4
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		if got := r.link.Room(); got != 4 {
			r.Errorf("Room is %d, want 4 messages", got)
		}
		first, second, third := r.submit("one"), r.submit(long), r.submit(long)
		last := r.submit("last")
		if d.count() != 4 {
			r.Fatalf("%d segments are out, want 1 and 3 of a window of 4", d.count())
		}
		if st := r.link.Status(); st.Outstanding != 4 {
			r.Errorf("%d outstanding, want 4 messages", st.Outstanding)
		}
		// The third message waits for three places, and nothing passes it.
		d.answer(0, pdu.OK, "a")
		r.want(first, wirechief.Done, "", "a")
		d.answer(2, pdu.OK, "b3")
		if d.count() != 2 {
			r.Errorf("%d segments are out, want 2", d.count())
		}
		d.answer(1, pdu.OK, "b2")
		if d.count() != 4 || !second.pending() {
			r.Errorf("%d segments are out, want 1 and 3", d.count())
		}
		d.answer(0, pdu.OK, "b1")
		r.want(second, wirechief.Done, "", "b1", "b2", "b3") // by part, whatever the order of the answers
		for d.count() > 0 {
			d.answer(0, pdu.OK, "c")
		}
		r.want(third, wirechief.Done, "", "c", "c", "c")
		r.want(last, wirechief.Done, "", "c")
	})
}

// TestLongerThanTheWindow: a message of more segments than the window goes out
// in order as places come free, with nothing between.
func TestLongerThanTheWindow(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 2
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		short, whole, last := r.submit("short"), r.submit(long), r.submit("last")
		if d.count() != 1 {
			r.Fatalf("%d segments are out, want the short one", d.count())
		}
		d.answer(0, pdu.OK, "s")
		r.want(short, wirechief.Done, "", "s")
		for i, want := range []int{2, 2, 2, 1} { // the last message follows the third segment
			if d.count() != want {
				r.Errorf("after %d answers %d are out, want %d", i, d.count(), want)
			}
			d.answer(0, pdu.OK, fmt.Sprintf("p%d", i+1))
		}
		r.want(whole, wirechief.Done, "", "p1", "p2", "p3")
		r.want(last, wirechief.Done, "", "p4")
		var order []string
		for _, m := range r.smsc.received() {
			order = append(order, m.Short[max(0, len(m.Short)-5):])
		}
		if want := fmt.Sprint([]string{"short", long[148:153], long[301:306], long[345:], "last"}); fmt.Sprint(order) != want {
			r.Errorf("the order was %q", order)
		}
	})
}

// TestRestIsHeldBack: once a segment is refused, the rest does not follow.
func TestRestIsHeldBack(t *testing.T) {
	cfg := plain()
	cfg.Window = 1
	c := &smsc{}
	c.submitFunc = script(c, pdu.OK, pdu.InvalidDest)
	inBubble(t, cfg, c, func(r *rig) {
		o := r.want(r.submit(long), wirechief.Final, wirechief.ReasonDestination, "m1")
		if o.Code != "ESME_RINVDSTADR" || len(r.smsc.received()) != 2 {
			r.Errorf("%+v", o)
		}
		r.want(r.submit("next"), wirechief.Done, "", "m2")
	})
}

func TestOutcomeOfSeveralAnswers(t *testing.T) {
	for _, tt := range []struct {
		answers     []pdu.Status // of the three segments
		disposition wirechief.Disposition
		reason      wirechief.Reason
		ids         []string
	}{
		{[]pdu.Status{pdu.OK, pdu.OK, pdu.OK}, wirechief.Done, "", []string{"m1", "m2", "m3"}},
		{[]pdu.Status{pdu.OK, pdu.Throttled, pdu.OK}, wirechief.Retry, wirechief.ReasonThrottled, []string{"m1", "m2"}},
		{[]pdu.Status{pdu.MessageQueueFull, pdu.OK, pdu.InvalidSource}, wirechief.Final, wirechief.ReasonSource, []string{"m1"}},
		{[]pdu.Status{pdu.InvalidSource, pdu.OK, pdu.Throttled}, wirechief.Final, wirechief.ReasonSource, []string{"m1"}},
		{[]pdu.Status{pdu.SystemError, pdu.SystemError, pdu.SystemError}, wirechief.Retry, wirechief.ReasonTemporary, nil},
	} {
		t.Run(fmt.Sprint(tt.answers), func(t *testing.T) {
			c := &smsc{}
			c.submitFunc = script(c, tt.answers...)
			inBubble(t, plain(), c, func(r *rig) {
				r.want(r.submit(long), tt.disposition, tt.reason, tt.ids...)
			})
		})
	}
}

// TestIDForms: ids of responses come in the form that receipts will have.
func TestIDForms(t *testing.T) {
	for _, tt := range []struct {
		form     receipt.IDForm
		id, want string
	}{
		{receipt.Same, "000A1f", "000A1f"},
		{receipt.HexToDec, "0012345", "12345"},
		{receipt.DecToHex, "000A1F", "a1f"},
	} {
		cfg := plain()
		cfg.ReceiptID = tt.form
		c := &smsc{submitFunc: func(s *session.Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, tt.id) }}
		inBubble(t, cfg, c, func(r *rig) { r.want(r.submit("Hi"), wirechief.Done, "", tt.want) })
	}
}

func TestNoID(t *testing.T) {
	c := &smsc{submitFunc: func(s *session.Session, h pdu.Header, _ pdu.Message) { s.Reply(h, pdu.OK, "") }}
	inBubble(t, plain(), c, func(r *rig) { r.want(r.submit("Hi"), wirechief.Done, "") })
}

func TestRefusedEarly(t *testing.T) {
	inBubble(t, plain(), &smsc{}, func(r *rig) {
		o := r.want(r.submission(carrier.Submission{Text: "Hi", Media: []carrier.Media{{URL: "https://example.net/a.jpg"}}}),
			wirechief.Final, wirechief.ReasonUnsupported)
		if !o.Elsewhere {
			r.Error("another carrier could take pictures")
		}
		r.want(r.submit(strings.Repeat("x", 256*153)), wirechief.Final, wirechief.ReasonContent)
		if got := r.smsc.received(); got != nil {
			r.Errorf("sent all the same: %d", len(got))
		}
	})
}

func TestUnansweredIsInDoubt(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 1
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		y := r.submit("Hi")
		time.Sleep(9 * time.Second)
		if !y.pending() {
			r.Fatal("reported before the response timeout")
		}
		time.Sleep(2 * time.Second)
		r.want(y, wirechief.InDoubt, wirechief.ReasonTimeout)

		// Its place is free again, and an answer that comes late is shown and harms nobody.
		next := r.submit("next")
		d.answer(0, pdu.OK, "late1")
		if !next.pending() {
			r.Error("the late answer was taken for another message's")
		}
		d.answer(0, pdu.OK, "m2")
		r.want(next, wirechief.Done, "", "m2")
		if log := r.log.String(); !strings.Contains(log, "id=late1") || !strings.Contains(log, "message=7") {
			r.Errorf("the late answer is not in the log: %s", log)
		}
	})
}

func TestCut(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 2
	c := &smsc{submitFunc: d.hold}
	var down atomic.Bool
	c.dialFunc = func() error {
		if down.Load() {
			return fmt.Errorf("connection refused")
		}
		return nil
	}
	inBubble(t, cfg, c, func(r *rig) {
		left, both, waits := r.submit("left"), r.submit("left too"), r.submit("waits")
		partly := r.submit(long)
		d.answer(1, pdu.OK, "m9")
		r.want(both, wirechief.Done, "", "m9")
		if d.count() != 2 {
			r.Fatal("the third message did not leave")
		}
		r.x.changes()
		down.Store(true)
		c.peer(0).Close()
		r.want(left, wirechief.InDoubt, wirechief.ReasonDisconnected)
		r.want(waits, wirechief.InDoubt, wirechief.ReasonDisconnected)
		r.want(partly, wirechief.Retry, wirechief.ReasonDisconnected) // never left
		if r.link.Room() != 0 || r.x.changes() == 0 {
			r.Errorf("Room is %d, and Changed should have been called", r.link.Room())
		}
		st := r.link.Status()
		if st.State != carrier.Down || st.Connections != 0 || !strings.Contains(st.LastError, "smsc.example.net:2775 was lost: closed by the peer") {
			r.Errorf("%+v", st)
		}
		r.want(r.submit("not now"), wirechief.Retry, wirechief.ReasonDisconnected)

		down.Store(false)
		time.Sleep(time.Second)
		if st := r.link.Status(); st.State != carrier.Up || st.LastError != "" || r.link.Room() != 2 || r.x.changes() == 0 {
			r.Errorf("%+v", st)
		}
		y := r.submit("again")
		d.answer(d.count()-1, pdu.OK, "m10")
		r.want(y, wirechief.Done, "", "m10")
	})
}

// TestCutMidway: of a message longer than the window some segments had their
// answer, and the rest never left.
func TestCutMidway(t *testing.T) {
	cfg := plain()
	cfg.Window = 1
	d := &desk{}
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		y := r.submit(long)
		d.count()
		d.answer(0, pdu.OK, "p1")
		r.smsc.peer(0).Close()
		r.want(y, wirechief.InDoubt, wirechief.ReasonDisconnected, "p1")
	})
}

// TestThroughput counts in segments, long messages whole.
func TestThroughput(t *testing.T) {
	cfg := plain()
	cfg.Throughput = 10
	inBubble(t, cfg, &smsc{}, func(r *rig) {
		begin := time.Now()
		var tries []*try
		for range 5 {
			tries = append(tries, r.submit(long), r.submit("short"))
		}
		time.Sleep(time.Minute)
		for _, y := range tries {
			if o := y.outcome(r); o.Disposition != wirechief.Done {
				r.Errorf("%+v", o)
			}
		}
		c := r.smsc
		c.received()
		if len(c.at) != 20 {
			r.Fatalf("%d segments", len(c.at))
		}
		// 20 segments; the last is the twentieth, and the first needs no time.
		if took := c.at[19].Sub(begin); took < 1800*time.Millisecond || took > 2*time.Second {
			r.Errorf("20 segments at 10/s took %v", took)
		}
		if got := r.link.Status().Rate; got != 10 {
			r.Errorf("the rate is %v", got)
		}
	})
}

func TestThrottled(t *testing.T) {
	cfg := plain()
	cfg.Throughput = 100
	c := &smsc{}
	c.submitFunc = script(c, pdu.Throttled)
	inBubble(t, cfg, c, func(r *rig) {
		r.x.changes()
		o := r.want(r.submit("Hi"), wirechief.Retry, wirechief.ReasonThrottled)
		if o.Code != "ESME_RTHROTTLED" {
			r.Errorf("%+v", o)
		}
		st := r.link.Status()
		if st.Rate != 50 || st.State != carrier.Degraded || !strings.Contains(st.LastError, "ESME_RTHROTTLED") || r.x.changes() == 0 {
			r.Errorf("after the refusal: %+v", st)
		}
		if r.link.Room() != 64 {
			r.Errorf("Room is %d: the link is slow, not away", r.link.Room())
		}
		time.Sleep(10 * time.Second)
		if st := r.link.Status(); st.Rate <= 50 || st.Rate >= 100 {
			r.Errorf("the rate does not creep up: %+v", st)
		}
		r.x.changes()
		time.Sleep(2 * time.Minute)
		if n := r.x.changes(); n == 0 {
			r.Error("nobody was told that the usual pace is back")
		}
		if st := r.link.Status(); st.Rate != 100 || st.State != carrier.Up || st.LastError != "" {
			r.Errorf("%+v", st)
		}
	})
}

func TestContextEnds(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 1
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		ctx, cancel := context.WithCancel(r.Context())
		left, waits, ended := &try{}, &try{}, &try{}
		s := carrier.Submission{From: "78701", To: "+13105551212", Text: "Hi"}
		r.link.Submit(ctx, s, left.report)
		r.link.Submit(ctx, s, waits.report)
		other := r.submit("other")
		if !left.pending() || !waits.pending() {
			r.Fatal("reported early")
		}
		cancel()
		r.want(waits, wirechief.Retry, wirechief.ReasonShutdown)
		r.link.Submit(ctx, s, ended.report)
		r.want(ended, wirechief.Retry, wirechief.ReasonShutdown)
		if !left.pending() {
			r.Error("what has left has to wait for its answer")
		}
		d.answer(0, pdu.OK, "a")
		r.want(left, wirechief.Done, "", "a")
		d.answer(0, pdu.OK, "b")
		r.want(other, wirechief.Done, "", "b")
		if n := len(r.smsc.received()); n != 2 {
			r.Errorf("%d were sent, want 2", n)
		}
	})
}

// TestValidity: what is worthless by now is not sent.
func TestValidity(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 1
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		first := r.submit("first")
		s := carrier.Submission{From: "78701", To: "+13105551212", Text: "Hi", Validity: time.Now().Add(time.Second)}
		waits := r.submission(s)
		time.Sleep(2 * time.Second)
		d.answer(0, pdu.OK, "a")
		r.want(first, wirechief.Done, "", "a")
		r.want(waits, wirechief.Retry, wirechief.ReasonTimeout)
		r.want(r.submission(s), wirechief.Retry, wirechief.ReasonTimeout)
		if n := len(r.smsc.received()); n != 1 {
			r.Errorf("%d were sent, want 1", n)
		}
	})
}

func TestSeveralConnections(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Connections, cfg.Window = 2, 3
	c := &smsc{submitFunc: d.hold}
	inBubble(t, cfg, c, func(r *rig) {
		if r.link.Room() != 6 || r.link.Status().Connections != 2 {
			r.Fatalf("Room %d, %+v", r.link.Room(), r.link.Status())
		}
		one, two := r.submit(long), r.submit(long)
		if d.count() != 6 || c.peer(0).Free() != 2000 {
			r.Fatalf("%d are out", d.count())
		}
		third := r.submit("third")
		c.peer(1).Close() // the second message is lost with it
		r.want(two, wirechief.InDoubt, wirechief.ReasonDisconnected)
		if !one.pending() || !third.pending() {
			r.Error("the other connection goes on")
		}
		if st := r.link.Status(); st.State != carrier.Degraded || st.Connections != 1 || r.link.Room() != 3 {
			r.Errorf("Room %d, %+v", r.link.Room(), st)
		}
		time.Sleep(time.Second) // the second connection is back
		if st := r.link.Status(); st.State != carrier.Up || d.count() != 7 {
			r.Errorf("%+v, %d out", st, d.count())
		}
	})
}

// TestForgotten: an SMSC that takes us for unbound is bound anew.
func TestForgotten(t *testing.T) {
	c := &smsc{}
	c.submitFunc = script(c, pdu.InvalidBindStatus)
	inBubble(t, plain(), c, func(r *rig) {
		r.want(r.submit("Hi"), wirechief.Retry, wirechief.ReasonTemporary)
		time.Sleep(time.Second)
		r.want(r.submit("Hi"), wirechief.Done, "", "m1")
		if n := len(c.bound()); n != 2 {
			r.Errorf("bound %d times, want twice", n)
		}
	})
}

func TestStop(t *testing.T) {
	d := &desk{}
	cfg := plain()
	cfg.Window = 2
	inBubble(t, cfg, &smsc{submitFunc: d.hold}, func(r *rig) {
		mute, slow, waits := r.submit("mute"), r.submit("slow"), r.submit("waits")
		stopped := make(chan error)
		go func() { stopped <- r.link.Stop(context.Background()) }()
		r.want(waits, wirechief.Retry, wirechief.ReasonShutdown)
		r.want(r.submit("late"), wirechief.Retry, wirechief.ReasonShutdown)
		if r.link.Room() != 0 {
			r.Error("there is room in a link that stops")
		}
		d.answer(1, pdu.OK, "s") // it waits a moment for this
		r.want(slow, wirechief.Done, "", "s")
		if err := <-stopped; err != nil {
			r.Error(err)
		}
		r.want(mute, wirechief.InDoubt, wirechief.ReasonDisconnected)
		if st := r.link.Status(); st.State != carrier.Stopped || st.Connections != 0 || st.Outstanding != 0 {
			r.Errorf("%+v", st)
		}
		if err := r.link.Start(r.Context(), r.x); err != nil || r.link.Status().State != carrier.Stopped {
			r.Errorf("a stopped link began again: %v", err)
		}
		if n := len(r.smsc.received()); n != 2 {
			r.Errorf("%d were sent, want 2", n)
		}
		r.stop()
	})
}

func TestStopInAHurry(t *testing.T) {
	d := &desk{}
	inBubble(t, plain(), &smsc{submitFunc: d.hold}, func(r *rig) {
		y := r.submit("Hi")
		begin := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), 100*time.Millisecond)
		defer cancel()
		if err := r.link.Stop(ctx); err != nil {
			r.Error(err)
		}
		if took := time.Since(begin); took > 200*time.Millisecond {
			r.Errorf("took %v", took)
		}
		r.want(y, wirechief.InDoubt, wirechief.ReasonDisconnected)
	})
}

func TestStopBeforeStart(t *testing.T) {
	l := New("main", plain(), carrier.Services{})
	for range 2 {
		if err := l.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := l.Start(t.Context(), &exchange{}); err != nil {
		t.Error(err)
	}
	var y try
	l.Submit(t.Context(), carrier.Submission{Text: "Hi"}, y.report)
	if len(y.got) != 1 || y.got[0].Disposition != wirechief.Retry || y.got[0].Reason != wirechief.ReasonShutdown {
		t.Errorf("%+v", y.got)
	}
	if l.Status().State != carrier.Stopped || l.Room() != 0 {
		t.Errorf("%+v", l.Status())
	}
}
