package egress

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	for _, tt := range []struct {
		addr   string
		public bool
	}{
		{"8.8.8.8", true},
		{"1.1.1.1", true},
		{"9.255.255.255", true},
		{"11.0.0.0", true},
		{"100.63.255.255", true},
		{"100.128.0.0", true},
		{"172.15.255.255", true},
		{"172.32.0.0", true},
		{"198.17.255.255", true},
		{"198.20.0.0", true},
		{"223.255.255.255", true},
		{"0.0.0.0", false},
		{"0.1.2.3", false},
		{"10.0.0.0", false},
		{"10.255.255.255", false},
		{"100.64.0.0", false},
		{"100.127.255.255", false},
		{"127.0.0.1", false},
		{"127.255.255.254", false},
		{"169.254.169.254", false},
		{"172.16.0.0", false},
		{"172.31.255.255", false},
		{"192.0.0.8", false},
		{"192.0.2.1", false},
		{"192.31.196.1", false},
		{"192.52.193.1", false},
		{"192.88.99.1", false},
		{"192.168.255.255", false},
		{"192.175.48.6", false},
		{"198.18.0.0", false},
		{"198.19.255.255", false},
		{"198.51.100.1", false},
		{"203.0.113.255", false},
		{"224.0.0.1", false},
		{"239.255.255.255", false},
		{"240.0.0.1", false},
		{"255.255.255.255", false},

		{"2600:1f18::1", true},
		{"2a00:1450:4001::200e", true},
		{"2001:200::1", true},
		{"2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", false},
		{"::", false},
		{"::1", false},
		{"100::1", false},
		{"100:0:0:1::1", false},
		{"1fff::1", false},
		{"2001:1::1", false},
		{"2001:2::1", false},
		{"2001:3::1", false},
		{"2001:4:112::1", false},
		{"2001:10::1", false},
		{"2001:20::1", false},
		{"2001:30::1", false},
		{"2001:db8::1", false},
		{"2620:4f:8000::1", false},
		{"3fff::1", false},
		{"3fff:fff::1", false},
		{"3fff:1000::1", true},
		{"4000::1", false},
		{"5f00::1", false},
		{"fc00::1", false},
		{"fd12:3456::1", false},
		{"fe80::1", false},
		{"fec0::1", false},
		{"ff02::1", false},
		{"ff0e::1", false},
		{"2a00::1%eth0", false},

		// IPv4 inside IPv6.
		{"::ffff:8.8.8.8", true},
		{"::ffff:127.0.0.1", false},
		{"::ffff:10.1.2.3", false},
		{"::127.0.0.1", false},
		{"::8.8.8.8", false},
		{"::ffff:0:8.8.8.8", false},
		{"64:ff9b::8.8.8.8", true},
		{"64:ff9b::127.0.0.1", false},
		{"64:ff9b::192.168.1.1", false},
		{"64:ff9b:1::8.8.8.8", false},
		{"64:ff9b:1::10.0.0.1", false},
		{"64:ff9b:0:1::8.8.8.8", false},
		{"2002:808:808::1", true},
		{"2002:7f00:1::1", false},
		{"2002:a00:1::", false},
		{"2002:808:808::5efe:10.0.0.1", false},
		{"2001:0:808:808:0:ffff:f7f7:f7f7", true},  // 8.8.8.8 behind 8.8.8.8
		{"2001:0:7f00:1:0:ffff:f7f7:f7f7", false},  // a private server
		{"2001:0:808:808:0:ffff:f5ff:fffe", false}, // client 10.0.0.1
		{"2a00:1450::5efe:8.8.8.8", true},
		{"2a00:1450::5efe:192.168.0.1", false},
		{"2a00:1450::200:5efe:127.0.0.1", false},
		{"2a00:1450::100:5efe:127.0.0.1", true}, // no ISATAP
	} {
		if got := Public(netip.MustParseAddr(tt.addr)); got != tt.public {
			t.Errorf("Public(%s) = %v", tt.addr, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

// Both ends of each special range are in it, and so is nothing that hides them.
func TestSpecialRangesAreClosed(t *testing.T) {
	for _, p := range special {
		first := p.Addr()
		last := first.As16()
		bits := p.Bits()
		if first.Is4() {
			bits += 96
		}
		for i := bits; i < 128; i++ {
			last[i/8] |= 1 << (7 - i%8)
		}
		end := netip.AddrFrom16(last)
		if p == sixToFour || p.Addr() == teredo.Addr() {
			// What these hide decides; the ends hide 0.0.0.0 and 255.255.255.255.
			end = end.Unmap()
		}
		for _, addr := range []netip.Addr{first, end, end.Unmap()} {
			if Public(addr) {
				t.Errorf("%s of %s is public", addr, p)
			}
		}
		if first.Is4() {
			v4 := first.As4()
			nat := nat64.Addr().As16()
			copy(nat[12:], v4[:])
			six := sixToFour.Addr().As16()
			copy(six[2:], v4[:])
			for _, hides := range []netip.Addr{netip.AddrFrom16(nat), netip.AddrFrom16(six)} {
				if Public(hides) {
					t.Errorf("%s, which hides %s, is public", hides, first)
				}
			}
		}
	}
}
