package media

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

var _ Presser = (*Port)(nil)

const patience = 10 * time.Second

// openPort gives a port of the loopback that the kernel finds free.
func openPort(tb testing.TB) *Port {
	tb.Helper()
	loopback := net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}
	sound, err := net.ListenUDP("udp", &loopback)
	if err != nil {
		tb.Fatal(err)
	}
	control, err := net.ListenUDP("udp", &loopback)
	if err != nil {
		tb.Fatal(err)
	}
	p := newPort(sound, control, time.Now, func() {})
	tb.Cleanup(func() { p.Close() })
	return p
}

// phone is a far side that reads and writes datagrams.
func phone(tb testing.TB) (*net.UDPConn, netip.AddrPort) {
	tb.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	return c, c.LocalAddr().(*net.UDPAddr).AddrPort()
}

func agree(tb testing.TB, p *Port, a Agreement) {
	tb.Helper()
	if err := p.Agree(a); err != nil {
		tb.Fatal(err)
	}
}

func say(tb testing.TB, p *Port, packet carrier.Packet) {
	tb.Helper()
	if err := p.Say(packet); err != nil {
		tb.Fatal(err)
	}
}

// hearing has what is heard sent to a channel.
func hearing(p *Port) <-chan carrier.Packet {
	heard := make(chan carrier.Packet, 1000)
	p.Hear(func(packet carrier.Packet) {
		packet.Payload = bytes.Clone(packet.Payload)
		heard <- packet
	})
	return heard
}

func next[T any](tb testing.TB, c <-chan T) T {
	tb.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		tb.Fatal("nothing came")
		panic("not reached")
	}
}

func read(tb testing.TB, c *net.UDPConn) (p rtp.Packet) {
	tb.Helper()
	c.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 2000)
	n, err := c.Read(b)
	if err != nil {
		tb.Fatal(err)
	}
	if err := p.Unmarshal(b[:n]); err != nil {
		tb.Fatal(err)
	}
	return p
}

