package egress

import (
	"net/netip"
	"slices"
)

// special is what the IANA special-purpose address registries list (RFC 6890,
// as of 2025), every range of them: also those that are globally reachable
// belong to nobody who takes webhooks. IPv6 ranges outside 2000::/3 are not
// named one by one.
//
// https://www.iana.org/assignments/iana-ipv4-special-registry
// https://www.iana.org/assignments/iana-ipv6-special-registry
var special = prefixes(
	"0.0.0.0/8",         // this network, RFC 791
	"10.0.0.0/8",        // private use, RFC 1918
	"100.64.0.0/10",     // shared address space, RFC 6598
	"127.0.0.0/8",       // loopback, RFC 1122
	"169.254.0.0/16",    // link local, RFC 3927
	"172.16.0.0/12",     // private use, RFC 1918
	"192.0.0.0/24",      // IETF protocol assignments, RFC 6890
	"192.0.2.0/24",      // TEST-NET-1, RFC 5737
	"192.31.196.0/24",   // AS112-v4, RFC 7535
	"192.52.193.0/24",   // AMT, RFC 7450
	"192.88.99.0/24",    // 6to4 relay anycast, RFC 7526
	"192.168.0.0/16",    // private use, RFC 1918
	"192.175.48.0/24",   // AS112 service, RFC 7534
	"198.18.0.0/15",     // benchmarking, RFC 2544
	"198.51.100.0/24",   // TEST-NET-2, RFC 5737
	"203.0.113.0/24",    // TEST-NET-3, RFC 5737
	"224.0.0.0/4",       // multicast, RFC 5771
	"240.0.0.0/4",       // reserved, RFC 1112, with the limited broadcast, RFC 919
	"2001::/23",         // IETF protocol assignments, RFC 2928, with all that is in it
	"2001:db8::/32",     // documentation, RFC 3849
	"2002::/16",         // 6to4, RFC 3056
	"2620:4f:8000::/48", // AS112 service, RFC 7534
	"3fff::/20",         // documentation, RFC 9637
)

// Forms of IPv6 addresses that hold an IPv4 one.
var (
	global     = netip.MustParsePrefix("2000::/3")       // all global unicast so far, RFC 4291 2.4
	nat64      = netip.MustParsePrefix("64:ff9b::/96")   // RFC 6052 2.1
	nat64Local = netip.MustParsePrefix("64:ff9b:1::/48") // RFC 8215
	sixToFour  = netip.MustParsePrefix("2002::/16")      // RFC 3056 2
	teredo     = netip.MustParsePrefix("2001::/32")      // RFC 4380 4
	compatible = netip.MustParsePrefix("::/96")          // RFC 4291 2.5.5.1
)

// metadata is where clouds tell a machine its secrets. Some look public.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), // AWS, Google, Azure, OpenStack and most others
	netip.MustParseAddr("169.254.170.2"),   // AWS ECS tasks
	netip.MustParseAddr("169.254.170.23"),  // AWS EKS pods
	netip.MustParseAddr("169.254.0.23"),    // Tencent Cloud
	netip.MustParseAddr("169.254.42.42"),   // Scaleway
	netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud
	netip.MustParseAddr("192.0.0.192"),     // Oracle Cloud
	netip.MustParseAddr("168.63.129.16"),   // Azure host agent
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd00:ec2::23"),    // AWS EKS pods
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("fd00:42::42"),     // Scaleway
	netip.MustParseAddr("fe80::a9fe:a9fe"), // OpenStack
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Public says whether an address is on the public Internet. An IPv6 address
// that carries an IPv4 one is judged by what it hides; in forms whose use is
// over (IPv4-compatible) or known to one network only (64:ff9b:1::/48) nothing
// public can hide.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap() // ::ffff:a.b.c.d is a.b.c.d to the system
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	within, exempt := inside(addr)
	for _, v4 := range within {
		if !Public(v4) {
			return false
		}
	}
	if exempt {
		return true
	}
	if addr.Is6() && !global.Contains(addr) {
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// inside gives the IPv4 addresses that an IPv6 one hides. judged says that
// they alone decide: the form is a way to reach them and nothing else.
func inside(addr netip.Addr) (hidden []netip.Addr, judged bool) {
	if !addr.Is6() {
		return nil, false
	}
	b := addr.As16()
	last := netip.AddrFrom4([4]byte(b[12:]))
	switch {
	case nat64.Contains(addr):
		return []netip.Addr{last}, true
	case sixToFour.Contains(addr):
		hidden, judged = []netip.Addr{netip.AddrFrom4([4]byte(b[2:6]))}, true
	case teredo.Contains(addr):
		// The server, and the client with its bits turned round (RFC 4380 4).
		client := netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
		return []netip.Addr{netip.AddrFrom4([4]byte(b[4:8])), client}, true
	case compatible.Contains(addr), nat64Local.Contains(addr):
		return []netip.Addr{last}, false
	}
	// ISATAP: an interface identifier with 0000:5efe or 0200:5efe (RFC 5214 6.1).
	if b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe {
		hidden = append(hidden, last)
	}
	return hidden, judged
}

// isMetadata says whether an address, or one that it hides, is a cloud's
// metadata service.
func isMetadata(addr netip.Addr) bool {
	if slices.Contains(metadata, addr) {
		return true
	}
	hidden, _ := inside(addr)
	return slices.ContainsFunc(hidden, isMetadata)
}
