package media

import (
	"crypto/rand"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

var _ carrier.Audio = (*Port)(nil)

// Agreement is what the sides agreed on (SDP).
type Agreement struct {
	Codec carrier.Codec
	// Events is the payload type of telephone events that the far side wants,
	// OwnEvents the one it was told to send (RFC 4733); 0: none.
	Events, OwnEvents uint8
	// Remote is where the far side wants its sound. With Learn it may be behind
	// NAT: the first valid packet shows its address, and from then on only that
	// one is heard, until an agreement names another Remote. Without SRTP any
	// packet of sound is valid, so who finds the port before the far side speaks
	// is taken for it: Learn is for trunks that need it.
	Remote netip.AddrPort
	Learn  bool
	// Encrypt and Decrypt are the keys of SRTP (RFC 4568); zero: RTP.
	Encrypt, Decrypt Key
	// Muted says that the far side does not want to hear us (hold).
	Muted bool
	// Silence is how long nothing may come before Silent is called, once until
	// something comes again; 0: for ever. Silent must not block.
	Silence time.Duration
	Silent  func()
}

// Port is the RTP of one leg. One goroutine reads it, from its agreement to Close.
type Port struct {
	sound, control *net.UDPConn
	now            func() time.Time
	back           func()
	reading        sync.WaitGroup
	closing        sync.Once
	agreed         atomic.Pointer[Agreement]

	hearMu sync.Mutex // held while hear is called, so that Hear can promise
	hear   func(carrier.Packet)

	mu      sync.Mutex // everything below
	started bool
	closed  bool
	remote  netip.AddrPort
	locked  bool
	in      reception
	strange int64
	decrypt *srtp.Context
	heardAt time.Time
	silent  bool

	outMu    sync.Mutex // everything below
	encrypt  *srtp.Context
	out      stream
	to       netip.AddrPort
	sent     int64
	octets   uint32
	pressing bool
	packet   [maxPacket]byte
	cipher   [maxPacket + 64]byte
}

// maxPacket is the largest packet that is read or sent: 120 ms and its head.
const maxPacket = 1500

func newPort(sound, control *net.UDPConn, now func() time.Time, back func()) *Port {
	p := &Port{sound: sound, control: control, now: now, back: back}
	var random [12]byte
	rand.Read(random[:]) // never fails
	p.out.ssrc = binary.BigEndian.Uint32(random[:])
	p.out.seq = binary.BigEndian.Uint16(random[4:]) >> 1 // far from its end, for SRTP (RFC 3711 section 3.3.1)
	p.out.ts = binary.BigEndian.Uint32(random[8:])
	return p
}

// Local is the address that the far side is told.
func (p *Port) Local() netip.AddrPort {
	return p.sound.LocalAddr().(*net.UDPAddr).AddrPort()
}

// Agree begins the sound, or changes it (re-INVITE).
func (p *Port) Agree(a Agreement) error {
	encrypt, err := a.Encrypt.context()
	if err != nil {
		return err
	}
	decrypt, err := a.Decrypt.context()
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return wirechief.Errorf(wirechief.Unavailable, "the port is closed")
	}
	before := p.agreed.Load()
	p.outMu.Lock()
	defer p.outMu.Unlock()
	if before == nil || before.Remote != a.Remote || before.Learn != a.Learn {
		p.remote, p.to, p.locked = a.Remote, a.Remote, !a.Learn
	}
	if before == nil || before.Decrypt != a.Decrypt {
		p.decrypt = decrypt
	}
	if before == nil || before.Encrypt != a.Encrypt {
		p.encrypt = encrypt
	}
	p.heardAt, p.silent = p.now(), false
	p.agreed.Store(&a)
	if !p.started {
		p.started = true
		p.reading.Add(1)
		go p.read()
	}
	return nil
}

// Codec is what was agreed on.
func (p *Port) Codec() carrier.Codec {
	if a := p.agreed.Load(); a != nil {
		return a.Codec
	}
	return carrier.PCMU
}

// Hear says who gets each packet. It must not be called from the function that
// it was given: it waits until that has returned.
func (p *Port) Hear(f func(carrier.Packet)) {
	p.hearMu.Lock()
	p.hear = f
	p.hearMu.Unlock()
}

// Quality is the count so far.
func (p *Port) Quality() wirechief.Quality {
	q := wirechief.Quality{Codec: p.Codec().String()}
	p.mu.Lock()
	p.in.fill(&q)
	q.Strange = p.strange
	p.mu.Unlock()
	p.outMu.Lock()
	q.Sent = p.sent
	p.outMu.Unlock()
	return q
}

// Close ends the sound and gives the port back. Not from the function of Hear.
func (p *Port) Close() error {
	p.closing.Do(func() {
		p.mu.Lock()
		p.closed = true
		started := p.started
		p.mu.Unlock()
		if started {
			p.report(p.now(), true) // says that nothing more comes
		}
		p.sound.Close()
		p.control.Close()
		p.reading.Wait()
		p.back()
	})
	return nil
}

// read is the goroutine of the port.
func (p *Port) read() {
	defer p.reading.Done()
	var buf, plain [maxPacket]byte
	var header rtp.Header
	wake := p.now()
	report, waited := wake.Add(reportEvery), false
	for {
		if now := p.now(); waited || !now.Before(wake) {
			report = p.look(now, report)
			wake = now.Add(p.pause())
			p.sound.SetReadDeadline(time.Now().Add(p.pause())) // the kernel has its own clock
		}
		n, from, err := p.sound.ReadFromUDPAddrPort(buf[:])
		waited = isTimeout(err)
		switch {
		case err == nil:
			p.receive(&header, buf[:n], plain[:0], from)
		case isClosed(err):
			return
		}
		// Other errors are the far side's "port unreachable": sound may come yet.
	}
}

// receive judges one packet and has it heard.
func (p *Port) receive(header *rtp.Header, b, plain []byte, from netip.AddrPort) {
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	packet, ok := p.judge(header, b, plain, from)
	if !ok {
		return
	}
	p.hearMu.Lock()
	if p.hear != nil {
		p.hear(packet)
	}
	p.hearMu.Unlock()
}

func (p *Port) judge(header *rtp.Header, b, plain []byte, from netip.AddrPort) (packet carrier.Packet, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.locked && from != p.remote {
		p.strange++
		return packet, false
	}
	a := p.agreed.Load()
	n, err := header.Unmarshal(b)
	if err != nil || header.Version != 2 {
		return packet, false
	}
	kind := header.PayloadType
	event := a.OwnEvents != 0 && kind == a.OwnEvents
	known := event || kind == uint8(carrier.PCMU) || kind == uint8(carrier.PCMA)
	if !known && !p.locked {
		return packet, false
	}
	payload := b[n:]
	if a.Decrypt.set() {
		if p.decrypt == nil {
			return packet, false
		}
		clear, err := p.decrypt.DecryptRTP(plain, b, header)
		if err != nil || len(clear) < n {
			return packet, false // forged, repeated or of another key
		}
		payload = clear[n:]
	}
	if payload, ok = unpad(header, payload); !ok {
		return packet, false
	}
	if !p.locked {
		p.learn(from)
	}
	now := p.now()
	p.heardAt, p.silent = now, false
	p.in.count(header, now, event || !known)
	codec := carrier.Codec(kind)
	if event {
		codec = a.Codec
	}
	return carrier.Packet{
		Codec: codec, Sequence: header.SequenceNumber, Timestamp: header.Timestamp,
		Marker: header.Marker, Event: event, Payload: payload,
	}, known && len(payload) > 0
}
