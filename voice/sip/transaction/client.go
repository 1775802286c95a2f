package transaction

import (
	"errors"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/wirechief/wirechief/voice/sip/wire"
)

type state uint8

const (
	trying     state = iota // nothing came yet; Calling of an INVITE
	proceeding              // something provisional did
	completed               // the final answer did, or was sent, other than a 2xx to an INVITE
	confirmed               // and was acknowledged
	accepted                // a 2xx to an INVITE (RFC 6026)
	terminated
)

// Client is a request of ours on its way to its answer.
type Client struct {
	Request *sip.Request

	layer *Layer
	key   string
	text  []byte
	flow  *wire.Flow
	on    func(*sip.Response, error)

	mu       sync.Mutex
	state    state
	pause    time.Duration
	retry    *time.Timer
	over     *time.Timer
	ack      []byte
	withdraw bool // Cancel was called
	canceled bool // and CANCEL has left
	reason   sip.Header
}

// Send gives the request a Via of its own and begins a transaction with it. Of
// a request that is too large for UDP it only says so ([wire.ErrTooLarge]); all
// else is told to on.
func (l *Layer) Send(r *sip.Request, f *wire.Flow, on func(*sip.Response, error)) (*Client, error) {
	host, port := l.sentBy(f)
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: f.Network, Host: host, Port: port,
		Params: sip.HeaderParams{{K: "branch", V: sip.GenerateBranchN(24)}},
	}
	if f.Network == wire.UDP {
		via.Params.Add("rport", "") // RFC 3581
	}
	r.PrependHeader(via)
	return l.send(r, f, on)
}

func (l *Layer) send(r *sip.Request, f *wire.Flow, on func(*sip.Response, error)) (*Client, error) {
	c := &Client{Request: r, layer: l, key: clientKey(r), flow: f, on: on, text: []byte(r.String())}
	if f.Network == wire.UDP && len(c.text) > wire.MostUDP {
		return nil, wire.ErrTooLarge
	}
	l.mu.Lock()
	closed := l.closed
	if !closed {
		l.clients[c.key] = c
	}
	l.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if closed {
		c.finish()
		on(nil, ErrStopped)
		return c, nil
	}
	if err := f.Write(c.text); err != nil {
		c.finish()
		on(nil, errors.Join(ErrTransport, err))
		return c, nil
	}
	c.pause = l.t.T1
	if !f.Reliable() {
		c.retry = time.AfterFunc(c.pause, c.repeat)
	}
	c.over = time.AfterFunc(64*l.t.T1, func() { c.fail(ErrTimeout) })
	return c, nil
}

// repeat is timers A and E.
func (c *Client) repeat() {
	c.mu.Lock()
	defer c.mu.Unlock()
	invite := c.Request.Method == sip.INVITE
	if c.state != trying && (invite || c.state != proceeding) {
		return
	}
	if c.flow.Write(c.text) != nil {
		return // timer B or F tells it
	}
	c.pause *= 2
	if !invite && (c.pause > c.layer.t.T2 || c.state == proceeding) {
		c.pause = c.layer.t.T2
	}
	c.retry.Reset(c.pause)
}

func (c *Client) receive(res *sip.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	invite := c.Request.Method == sip.INVITE
	switch {
	case c.state == terminated:
	case res.StatusCode < 200:
		if c.state > proceeding {
			return
		}
		c.state = proceeding
		if invite && !c.canceled {
			c.quiet()
		}
		if c.withdraw {
			c.cancel()
		}
		c.on(res, nil)
	case invite && res.StatusCode < 300:
		if c.state < completed {
			c.quiet()
			c.state = accepted
			c.over = time.AfterFunc(64*c.layer.t.T1, c.end) // timer M
		}
		c.on(res, nil)
	case invite && c.state < completed:
		c.quiet()
		c.state = completed
		c.ack = []byte(acknowledge(c.Request, res).String())
		_ = c.flow.Write(c.ack) // the far side repeats until it comes
		if c.flow.Reliable() {
			c.finish()
		} else {
			c.over = time.AfterFunc(64*c.layer.t.T1, c.end) // timer D
		}
		c.on(res, nil)
	case invite && c.state == completed:
		_ = c.flow.Write(c.ack)
	case !invite && c.state < completed:
		c.quiet()
		c.state = completed
		if c.flow.Reliable() {
			c.finish()
		} else {
			c.over = time.AfterFunc(c.layer.t.T4, c.end) // timer K
		}
		c.on(res, nil)
	}
}

// Cancel withdraws an INVITE: at once when the far side has said something,
// else when it does (section 9.1). reason is RFC 3326's header, or nil. The
// final answer comes as ever; when none does, [ErrTimeout].
func (c *Client) Cancel(reason sip.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.withdraw || c.state > proceeding {
		return
	}
	c.withdraw, c.reason = true, reason
	if c.state == proceeding {
		c.cancel()
	}
}

func (c *Client) cancel() {
	if c.canceled {
		return
	}
	c.canceled = true
	r := sip.NewRequest(sip.CANCEL, *c.Request.Recipient.Clone())
	r.AppendHeader(c.Request.Via().Clone())
	sip.CopyHeaders("Route", c.Request, r)
	maxForwards := sip.MaxForwardsHeader(70)
	r.AppendHeader(&maxForwards)
	same(c.Request, r, sip.CANCEL)
	r.AppendHeader(sip.HeaderClone(c.Request.To()))
	if c.reason != nil {
		r.AppendHeader(c.reason)
	}
	r.SetBody(nil)
	// What comes of the CANCEL itself does not matter, only of the INVITE.
	_, _ = c.layer.send(r, c.flow, func(*sip.Response, error) {})
	c.quiet()
	c.over = time.AfterFunc(64*c.layer.t.T1, func() { c.fail(ErrTimeout) })
}

// acknowledge makes the ACK of section 17.1.1.3.
func acknowledge(invite *sip.Request, res *sip.Response) *sip.Request {
	r := sip.NewRequest(sip.ACK, *invite.Recipient.Clone())
	r.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, r)
	maxForwards := sip.MaxForwardsHeader(70)
	r.AppendHeader(&maxForwards)
	same(invite, r, sip.ACK)
	r.AppendHeader(sip.HeaderClone(res.To()))
	r.SetBody(nil)
	return r
}

// same copies what an ACK or CANCEL has in common with its INVITE.
func same(invite, r *sip.Request, method sip.RequestMethod) {
	r.AppendHeader(sip.HeaderClone(invite.From()))
	id := sip.CallIDHeader(invite.CallID().Value())
	r.AppendHeader(&id)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: method})
}

func (c *Client) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state >= completed {
		if c.state != terminated && !errors.Is(err, ErrTimeout) {
			c.finish() // it has its answer
		}
		return
	}
	c.finish()
	c.on(nil, err)
}

func (c *Client) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish()
}

func (c *Client) quiet() {
	if c.retry != nil {
		c.retry.Stop()
	}
	if c.over != nil {
		c.over.Stop()
	}
}

func (c *Client) finish() {
	c.quiet()
	c.state = terminated
	c.layer.mu.Lock()
	defer c.layer.mu.Unlock()
	if c.layer.clients[c.key] == c {
		delete(c.layer.clients, c.key)
	}
}
