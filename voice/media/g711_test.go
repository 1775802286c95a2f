package media

import (
	"testing"

	"github.com/wirechief/wirechief/carrier"
)

// TestKnownValues holds G.711 to the values of its tables 1 and 2 (ITU-T),
// scaled to 16 bits: by 4 for µ-law, by 8 for A-law.
func TestKnownValues(t *testing.T) {
	for _, c := range []struct {
		codec carrier.Codec
		octet byte
		value int16
	}{
		{carrier.PCMU, 0x80, 4 * 8031},
		{carrier.PCMU, 0x8F, 4 * 4191},
		{carrier.PCMU, 0x9F, 4 * 2079},
		{carrier.PCMU, 0xAF, 4 * 1023},
		{carrier.PCMU, 0xBF, 4 * 495},
		{carrier.PCMU, 0xCF, 4 * 231},
		{carrier.PCMU, 0xDF, 4 * 99},
		{carrier.PCMU, 0xEF, 4 * 33},
		{carrier.PCMU, 0xFE, 4 * 2},
		{carrier.PCMU, 0xFF, 0},
		{carrier.PCMU, 0x7F, 0},
		{carrier.PCMU, 0x00, -4 * 8031},
		{carrier.PCMA, 0xAA, 8 * 4032},
		{carrier.PCMA, 0xA5, 8 * 2112},
		{carrier.PCMA, 0xB5, 8 * 1056},
		{carrier.PCMA, 0x85, 8 * 528},
		{carrier.PCMA, 0x95, 8 * 264},
		{carrier.PCMA, 0xE5, 8 * 132},
		{carrier.PCMA, 0xF5, 8 * 66},
		{carrier.PCMA, 0xD5, 8 * 1},
		{carrier.PCMA, 0x55, -8 * 1},
		{carrier.PCMA, 0x2A, -8 * 4032},
	} {
		if got := Sample(c.codec, c.octet); got != c.value {
			t.Errorf("%s %#02x is %d, want %d", c.codec, c.octet, got, c.value)
		}
	}
	// The milliwatt of G.711 tables 5 and 6: the sine of 1,000 Hz at 0 dBm0.
	mu := []byte{0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E}
	a := []byte{0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4}
	for i := range mu {
		if got := Encode(carrier.PCMA, Sample(carrier.PCMU, mu[i])); got != a[i] {
			t.Errorf("the milliwatt in A-law has %#02x at %d, want %#02x", got, i, a[i])
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, codec := range []carrier.Codec{carrier.PCMU, carrier.PCMA} {
		for b := range 256 {
			want := byte(b)
			if codec == carrier.PCMU && want == 0x7F {
				want = 0xFF // µ-law has a zero of either sign
			}
			if got := Encode(codec, Sample(codec, byte(b))); got != want {
				t.Errorf("%s %#02x comes back as %#02x", codec, b, got)
			}
		}
		for v := -32768; v <= 32767; v++ {
			back := int(Sample(codec, Encode(codec, int16(v))))
			if off := max(back-v, v-back); off > 16+max(v, -v)/16 {
				t.Fatalf("%s: %d comes back as %d", codec, v, back)
			}
		}
		if v := Sample(codec, Silence(codec)); v < -8 || v > 8 {
			t.Errorf("%s: silence is %d", codec, v)
		}
	}
}

func TestTranscode(t *testing.T) {
	if len(muToA) != 256 || len(aToMu) != 256 {
		t.Fatalf("the tables have %d and %d octets", len(muToA), len(aToMu))
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, c := range [][2]carrier.Codec{{carrier.PCMU, carrier.PCMA}, {carrier.PCMA, carrier.PCMU}, {carrier.PCMA, carrier.PCMA}} {
		got := make([]byte, 256)
		Transcode(got, all, c[0], c[1])
		for i := range got {
			want := Encode(c[1], Sample(c[0], byte(i)))
			if c[0] == c[1] {
				want = byte(i)
			}
			if got[i] != want {
				t.Errorf("%s %#02x is %#02x in %s, want %#02x", c[0], i, got[i], c[1], want)
			}
		}
	}
}
