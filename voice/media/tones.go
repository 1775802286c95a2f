package media

import (
	"math"
	"time"

	"github.com/wirechief/wirechief/carrier"
)

// Sound is something to play, in both codecs, so that nothing is computed while
// it plays.
type Sound struct{ mu, a []byte }

// NewSound keeps samples of 8,000 a second.
func NewSound(samples []int16) *Sound {
	s := &Sound{mu: make([]byte, len(samples)), a: make([]byte, len(samples))}
	for i, v := range samples {
		s.mu[i], s.a[i] = EncodeMu(v), EncodeA(v)
	}
	return s
}

// Bytes are the octets in a codec; not to be changed.
func (s *Sound) Bytes(c carrier.Codec) []byte {
	if c == carrier.PCMA {
		return s.a
	}
	return s.mu
}

// Duration is how long it plays.
func (s *Sound) Duration() time.Duration { return time.Duration(len(s.mu)) * time.Second / Rate }

// tone adds up frequencies, each at -19 dBm0, for on; then off in silence.
func tone(on, off time.Duration, hertz ...float64) *Sound {
	count := func(d time.Duration) int { return int(d * Rate / time.Second) }
	samples := make([]int16, count(on)+count(off))
	for i := range count(on) {
		var v float64
		for _, f := range hertz {
			v += 2500 * math.Sin(2*math.Pi*f*float64(i)/Rate)
		}
		samples[i] = int16(v)
	}
	return NewSound(samples)
}

// Ringback is what a caller hears while it rings, one round to be looped
// (North America: 440 and 480 Hz, 2 s of 6).
func Ringback() *Sound { return tone(2*time.Second, 4*time.Second, 440, 480) }

// Busy is the busy tone, one round (480 and 620 Hz, half a second of one).
func Busy() *Sound { return tone(time.Second/2, time.Second/2, 480, 620) }

// Beep is what a voicemail says before it listens: 1,000 Hz for 400 ms.
func Beep() *Sound { return tone(400*time.Millisecond, 0, 1000) }

// Quiet is silence.
func Quiet(d time.Duration) *Sound { return tone(0, d) }
