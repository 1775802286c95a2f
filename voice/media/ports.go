package media

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// Ports hands out pairs of UDP ports, an even one for RTP and the odd one above
// for RTCP (RFC 3550 section 11), in turn. One that was given back rests before
// it is used again, so that what is still on its way to the last call is not
// heard in the next.
type Ports struct {
	address netip.Addr
	rest    time.Duration
	now     func() time.Time

	mu   sync.Mutex
	free []freePort // the one that has rested longest first
	used int
}

type freePort struct {
	even  uint16
	since time.Time // given back; zero: never used
}

// NewPorts takes a range as "20000-20999" on an address of this machine, and how
// long a port rests.
func NewPorts(address netip.Addr, span string, rest time.Duration, now func() time.Time) (*Ports, error) {
	bad := &wirechief.Error{Op: "ports", Kind: wirechief.Invalid, Field: "ports", Message: "give a range of UDP ports such as 20000-20999, with at least one even port and the odd one above it"}
	low, high, found := strings.Cut(span, "-")
	first, err := strconv.ParseUint(strings.TrimSpace(low), 10, 16)
	last, err2 := strconv.ParseUint(strings.TrimSpace(high), 10, 16)
	if !found || err != nil || err2 != nil || first < 1024 {
		return nil, bad
	}
	p := &Ports{address: address, rest: rest, now: now}
	for even := first + first%2; even+1 <= last; even += 2 {
		p.free = append(p.free, freePort{even: uint16(even)})
	}
	if len(p.free) == 0 {
		return nil, bad
	}
	return p, nil
}

// Counts says how many ports are in use, and how many there are.
func (p *Ports) Counts() (used, all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used, p.used + len(p.free)
}

// Open gives a port that listens; it is given back by Close. Pairs that another
// program holds are passed over.
func (p *Ports) Open() (*Port, error) {
	var last error
	for tries := 0; ; tries++ {
		even, ok := p.take(tries)
		if !ok {
			return nil, &wirechief.Error{Op: "ports", Kind: wirechief.Exhausted, Rule: wirechief.RuleLimit, Message: "no RTP port is free: widen the range of ports for sound", Err: last}
		}
		port, err := p.listen(even)
		if err == nil {
			return port, nil
		}
		last = err
		p.giveBack(even)
	}
}

// take gives the port that has rested longest; none after all of them were tried.
func (p *Ports) take(tries int) (uint16, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 || tries > p.used+len(p.free) {
		return 0, false
	}
	f := p.free[0]
	if !f.since.IsZero() && p.now().Sub(f.since) < p.rest {
		return 0, false
	}
	p.free = p.free[1:]
	p.used++
	return f.even, true
}

func (p *Ports) giveBack(even uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used--
	p.free = append(p.free, freePort{even, p.now()})
}

func (p *Ports) listen(even uint16) (*Port, error) {
	sound, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.address, even)))
	if err != nil {
		return nil, err
	}
	control, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.address, even+1)))
	if err != nil {
		return nil, errors.Join(err, sound.Close())
	}
	// Reports of the far side are not read, so they need no room.
	if err := control.SetReadBuffer(2048); err != nil {
		return nil, errors.Join(err, sound.Close(), control.Close())
	}
	return newPort(sound, control, p.now, func() { p.giveBack(even) }), nil
}
