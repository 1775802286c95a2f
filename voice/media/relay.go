package media

import "github.com/wirechief/wirechief/carrier"

// Taps watch one side of a bridge: each packet as it came, after it was passed
// on, in the goroutine that read it. They have to be quick.
type Taps []func(carrier.Packet)

// Bridge joins two legs. A packet goes from the goroutine that reads one to the
// socket of the other: no channel between, and no copy unless the codecs differ.
type Bridge struct{ a, b carrier.Audio }

// Join begins to pass sound. ofA and ofB watch what comes from a and from b.
func Join(a, b carrier.Audio, ofA, ofB Taps) *Bridge {
	j := &Bridge{a, b}
	j.Tap(ofA, ofB)
	return j
}

// Tap changes who watches: a recording that begins amid the call. Those before
// are not called any more when it returns.
func (j *Bridge) Tap(ofA, ofB Taps) {
	j.a.Hear(pass(j.b, ofA))
	j.b.Hear(pass(j.a, ofB))
}

// Part ends it; nothing is passed on any more when it returns.
func (j *Bridge) Part() {
	j.a.Hear(nil)
	j.b.Hear(nil)
}

// pass sends what it hears to a leg, in its codec. A packet that cannot be sent
// is lost like any on the way: the far side counts it, and the next may go.
func pass(to carrier.Audio, taps Taps) func(carrier.Packet) {
	var other [maxPacket]byte
	return func(p carrier.Packet) {
		out := p
		if codec := to.Codec(); !p.Event && p.Codec != codec && len(p.Payload) <= len(other) {
			out.Payload = other[:len(p.Payload)]
			Transcode(out.Payload, p.Payload, p.Codec, codec)
			out.Codec = codec
		}
		to.Say(out)
		for _, tap := range taps {
			tap(p)
		}
	}
}
