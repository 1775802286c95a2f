package email

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// door is a listener that lets only so many in, and nobody stay for ever.
type door struct {
	net.Listener
	mu     sync.Mutex
	inside map[*guest]struct{}
	from   map[netip.Addr]int
	closed bool
}

// guest is a connection.
type guest struct {
	net.Conn
	door *door
	peer netip.Addr

	mu   sync.Mutex
	read time.Time // no read waits beyond it
	end  time.Time // nothing at all does
}

func newDoor(l net.Listener) *door {
	return &door{Listener: l, inside: make(map[*guest]struct{}), from: make(map[netip.Addr]int)}
}

// Accept implements [net.Listener].
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		end := time.Now().Add(sessionTime)
		g := &guest{Conn: c, door: d, read: end, end: end}
		if a, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
			g.peer = a.Addr().Unmap()
		}
		if d.admit(g) {
			return g, nil
		}
		c.SetDeadline(time.Now().Add(time.Second))
		c.Write([]byte("421 4.7.0 too many connections, try again later\r\n"))
		c.Close()
	}
}

func (d *door) admit(g *guest) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || len(d.inside) >= sessionsMost || d.from[g.peer] >= sessionsPeer {
		return false
	}
	d.inside[g] = struct{}{}
	d.from[g.peer]++
	return true
}

// close lets nobody in, and has those inside go once they have their answer.
func (d *door) close() {
	d.Listener.Close()
	d.mu.Lock()
	d.closed = true
	inside := make([]*guest, 0, len(d.inside))
	for g := range d.inside {
		inside = append(inside, g)
	}
	d.mu.Unlock()
	for _, g := range inside {
		g.mu.Lock()
		g.read = longAgo
		g.mu.Unlock()
		g.SetReadDeadline(longAgo)
	}
}

// cut ends all connections.
func (d *door) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for g := range d.inside {
		g.Conn.Close()
	}
}

// Close implements [net.Conn].
func (g *guest) Close() error {
	g.door.mu.Lock()
	if _, ok := g.door.inside[g]; ok {
		delete(g.door.inside, g)
		if g.door.from[g.peer]--; g.door.from[g.peer] == 0 {
			delete(g.door.from, g.peer)
		}
	}
	g.door.mu.Unlock()
	return g.Conn.Close()
}

func sooner(t, limit time.Time) time.Time {
	if t.IsZero() || t.After(limit) {
		return limit
	}
	return t
}

// SetReadDeadline implements [net.Conn].
func (g *guest) SetReadDeadline(t time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Conn.SetReadDeadline(sooner(t, g.read))
}

// SetWriteDeadline implements [net.Conn].
func (g *guest) SetWriteDeadline(t time.Time) error {
	return g.Conn.SetWriteDeadline(sooner(t, g.end))
}

// SetDeadline implements [net.Conn].
func (g *guest) SetDeadline(t time.Time) error {
	if err := g.SetReadDeadline(t); err != nil {
		return err
	}
	return g.SetWriteDeadline(t)
}
