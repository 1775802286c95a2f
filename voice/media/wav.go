package media

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/wirechief/wirechief"
)

// The formats of WAV files that we read (RFC 2361).
const (
	wavPCM  = 1
	wavALaw = 6
	wavMu   = 7
	wavMore = 0xFFFE // the format is in the first octets of the GUID
)

// wavFormat is what the fmt chunk says.
type wavFormat struct {
	format         uint16
	channels, rate int
	width          int // octets a sample
}

// promptMost is the most octets of a prompt: five minutes of CD.
const promptMost = 64 << 20

// ReadPrompt reads a WAV file (PCM of 16 bits, µ-law or A-law; 8, 16, 32, 44.1
// or 48 kHz among others; mono or stereo) and brings it to 8,000 samples a
// second, mono. What it cannot read is refused with what to do about it.
func ReadPrompt(r io.Reader) (*Sound, error) {
	data, err := io.ReadAll(io.LimitReader(r, promptMost+1))
	if err != nil {
		return nil, &wirechief.Error{Op: "prompt", Kind: wirechief.Unavailable, Message: "the file cannot be read", Err: err}
	}
	if len(data) > promptMost {
		return nil, refuse("the file is larger than 64 MB: shorten it")
	}
	samples, err := readWAV(data)
	if err != nil {
		return nil, err
	}
	return NewSound(samples), nil
}

func refuse(format string, args ...any) error {
	return &wirechief.Error{Op: "prompt", Kind: wirechief.Invalid, Field: "file", Message: fmt.Sprintf(format, args...)}
}

func readWAV(data []byte) ([]int16, error) {
	if len(data) >= 3 && (string(data[:3]) == "ID3" || data[0] == 0xFF && data[1]&0xE0 == 0xE0) {
		return nil, refuse("MP3 is not read: save the sound as WAV (PCM of 16 bits)")
	}
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return nil, refuse("this is no WAV file: save the sound as WAV (PCM of 16 bits)")
	}
	var f wavFormat
	for rest := data[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		body = body[:min(size, int64(len(body)))] // one that was not finished says more than it has
		switch name {
		case "fmt ":
			var err error
			if f, err = readFormat(body); err != nil {
				return nil, err
			}
		case "data":
			if f.width == 0 {
				return nil, refuse("the WAV file does not say how its sound is written")
			}
			return resample(f.mono(body), f.rate), nil
		}
		rest = rest[min(8+size+size&1, int64(len(rest))):]
	}
	return nil, refuse("there is no sound in the WAV file")
}

func readFormat(b []byte) (f wavFormat, err error) {
	if len(b) < 16 {
		return f, refuse("the WAV file is cut off")
	}
	le := binary.LittleEndian
	f.format, f.channels, f.rate = le.Uint16(b), int(le.Uint16(b[2:])), int(le.Uint32(b[4:]))
	bits := le.Uint16(b[14:])
	if f.format == wavMore && len(b) >= 26 {
		f.format = le.Uint16(b[24:])
	}
	switch {
	case f.format == wavPCM && bits == 16:
		f.width = 2
	case (f.format == wavMu || f.format == wavALaw) && bits == 8:
		f.width = 1
	default:
		return f, refuse("format %d with %d bits is not read: save the sound as PCM of 16 bits, µ-law or A-law", f.format, bits)
	}
	if f.channels < 1 || f.channels > 2 {
		return f, refuse("the file has %d channels: save it in mono or stereo", f.channels)
	}
	if f.rate < Rate || f.rate > 96000 {
		return f, refuse("the file has %d samples a second: save it with 8,000 to 96,000", f.rate)
	}
	return f, nil
}

// mono reads the samples; of two channels it takes the middle.
func (f wavFormat) mono(b []byte) []int16 {
	step := f.width * f.channels
	out := make([]int16, len(b)/step)
	for i := range out {
		sum := 0
		for c := range f.channels {
			at := b[i*step+c*f.width:]
			switch f.format {
			case wavPCM:
				sum += int(int16(binary.LittleEndian.Uint16(at)))
			case wavMu:
				sum += int(expandMu(at[0]))
			default:
				sum += int(expandA(at[0]))
			}
		}
		out[i] = int16(sum / f.channels)
	}
	return out
}
