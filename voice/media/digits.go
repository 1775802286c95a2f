package media

import (
	"encoding/binary"
	"strings"

	"github.com/wirechief/wirechief/carrier"
)

// keys are the events of RFC 4733 section 3.2, table 3, by their code.
const keys = "0123456789*#ABCD"

// Keys finds keys in the telephone events of one leg (RFC 4733): each once,
// when its first packet comes, whichever of its packets come at all. It is used
// by one goroutine, the one that hears the leg.
type Keys struct {
	pressed func(key byte)
	seen    bool
	last    uint32 // the timestamp of the last event: all packets of an event carry the same
}

// NewKeys tells keys to pressed, which has to be quick.
func NewKeys(pressed func(key byte)) *Keys { return &Keys{pressed: pressed} }

// Hear takes a packet; sound is passed over.
func (k *Keys) Hear(p carrier.Packet) {
	if !p.Event || len(p.Payload) < 4 || int(p.Payload[0]) >= len(keys) {
		return
	}
	// An event that is older than the last is a late packet of one that was told.
	if k.seen && int32(p.Timestamp-k.last) <= 0 && !k.startsAnew(p) {
		return
	}
	k.seen, k.last = true, p.Timestamp
	k.pressed(keys[p.Payload[0]])
}

// startsAnew says whether a packet that seems old is of a source that counts
// differently: such a jump is larger than any event is late.
func (k *Keys) startsAnew(p carrier.Packet) bool {
	return k.last-p.Timestamp > 30*Rate
}

// DigitEvents are the packets that press keys at the far side, one every 20 ms;
// the zero packet is a pause, in which the sound goes on. A key lasts 100 ms,
// its end is sent thrice (RFC 4733 section 2.5.1.4), and 60 ms are between two.
// What is no key is passed over.
func DigitEvents(digits string, volume byte) []carrier.Packet {
	const steps, gap = 5, 3
	var out []carrier.Packet
	at := uint32(0)
	for i := range len(digits) {
		code := strings.IndexByte(keys, upper(digits[i]))
		if code < 0 {
			continue
		}
		for step := 1; step <= steps+2; step++ {
			payload := make([]byte, 4)
			payload[0], payload[1] = byte(code), volume&0x3F
			if step >= steps {
				payload[1] |= 0x80
			}
			binary.BigEndian.PutUint16(payload[2:], uint16(min(step, steps)*Frame))
			out = append(out, carrier.Packet{Event: true, Marker: step == 1, Timestamp: at, Payload: payload})
		}
		for range gap {
			out = append(out, carrier.Packet{})
		}
		at += (steps + 2 + gap) * Frame
	}
	return out
}

func upper(b byte) byte {
	if b >= 'a' && b <= 'd' {
		return b - 'a' + 'A'
	}
	return b
}
