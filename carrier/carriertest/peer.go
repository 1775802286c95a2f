package carriertest

import (
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// peer is a connection of a client.
type peer struct {
	c       *SMSC
	session *session.Session
	number  int // from 1

	// Of the SMSC's lock.
	bound pdu.Command // the bind request that let it in; 0: none yet
	gone  bool        // cut: what is still read is not heard
}

// Bind lets the client in, or not.
func (p *peer) Bind(s *session.Session, h pdu.Header, b pdu.Bind) {
	c := p.c
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.notify()
	var status pdu.Status
	switch {
	case p.gone:
		return
	case p.bound != 0:
		status = pdu.AlreadyBound
	case c.opt.SystemID != "" && b.SystemID != c.opt.SystemID:
		status = pdu.InvalidSystemID
	case c.opt.SystemID != "" && !c.opt.Password.Equal(b.Password):
		status = pdu.InvalidPassword
	default:
		status = c.behave.Bind
	}
	s.ReplyBind(h, status, "carriertest")
	if status != pdu.OK {
		c.stats.BindsRefused++
		return
	}
	p.bound = h.Command
	c.stats.Binds++
	c.stats.Connections++
	c.dispatch()
}

// receives says whether deliver_sm may go to the client (SMPP 3.4 2.2.1).
func (p *peer) receives() bool {
	return !p.gone && (p.bound == pdu.BindReceiver || p.bound == pdu.BindTransceiver)
}

func (p *peer) cut() {
	p.gone = true
	p.session.Close()
}

// Late tells of a deliver_sm that is on its way again already.
func (p *peer) Late(*session.Session, session.Answer) {}

// Message takes a submission and decides, there and then, all that becomes of it.
func (p *peer) Message(s *session.Session, h pdu.Header, m pdu.Message) {
	c := p.c
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case p.gone:
		return
	case p.bound == 0, p.bound == pdu.BindReceiver, h.Command == pdu.DeliverSM:
		s.Reply(h, pdu.InvalidBindStatus, "") // SMPP 3.4 2.3
		return
	}
	defer c.notify()
	now := c.since()
	status := c.judge(now, &m)
	var n uint64
	var id string
	if status == pdu.OK {
		c.lastID++
		n = c.lastID
		id = c.id(c.behave.ID, n)
	}
	c.record(p, &m, status, id)

	b := &c.behave
	before, after := count(&b.CutBefore), count(&b.CutAfter)
	due := now + b.AnswerDelay
	receipt := status == pdu.OK && wantsReceipt(&m) && !b.Receipts.Never
	if receipt && b.Receipts.First {
		c.report(p, &m, n, id, now)
	}
	switch {
	case before:
		p.cut()
	case b.NoAnswer:
	case b.AnswerDelay == 0 && b.OutOfOrder == 0:
		p.answer(h, status, id, after)
	default:
		t := task{due: due, order: c.next(), p: p, header: h, status: status, id: id, cut: after}
		if span := b.OutOfOrder; span > 0 {
			t.due = (now/span + 1) * span
			t.order = -t.order
			due = t.due
		}
		c.schedule(t)
	}
	if receipt && !b.Receipts.First {
		c.report(p, &m, n, id, due)
	}
}

// answer replies, and then cuts the connection where that is asked for.
func (p *peer) answer(h pdu.Header, status pdu.Status, id string, cut bool) {
	p.session.Reply(h, status, id)
	if cut {
		p.gone = true
		p.session.Finish()
	}
}

// count counts down to an event and says when it is there.
func count(n *int) bool {
	if *n == 0 {
		return false
	}
	*n--
	return *n == 0
}

// judge gives the status of the answer.
func (c *SMSC) judge(now time.Duration, m *pdu.Message) pdu.Status {
	b := &c.behave
	throttled := b.ThrottleStatus
	if throttled == pdu.OK {
		throttled = pdu.Throttled
	}
	if b.Throttle > 0 {
		b.Throttle--
		return throttled
	}
	if b.Rate > 0 {
		burst := max(1, b.Rate/10)
		if c.allowedAt == 0 {
			c.allowance = burst
		}
		c.allowance = min(burst, c.allowance+b.Rate*(now-c.allowedAt).Seconds())
		c.allowedAt = now
		if c.allowance < 1 {
			return throttled
		}
		c.allowance--
	}
	if b.Status != nil {
		return b.Status(m)
	}
	return pdu.OK
}

func (c *SMSC) id(format IDFormat, n uint64) string {
	if format == nil {
		format = Decimal
	}
	c.scratch = format(c.scratch[:0], n)
	return string(c.scratch)
}

// wantsReceipt reads registered_delivery (SMPP 3.4 5.2.17).
func wantsReceipt(m *pdu.Message) bool { return m.Registered&0x03 != pdu.RegisteredNone }

// report makes the receipts of a message that was taken, as the behaviour has
// them; due is when their delay begins.
func (c *SMSC) report(p *peer, m *pdu.Message, n uint64, answered string, due time.Duration) {
	r := &c.behave.Receipts
	delay := r.Delay
	if r.First {
		delay = 0
	}
	id := answered
	if r.ID != nil {
		id = c.id(r.ID, n)
	}
	state, code := wirechief.ReceiptDelivered, 0
	if r.State != nil {
		state, code = r.State(m)
	}
	if m.Registered&0x03 == pdu.RegisteredFailure && state == wirechief.ReceiptDelivered {
		return
	}
	said := Receipt{ID: id, State: state, Code: code, Text: beginning(m), Submitted: time.Now().UTC()}
	said.Done = said.Submitted.Add(delay)
	if r.Intermediate != "" {
		early := said
		early.State, early.Code = r.Intermediate, 0
		c.deliverAt(p, due, c.receipt(m, pdu.ESMIntermediate, early))
	}
	for range 1 + r.Copies {
		c.deliverAt(p, due+delay, c.receipt(m, pdu.ESMReceipt, said))
	}
}

// receipt writes a receipt on m.
func (c *SMSC) receipt(m *pdu.Message, class byte, said Receipt) *Delivery {
	r := &c.behave.Receipts
	d := &Delivery{c: c, isReceipt: true, Message: pdu.Message{Source: m.Dest, Dest: m.Source, ESMClass: class}}
	if r.Form != TLVsOnly {
		write := r.Text
		if write == nil {
			write = StandardText
		}
		c.scratch = write(c.scratch[:0], said)
		d.Message.Short = string(c.scratch)
	}
	if r.Form != TextOnly {
		c.scratch = receiptTLVs(c.scratch[:0], said)
		d.Message.Optional = pdu.TLVs(c.scratch)
	}
	return d
}

// beginning is what receipts quote: 20 characters, where they are plain.
func beginning(m *pdu.Message) string {
	s := m.Short[:min(len(m.Short), 20)]
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ""
		}
	}
	return s
}
