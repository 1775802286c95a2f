package smpp

import (
	"strings"
	"sync"
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
