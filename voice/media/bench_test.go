package media

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief/carrier"
)

// BenchmarkRelay takes a packet of 20 ms through a bridge: read, judged,
// passed on in the other codec, written, and read by the far side.
func BenchmarkRelay(b *testing.B) {
	one, two := NewKey(), NewKey()
	for _, c := range []struct {
		name             string
		to               carrier.Codec
		encrypt, decrypt Key
	}{
		{name: "same"}, {name: "transcoded", to: carrier.PCMA}, {name: "srtp", encrypt: one, decrypt: two},
	} {
		b.Run(c.name, func(b *testing.B) {
			from, fromAddress := phone(b)
			to, toAddress := phone(b)
			left, right := openPort(b), openPort(b)
			agree(b, left, Agreement{Remote: fromAddress, Decrypt: c.decrypt})
			agree(b, right, Agreement{Codec: c.to, Remote: toAddress, Encrypt: c.encrypt})
			defer Join(left, right, nil, nil).Part()
			encrypt, err := c.decrypt.context()
			if err != nil {
				b.Fatal(err)
			}
			plain := datagram(b, 0, 0, 0, make([]byte, Frame)...)
			var cipher, buf [maxPacket]byte
			target := left.Local()
			to.SetReadDeadline(time.Now().Add(time.Minute))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				plain[2], plain[3] = byte(i>>8), byte(i)
				out := plain
				if encrypt != nil {
					if out, err = encrypt.EncryptRTP(cipher[:0], plain, nil); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := from.WriteToUDPAddrPort(out, target); err != nil {
					b.Fatal(err)
				}
				if _, _, err := to.ReadFromUDPAddrPort(buf[:]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
