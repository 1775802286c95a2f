package media

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// wav makes a file of PCM of 16 bits; each sample goes to all channels.
func wav(format, channels uint16, rate uint32, body []byte) []byte {
	width := uint16(2)
	if format != wavPCM {
		width = 1
	}
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+len(body)))
	b = append(b, "WAVELIST\x03\x00\x00\x00abc\x00fmt \x10\x00\x00\x00"...)
	b = le.AppendUint16(le.AppendUint16(b, format), channels)
	b = le.AppendUint32(le.AppendUint32(b, rate), rate*uint32(channels*width))
	b = le.AppendUint16(le.AppendUint16(b, channels*width), width*8)
	return append(le.AppendUint32(append(b, "data"...), uint32(len(body))), body...)
}

func sine(hertz float64, rate, n int, channels uint16) (body []byte) {
	for i := range n {
		v := uint16(int16(10000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate))))
		for range channels {
			body = binary.LittleEndian.AppendUint16(body, v)
		}
	}
	return body
}

// power is the root of the mean square of the middle of a sound.
func power(s *Sound) float64 {
	b, sum := s.Bytes(carrier.PCMU), 0.0
	b = b[200 : len(b)-200]
	for _, o := range b {
		v := float64(Sample(carrier.PCMU, o))
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(b)))
}

func TestReadPrompt(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000} {
		for _, channels := range []uint16{1, 2} {
			s, err := ReadPrompt(bytes.NewReader(wav(wavPCM, channels, uint32(rate), sine(1000, rate, rate, channels))))
			if err != nil {
				t.Fatalf("%d: %v", rate, err)
			}
			b := s.Bytes(carrier.PCMU)
			if len(b) != Rate || s.Duration().Seconds() != 1 {
				t.Errorf("%d: a second has %d samples", rate, len(b))
			}
			if p := power(s); p < 6700 || p > 7400 { // 10000/√2
				t.Errorf("%d: 1,000 Hz come with %.0f", rate, p)
			}
			for i := 200; i < len(b)-200; i++ {
				want := 10000 * math.Sin(2*math.Pi*1000*float64(i)/Rate)
				if off := math.Abs(float64(Sample(carrier.PCMU, b[i])) - want); off > 400 {
					t.Fatalf("%d, %d channels: sample %d is off by %.0f", rate, channels, i, off)
				}
			}
		}
		if rate >= 16000 {
			s, err := ReadPrompt(bytes.NewReader(wav(wavPCM, 1, uint32(rate), sine(5000, rate, rate, 1))))
			if err != nil {
				t.Fatal(err)
			}
			if p := power(s); p > 70 {
				t.Errorf("%d: 5,000 Hz are heard folded back, with %.0f", rate, p)
			}
		}
	}
}

func TestReadPromptOfLaws(t *testing.T) {
	body := []byte{0x80, 0x8F, 0xFF, 0x00}
	s, err := ReadPrompt(bytes.NewReader(wav(wavMu, 1, Rate, body)))
	if err != nil || !bytes.Equal(s.Bytes(carrier.PCMU), body) {
		t.Errorf("µ-law: %v, %v", s, err)
	}
	body = []byte{0xAA, 0xA5, 0xD5, 0x2A}
	s, err = ReadPrompt(bytes.NewReader(wav(wavALaw, 1, Rate, body)))
	if err != nil || !bytes.Equal(s.Bytes(carrier.PCMA), body) {
		t.Errorf("A-law: %v, %v", s, err)
	}
}

func TestReadPromptRefuses(t *testing.T) {
	good := wav(wavPCM, 1, Rate, make([]byte, 320))
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"mp3":           {[]byte("ID3\x04rest of it"), "MP3"},
		"mp3 unnamed":   {[]byte{0xFF, 0xFB, 0x90, 0x64}, "MP3"},
		"text":          {[]byte("hello, this is no sound"), "no WAV"},
		"nothing":       {nil, "no WAV"},
		"float":         {wav(3, 1, Rate, nil), "format 3"},
		"six channels":  {wav(wavPCM, 6, Rate, nil), "6 channels"},
		"slow":          {wav(wavPCM, 1, 4000, nil), "4000 samples"},
		"no sound":      {good[:48], "no sound"},
		"format cut":    {good[:36], "cut off"},
		"sound at once": {append(bytes.Clone(good[:12]), "data\x00\x00\x00\x00"...), "does not say"},
	} {
		_, err := ReadPrompt(bytes.NewReader(c.file))
		if wirechief.KindOf(err) != wirechief.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.want)
		}
	}
	// A file that was not finished has less than it says.
	if s, err := ReadPrompt(bytes.NewReader(good[:len(good)-100])); err != nil || len(s.Bytes(carrier.PCMU)) != 110 {
		t.Errorf("cut off: %v", err)
	}
}

func FuzzReadPrompt(f *testing.F) {
	f.Add(wav(wavPCM, 2, 44100, sine(1000, 44100, 100, 2)))
	f.Add(wav(wavMu, 1, Rate, []byte{1, 2, 3}))
	f.Add(wav(wavALaw, 2, 48000, []byte{1, 2, 3, 4, 5}))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ReadPrompt(bytes.NewReader(b))
		if (s == nil) == (err == nil) {
			t.Fatalf("%v and %v", s, err)
		}
		if err != nil && wirechief.KindOf(err) != wirechief.Invalid {
			t.Fatal(err)
		}
		if s != nil && len(s.Bytes(carrier.PCMU)) > len(b) {
			t.Fatalf("%d samples of %d octets", len(s.Bytes(carrier.PCMU)), len(b))
		}
	})
}
