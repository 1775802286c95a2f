package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Handlers are told what comes in. They are called by the goroutine that reads
// the socket: what they do keeps the next message waiting.
type Handlers struct {
	Message func(sip.Message, *Flow)
	Broken  func(text []byte, err error, f *Flow)
	Closed  func(*Flow) // a connection is gone; nothing comes from it after
	// Known says whether an address is one of the far side's. Others get few
	// connections, for a short time: long enough to be told no.
	Known func(netip.Addr) bool
}

const (
	mostConnections = 1024 // of known far sides
	mostStrangers   = 16
	strangerTime    = 5 * time.Second
	socketBuffer    = 4 << 20
)

// Endpoint is our sockets.
type Endpoint struct {
	h      Handlers
	parser *sip.Parser

	running sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	packets   net.PacketConn
	listeners []net.Listener
	flows     map[*Flow]bool // connections; true: of a stranger
	strangers int
}

// New makes an endpoint without sockets.
func New(h Handlers) *Endpoint {
	return &Endpoint{h: h, parser: sip.NewParser(), flows: map[*Flow]bool{}}
}

// ListenUDP opens the UDP socket, which also sends, and reads it.
func (e *Endpoint) ListenUDP(address string) (netip.AddrPort, error) {
	pc, err := net.ListenPacket("udp", address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	if u, ok := pc.(*net.UDPConn); ok {
		_ = u.SetReadBuffer(socketBuffer) // as much as the system allows
		_ = u.SetWriteBuffer(socketBuffer)
	}
	local := addrPort(pc.LocalAddr())
	if !e.begin(func() { e.packets = pc }, func() { e.readPackets(pc, local) }) {
		_ = pc.Close()
		return netip.AddrPort{}, ErrClosed
	}
	return local, nil
}

// ListenStream opens a listener for TCP or, with a configuration, TLS.
func (e *Endpoint) ListenStream(address string, secure *tls.Config) (netip.AddrPort, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	local := addrPort(ln.Addr())
	network := TCP
	if secure != nil {
		ln, network = tls.NewListener(ln, secure), TLS
	}
	if !e.begin(func() { e.listeners = append(e.listeners, ln) }, func() { e.accept(ln, network) }) {
		_ = ln.Close()
		return netip.AddrPort{}, ErrClosed
	}
	return local, nil
}

// begin notes a socket and starts its reader, unless all is closed.
func (e *Endpoint) begin(note, run func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	note()
	e.running.Go(run)
	return true
}

// Packets is the way to an address over UDP; nil when there is no UDP socket.
func (e *Endpoint) Packets(to netip.AddrPort) *Flow {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.packets == nil {
		return nil
	}
	return &Flow{Network: UDP, Local: addrPort(e.packets.LocalAddr()), Remote: to, packets: e.packets}
}

// Connect gives the connection to an address, a new one when there is none.
// It waits for the far side, at most until ctx ends.
func (e *Endpoint) Connect(ctx context.Context, to netip.AddrPort, secure *tls.Config) (*Flow, error) {
	network := TCP
	if secure != nil {
		network = TLS
	}
	e.mu.Lock()
	for f := range e.flows {
		if f.Network == network && f.Remote == to && f.Alive() {
			e.mu.Unlock()
			return f, nil
		}
	}
	e.mu.Unlock()
	var conn net.Conn
	var err error
	if secure != nil {
		conn, err = (&tls.Dialer{Config: secure}).DialContext(ctx, "tcp", to.String())
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", to.String())
	}
	if err != nil {
		return nil, err
	}
	f := e.take(conn, network)
	if f == nil {
		return nil, ErrClosed
	}
	return f, nil
}

// take begins to read and write a connection; nil when it may not.
func (e *Endpoint) take(conn net.Conn, network string) *Flow {
	f := &Flow{
		Network: network, Local: addrPort(conn.LocalAddr()), Remote: addrPort(conn.RemoteAddr()),
		conn: conn, out: make(chan []byte, queued), done: make(chan struct{}),
	}
	stranger := e.h.Known != nil && !e.h.Known(f.Remote.Addr())
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.flows) >= mostConnections || stranger && e.strangers >= mostStrangers {
		_ = conn.Close()
		return nil
	}
	e.flows[f] = stranger
	if stranger {
		e.strangers++
		_ = conn.SetReadDeadline(time.Now().Add(strangerTime)) // it fails on a closed one only
	}
	e.running.Go(f.writer)
	e.running.Go(func() { e.readStream(f) })
	return f
}

func (e *Endpoint) accept(ln net.Listener, network string) {
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors: the next one may work
			time.Sleep(50 * time.Millisecond)
			continue
		}
		e.take(conn, network)
	}
}

func (e *Endpoint) readPackets(pc net.PacketConn, local netip.AddrPort) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := pc.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || len(bytes.Trim(buf[:n], "\r\n\x00 ")) == 0 { // a sign of life (RFC 5626 section 4.4.2)
			continue
		}
		f := &Flow{Network: UDP, Local: local, Remote: addrPort(from), packets: pc}
		m, err := e.parser.ParseSIP(buf[:n])
		if err != nil {
			e.h.Broken(bytes.Clone(buf[:n]), err, f)
			continue
		}
		e.bring(m, f)
	}
}

// bring hands a message on with where it came from.
func (e *Endpoint) bring(m sip.Message, f *Flow) {
	m.SetTransport(f.Network)
	m.SetSource(f.Remote.String())
	e.h.Message(m, f)
}

func (e *Endpoint) readStream(f *Flow) {
	defer e.drop(f)
	stream := e.parser.NewSIPStream()
	defer stream.Close()
	buf := make([]byte, 1<<14)
	for {
		n, err := f.conn.Read(buf)
		if err != nil {
			return
		}
		if _, err := stream.Write(buf[:n]); err != nil {
			return
		}
		for {
			m, _, err := stream.ParseNext()
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				// There is no telling where the next message begins.
				e.h.Broken(bytes.Clone(buf[:n]), err, f)
				return
			}
			e.bring(m, f)
			if stream.Buffer().Len() == 0 {
				break
			}
		}
	}
}

func (e *Endpoint) drop(f *Flow) {
	f.Cut()
	e.mu.Lock()
	if e.flows[f] {
		e.strangers--
	}
	delete(e.flows, f)
	e.mu.Unlock()
	if e.h.Closed != nil {
		e.h.Closed(f)
	}
}

// Close closes all sockets and returns when nobody reads any more.
func (e *Endpoint) Close() {
	e.mu.Lock()
	e.closed = true
	if e.packets != nil {
		_ = e.packets.Close()
	}
	for _, ln := range e.listeners {
		_ = ln.Close()
	}
	for f := range e.flows {
		f.Cut()
	}
	e.mu.Unlock()
	e.running.Wait()
}

func addrPort(a net.Addr) netip.AddrPort {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