func datagram(tb testing.TB, kind uint8, seq uint16, ts uint32, payload ...byte) []byte {
	tb.Helper()
	b, err := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: kind, SequenceNumber: seq, Timestamp: ts, SSRC: 7}, Payload: payload}).Marshal()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestTwoPortsTalk(t *testing.T) {
	one, two := NewKey(), NewKey()
	for name, keys := range map[string][2]Key{"RTP": {}, "SRTP": {one, two}} {
		a, b := openPort(t), openPort(t)
		ofA, ofB := hearing(a), hearing(b)
		agree(t, a, Agreement{Codec: carrier.PCMA, Remote: b.Local(), Events: 101, OwnEvents: 96, Encrypt: keys[0], Decrypt: keys[1]})
		agree(t, b, Agreement{Codec: carrier.PCMA, Remote: a.Local(), Events: 96, OwnEvents: 101, Encrypt: keys[1], Decrypt: keys[0]})
		payload := bytes.Repeat([]byte{0xAA}, Frame)
		for i := range 20 {
			say(t, a, carrier.Packet{Codec: carrier.PCMA, Sequence: uint16(65530 + i), Timestamp: uint32(i * Frame), Payload: payload})
			say(t, b, carrier.Packet{Codec: carrier.PCMA, Sequence: uint16(i), Timestamp: uint32(i * Frame), Payload: payload})
		}
		for _, heard := range []<-chan carrier.Packet{ofA, ofB} {
			first := next(t, heard)
			if !first.Marker || first.Codec != carrier.PCMA || !bytes.Equal(first.Payload, payload) {
				t.Errorf("%s: first came %v", name, first)
			}
			for i := 1; i < 20; i++ {
				p := next(t, heard)
				if p.Sequence != first.Sequence+uint16(i) || p.Timestamp != first.Timestamp+uint32(i*Frame) || p.Marker {
					t.Errorf("%s: packet %d came as %d at %d", name, i, p.Sequence-first.Sequence, p.Timestamp-first.Timestamp)
				}
			}
		}
		for _, p := range DigitEvents("7", 10) {
			if p.Event {
				if err := a.Press(p.Payload, p.Marker, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		if p := next(t, ofB); !p.Event || p.Payload[0] != 7 || !p.Marker {
			t.Errorf("%s: the key came as %v", name, p)
		}
		q := b.Quality()
		if q.Codec != "PCMA" || q.Received < 21 || q.Sent != 20 || q.Lost != 0 || q.Strange != 0 || q.MOS < 4 {
			t.Errorf("%s: %+v", name, q)
		}
		a.Close()
		b.Close()
		if err := a.Agree(Agreement{}); wirechief.KindOf(err) != wirechief.Unavailable {
			t.Errorf("a closed port agreed: %v", err)
		}
	}
}

func TestStrangersAreCountedAndNotHeard(t *testing.T) {
	for _, learn := range []bool{false, true} {
		p := openPort(t)
		friend, address := phone(t)
		stranger, _ := phone(t)
		remote := address
		if learn {
			remote = netip.MustParseAddrPort("192.0.2.1:4000") // behind NAT
		}
		heard := hearing(p)
		agree(t, p, Agreement{Remote: remote, Learn: learn})
		to := net.UDPAddrFromAddrPort(p.Local())
		send := func(c *net.UDPConn, b []byte) {
			if _, err := c.WriteToUDP(b, to); err != nil {
				t.Fatal(err)
			}
		}
		if learn { // what is no sound shows no address
			send(stranger, []byte("hello"))
			send(stranger, datagram(t, 77, 1, 1, 1))
		}
		send(friend, datagram(t, 0, 1, 0, 1))
		if got := next(t, heard); got.Sequence != 1 {
			t.Fatalf("%v", got)
		}
		for range 3 {
			send(stranger, datagram(t, 0, 2, 160, 2))
		}
		send(friend, datagram(t, 13, 2, 160, 3)) // comfort noise: counted, not heard
		send(friend, datagram(t, 8, 3, 320, 4))
		if got := next(t, heard); got.Sequence != 3 || got.Payload[0] != 4 || got.Codec != carrier.PCMA {
			t.Errorf("learn %t: heard %v", learn, got)
		}
		if q := p.Quality(); q.Strange != 3 || q.Received != 3 || q.Lost != 0 {
			t.Errorf("learn %t: %+v", learn, q)
		}
		say(t, p, carrier.Packet{Payload: []byte{9}})
		if got := read(t, friend); got.Payload[0] != 9 {
			t.Errorf("learn %t: the friend got %v", learn, got)
		}
	}
}

func TestForgedPacketsAreNotHeard(t *testing.T) {
	p := openPort(t)
	friend, address := phone(t)
	heard := hearing(p)
	key := NewKey()
	agree(t, p, Agreement{Remote: address, Decrypt: key})
	encrypt, err := key.context()
	if err != nil {
		t.Fatal(err)
	}
	good := func(seq uint16) []byte {
		b, err := encrypt.EncryptRTP(nil, datagram(t, 0, seq, 0, byte(seq)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first, forged := good(1), good(2)
	forged[13] ^= 1
	for _, b := range [][]byte{datagram(t, 0, 1, 0, 1), first, first, forged, good(3)} {
		if _, err := friend.WriteToUDP(b, net.UDPAddrFromAddrPort(p.Local())); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := next(t, heard), next(t, heard); a.Sequence != 1 || b.Sequence != 3 || b.Payload[0] != 3 {
		t.Errorf("heard %v and %v", a, b)
	}
}

func TestNumbersContinueOverSources(t *testing.T) {
	p := openPort(t)
	far, address := phone(t)
	a := Agreement{Remote: address, Events: 101}
	say(t, p, carrier.Packet{Payload: []byte{0}}) // before the agreement: to nobody
	agree(t, p, a)
	sources := []struct {
		seq uint16
		ts  uint32
	}{{10, 100}, {40000, 3_000_000_000}, {65534, 0xFFFFFFF0}, {20000, 5}}
	var last rtp.Packet
	count := 0
	follow := func(what string) {
		t.Helper()
		got := read(t, far)
		if count > 0 {
			if got.SequenceNumber != last.SequenceNumber+1 || got.SSRC != last.SSRC {
				t.Errorf("%s: %d follows on %d", what, got.SequenceNumber, last.SequenceNumber)
			}
			if step := int32(got.Timestamp - last.Timestamp); step < 0 || step > 60*Rate {
				t.Errorf("%s: the time jumps by %d", what, step)
			}
		}
		count++
		last = got
	}
	for i, s := range sources {
		for j := range 5 {
			say(t, p, carrier.Packet{Sequence: s.seq + uint16(j), Timestamp: s.ts + uint32(j*Frame), Payload: make([]byte, Frame)})
			follow("a source")
			if last.Marker != (j == 0) {
				t.Errorf("source %d, packet %d: marker %t", i, j, last.Marker)
			}
		}
		for _, k := range DigitEvents("1", 10)[:7] {
			if err := p.Press(k.Payload, k.Marker, false); err != nil {
				t.Fatal(err)
			}
			follow("a key")
			say(t, p, carrier.Packet{Sequence: s.seq + 5, Timestamp: s.ts + 5*Frame, Payload: make([]byte, Frame)}) // left out
		}
		if err := p.Press([]byte{1, 0x8A, 3, 32}, false, true); err != nil {
			t.Fatal(err)
		}
		follow("the end of a key")
	}
	held := a
	held.Muted = true
	agree(t, p, held)
	say(t, p, carrier.Packet{Sequence: 20005, Timestamp: 5, Payload: []byte{1}})
	agree(t, p, a)
	say(t, p, carrier.Packet{Sequence: 30000, Timestamp: 5, Payload: []byte{1}})
	follow("after hold")
}

func TestSilenceIsTold(t *testing.T) {
	p := openPort(t)
	far, address := phone(t)
	heard, silent := hearing(p), make(chan bool, 10)
	agree(t, p, Agreement{Remote: address, Silence: 20 * time.Millisecond, Silent: func() { silent <- true }})
	next(t, silent)
	if _, err := far.WriteToUDP(datagram(t, 0, 1, 0, 1), net.UDPAddrFromAddrPort(p.Local())); err != nil {
		t.Fatal(err)
	}
	next(t, heard)
	next(t, silent)
}

func TestPortsRest(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	ports, err := NewPorts(netip.MustParseAddr("127.0.0.1"), "28301-28306", time.Minute, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	a, err := ports.Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := ports.Open()
	if err != nil {
		t.Fatal(err)
	}
	if a.Local().Port()%2 != 0 || a.Local() == b.Local() {
		t.Errorf("%s and %s", a.Local(), b.Local())
	}
	if _, err := ports.Open(); wirechief.KindOf(err) != wirechief.Exhausted {
		t.Errorf("a third of two: %v", err)
	}
	was := a.Local()
	a.Close()
	a.Close()
	if used, all := ports.Counts(); used != 1 || all != 2 {
		t.Errorf("%d of %d", used, all)
	}
	if _, err := ports.Open(); wirechief.KindOf(err) != wirechief.Exhausted {
		t.Errorf("one that rests was given out: %v", err)
	}
	now = now.Add(time.Minute)
	c, err := ports.Open()
	if err != nil || c.Local() != was {
		t.Fatalf("after its rest: %v", err)
	}
	c.Close()
	b.Close()
	for _, bad := range []string{"", "20000", "20001-20001", "20002-20002", "x-y", "80-90", "30000-20000", "65535-70000"} {
		if _, err := NewPorts(netip.MustParseAddr("127.0.0.1"), bad, 0, time.Now); wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestParseKey(t *testing.T) {
	k := NewKey()
	for _, params := range []string{k.Inline(), k.Inline() + "|2^31"} {
		if got, err := ParseKey(params); err != nil || got != k {
			t.Errorf("%v", err)
		}
	}
	for _, bad := range []string{"", "inline:", "inline:AAAA", k.Inline()[7:], k.Inline() + "|2^20|1:4"} {
		if _, err := ParseKey(bad); wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("a bad key was taken")
		}
	}
	if k.String() != "[SRTP key]" || k.GoString() != k.String() {
		t.Error("the key is printed")
	}
}

func TestReception(t *testing.T) {
	var r reception
	at := time.Unix(1000, 0)
	for i := range 100 {
		if i%10 == 5 {
			continue // lost
		}
		h := rtp.Header{SSRC: 1, SequenceNumber: uint16(65500 + i), Timestamp: uint32(i * Frame)}
		r.count(&h, at.Add(time.Duration(i)*tick), false)
	}
	h := rtp.Header{SSRC: 2, SequenceNumber: 5}
	r.count(&h, at, false)
	var q wirechief.Quality
	r.fill(&q)
	if q.Received != 91 || q.Lost != 10 || q.Jitter != 0 || q.MOS >= 4 || q.MOS <= 1 {
		t.Errorf("%+v", q)
	}
	if good, bad := MOS(0, 1000, 0), MOS(900, 100, time.Second); good != 4.38 || bad != 1 {
		t.Errorf("the best is %g, the worst %g", good, bad)
	}
}
