package wire

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// MostUDP is how long a request over UDP may be (RFC 3261 section 18.1.1: 1300
// octets where the path's MTU is unknown).
const MostUDP = 1300

// Why something does not leave.
var (
	ErrTooLarge = errors.New("the request is too large for UDP")
	ErrClosed   = errors.New("the connection is closed")
	ErrStuck    = errors.New("the far side takes nothing more")
)

// The names of transports, as a Via has them.
const (
	UDP = "UDP"
	TCP = "TCP"
	TLS = "TLS"
)

const (
	queued       = 512              // messages that wait in a connection
	writeTimeout = 10 * time.Second // for the far side to take one
)

// Flow is a way to a far side and back: an address over our UDP socket, or a
// connection.
type Flow struct {
	Network string // UDP, TCP or TLS
	Local   netip.AddrPort
	Remote  netip.AddrPort

	packets net.PacketConn // UDP
	conn    net.Conn       // else
	out     chan []byte
	done    chan struct{} // closed with the connection; nil for UDP
	once    sync.Once
}

// Reliable says whether the transport itself repeats what got lost.
func (f *Flow) Reliable() bool { return f.Network != UDP }

// Alive says whether something can still be sent.
func (f *Flow) Alive() bool {
	if f.done == nil {
		return true
	}
	select {
	case <-f.done:
		return false
	default:
		return true
	}
}

// Send writes a message without waiting.
func (f *Flow) Send(m sip.Message) error {
	text := []byte(m.String())
	if _, request := m.(*sip.Request); request && f.Network == UDP && len(text) > MostUDP {
		return ErrTooLarge
	}
	return f.Write(text)
}

// Write sends a message that is text already, as [Flow.Send] does.
func (f *Flow) Write(text []byte) error {
	if f.packets != nil {
		_, err := f.packets.WriteTo(text, net.UDPAddrFromAddrPort(f.Remote))
		return err
	}
	if !f.Alive() {
		return ErrClosed
	}
	select {
	case f.out <- text:
		return nil
	default:
		f.Cut()
		return ErrStuck
	}
}

// Cut ends a connection; it does nothing to UDP.
func (f *Flow) Cut() {
	if f.conn == nil {
		return
	}
	f.once.Do(func() {
		close(f.done)
		_ = f.conn.Close() // it is given up either way
	})
}

// writer takes what was queued to the far side.
func (f *Flow) writer() {
	defer f.Cut()
	for {
		select {
		case <-f.done:
			return
		case text := <-f.out:
			if err := f.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
				return
			}
			if _, err := f.conn.Write(text); err != nil {
				return
			}
		}
	}
}
