package carriertest

import (
	"encoding/binary"
	"net"
	"sync"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// gate is a connection that can be deaf and mute, as the SMSC's behaviour says.
type gate struct {
	net.Conn
	c      *SMSC
	once   sync.Once
	closed chan struct{}
}

// Read holds back what came while the SMSC is deaf.
func (g *gate) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	for g.c.deaf.Load() {
		changed := g.c.behaviourChanged()
		if !g.c.deaf.Load() {
			break
		}
		select {
		case <-changed:
		case <-g.closed:
			return 0, net.ErrClosed
		}
	}
	return n, err
}

// Write drops what the SMSC does not want to say. It is given whole PDUs.
func (g *gate) Write(b []byte) (int, error) {
	switch {
	case g.c.mute.Load():
		return len(b), nil
	case g.c.ignoring.Load():
		if _, err := g.Conn.Write(withoutEnquiries(b)); err != nil {
			return 0, err
		}
		return len(b), nil
	}
	return g.Conn.Write(b)
}

// Close may be called with the SMSC locked.
func (g *gate) Close() error {
	g.once.Do(func() { close(g.closed) })
	return g.Conn.Close()
}

// withoutEnquiries takes the answers to enquire_link out of a batch of PDUs.
func withoutEnquiries(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) >= pdu.HeaderLength {
		n := int(binary.BigEndian.Uint32(b))
		if pdu.Command(binary.BigEndian.Uint32(b[4:])) != pdu.EnquireLink.Response() {
			out = append(out, b[:n]...)
		}
		b = b[n:]
	}
	return out
}
