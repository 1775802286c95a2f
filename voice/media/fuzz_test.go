package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/wirechief/wirechief/carrier"
)

func FuzzReceive(f *testing.F) {
	f.Add([]byte{0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3})
	f.Add([]byte{0xB1, 0x88, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3, 4, 0xBE, 0xDE, 0, 1, 0x10, 1, 0, 0, 9, 9, 2})
	f.Add([]byte{0x80, 101, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 5, 0x8A, 0, 160})
	remote := netip.MustParseAddrPort("192.0.2.1:4000")
	key := NewKey()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, a := range []Agreement{{OwnEvents: 101}, {Decrypt: key}} {
			decrypt, err := a.Decrypt.context()
			if err != nil {
				t.Fatal(err)
			}
			p := &Port{now: time.Now, remote: remote, locked: true, decrypt: decrypt}
			p.agreed.Store(&a)
			k := NewKeys(func(byte) {})
			p.hear = func(packet carrier.Packet) {
				if len(packet.Payload) == 0 || len(packet.Payload) > len(b)-12 || a.Decrypt.set() {
					t.Fatalf("%v of %d octets", packet, len(b))
				}
				k.Hear(packet)
			}
			var header rtp.Header
			p.receive(&header, b, make([]byte, 0, maxPacket), remote)
		}
	})
}
