package media

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/pion/rtp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
func isClosed(err error) bool  { return errors.Is(err, net.ErrClosed) }

// learn takes the address of the far side from its first valid packet. p.mu is held.
func (p *Port) learn(from netip.AddrPort) {
	p.remote, p.locked = from, true
	p.outMu.Lock()
	p.to = from
	p.outMu.Unlock()
}

// unpad takes the padding off (RFC 3550 section 5.1).
func unpad(h *rtp.Header, b []byte) ([]byte, bool) {
	if !h.Padding {
		return b, true
	}
	if len(b) == 0 || int(b[len(b)-1]) > len(b) || b[len(b)-1] == 0 {
		return nil, false
	}
	return b[:len(b)-int(b[len(b)-1])], true
}

// stream is what the far side sees of us: one source, whoever speaks.
type stream struct {
	ssrc      uint32
	seq       uint16 // the highest that was sent
	ts        uint32
	at        time.Time // when it was
	seqOffset uint16    // from the present source's numbers to ours
	tsOffset  uint32
	begun     bool
	eventAt   uint32
}

// A source that jumps by more than these is another one.
const (
	jumpPackets = 200
	jumpSamples = 10 * Rate
)

// place gives a packet its number and time, and says whether a new source begins.
func (s *stream) place(seq uint16, ts uint32, now time.Time) (uint16, uint32, bool) {
	outSeq, outTS := seq+s.seqOffset, ts+s.tsOffset
	ahead, later := int16(outSeq-s.seq), int32(outTS-s.ts)
	fresh := !s.begun || ahead > jumpPackets || ahead < -jumpPackets || later > jumpSamples || later < -jumpSamples
	if fresh {
		outSeq, outTS = s.seq+1, s.next(now)
		s.seqOffset, s.tsOffset = outSeq-seq, outTS-ts
		ahead, later = 1, int32(outTS-s.ts)
		s.begun = true
	}
	if ahead > 0 {
		s.seq, s.at = outSeq, now
		if later > 0 {
			s.ts = outTS
		}
	}
	return outSeq, outTS, fresh
}

// next is the time of something that is said now, after what was said last.
func (s *stream) next(now time.Time) uint32 {
	samples := uint32(Frame)
	if !s.at.IsZero() {
		samples = max(samples, uint32(now.Sub(s.at)*Rate/time.Second))
	}
	return s.ts + samples
}

// Say sends a packet of the agreed codec. While keys are pressed sound is left
// out (RFC 4733 section 2.5.1.1). Before the agreement, on hold, and where the
// far side does not take events, there is nobody to say it to: that is no error.
func (p *Port) Say(packet carrier.Packet) error {
	p.outMu.Lock()
	defer p.outMu.Unlock()
	a := p.agreed.Load()
	if a == nil || a.Muted || packet.Event && a.Events == 0 {
		p.out.seqOffset-- // the next one follows on the last
		return nil
	}
	if p.pressing {
		p.out.seqOffset--
		return nil
	}
	if !packet.Event && packet.Codec != a.Codec {
		return wirechief.Errorf(wirechief.Internal, "sound in %s to a leg in %s", packet.Codec, a.Codec)
	}
	kind := uint8(a.Codec)
	if packet.Event {
		kind = a.Events
	}
	seq, ts, fresh := p.out.place(packet.Sequence, packet.Timestamp, p.now())
	return p.send(kind, packet.Marker || fresh, seq, ts, packet.Payload)
}

// Press sends a packet of an event of our own amid whatever is said; first and
// last are those of one key. A far side without events hears nothing.
func (p *Port) Press(payload []byte, first, last bool) error {
	p.outMu.Lock()
	defer p.outMu.Unlock()
	a := p.agreed.Load()
	if a == nil || a.Muted || a.Events == 0 {
		return nil
	}
	now := p.now()
	if first {
		p.out.eventAt = p.out.next(now)
		p.out.ts = p.out.eventAt
	}
	p.pressing = !last
	p.out.seq++
	p.out.seqOffset++
	p.out.at = now
	if last {
		p.out.ts += uint32(binary.BigEndian.Uint16(payload[2:]))
	}
	return p.send(a.Events, first, p.out.seq, p.out.eventAt, payload)
}

// send writes one packet. p.outMu is held.
func (p *Port) send(kind uint8, marker bool, seq uint16, ts uint32, payload []byte) error {
	const head = 12
	if !p.to.IsValid() || len(payload) > maxPacket-head {
		return nil
	}
	b := p.packet[:head+len(payload)]
	b[0], b[1] = 0x80, kind
	if marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[4:], ts)
	binary.BigEndian.PutUint32(b[8:], p.out.ssrc)
	copy(b[head:], payload)
	if p.encrypt != nil {
		var err error
		if b, err = p.encrypt.EncryptRTP(p.cipher[:0], b, nil); err != nil {
			return err
		}
	}
	if _, err := p.sound.WriteToUDPAddrPort(b, p.to); err != nil {
		return err
	}
	p.sent++
	p.octets += uint32(len(payload))
	return nil
}
