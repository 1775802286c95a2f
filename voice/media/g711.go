package media

import (
	"math/bits"

	"github.com/wirechief/wirechief/carrier"
)

// The octets of silence.
const (
	SilenceMu = 0xFF
	SilenceA  = 0xD5
)

// Rate is samples a second, Frame how many a packet carries: 20 ms.
const (
	Rate  = 8000
	Frame = 160
)

// expandMu decodes one octet (ITU-T G.711 table 2): all bits are sent inverted.
func expandMu(b byte) int16 {
	b = ^b
	magnitude := ((int(b&0x0F)<<3)+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		return int16(-magnitude)
	}
	return int16(magnitude)
}

// expandA decodes one octet (ITU-T G.711 table 1): even bits are sent inverted.
func expandA(b byte) int16 {
	b ^= 0x55
	magnitude := int(b&0x0F)<<4 + 8
	if segment := b >> 4 & 7; segment > 0 {
		magnitude = (magnitude + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		return int16(-magnitude)
	}
	return int16(magnitude)
}

// EncodeMu writes a 16-bit sample in µ-law.
func EncodeMu(sample int16) byte {
	v, sign := int(sample), byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, 32635) + 0x84
	segment := bits.Len(uint(v)) - 8
	return ^(sign | byte(segment)<<4 | byte(v>>(segment+3)&0x0F))
}

// EncodeA writes a 16-bit sample in A-law.
func EncodeA(sample int16) byte {
	v, sign := int(sample), byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	if v < 256 {
		return (sign | byte(v>>4)) ^ 0x55
	}
	segment := bits.Len(uint(v)) - 8
	return (sign | byte(segment)<<4 | byte(v>>(segment+3)&0x0F)) ^ 0x55
}

// Sample reads an octet of the codec.
func Sample(c carrier.Codec, b byte) int16 {
	if c == carrier.PCMA {
		return expandA(b)
	}
	return expandMu(b)
}

// Encode writes a sample in the codec.
func Encode(c carrier.Codec, sample int16) byte {
	if c == carrier.PCMA {
		return EncodeA(sample)
	}
	return EncodeMu(sample)
}

// Silence is the octet of the codec that is not heard.
func Silence(c carrier.Codec) byte {
	if c == carrier.PCMA {
		return SilenceA
	}
	return SilenceMu
}

// Transcode writes src, sound of one codec, to dst in another. Both may be the
// same slice; dst is at least as long as src.
func Transcode(dst, src []byte, from, to carrier.Codec) {
	if from == to {
		copy(dst, src)
		return
	}
	table := muToA
	if from == carrier.PCMA {
		table = aToMu
	}
	for i, b := range src {
		dst[i] = table[b]
	}
}
