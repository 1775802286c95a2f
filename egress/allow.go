package egress

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// entry is one line of the operator's allow-list.
type entry struct {
	network netip.Prefix
	port    uint16 // 0: every port
}

// parseEntry reads a network with an optional port behind it: "10.1.0.0/16",
// "127.0.0.1/32:2790", "[::1]/128:2790".
func parseEntry(s string) (entry, error) {
	wrong := func(why string) (entry, error) {
		return entry{}, &wirechief.Error{
			Op: "egress", Kind: wirechief.Invalid, Field: "egress.allow",
			Message: strconv.Quote(s) + " " + why + "; write a network such as 10.1.0.0/16 or, with a port, 127.0.0.1/32:2790",
		}
	}
	host, rest, ok := strings.Cut(s, "/")
	if !ok {
		return wrong("is not a network in CIDR form")
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		if host, ok = strings.CutSuffix(inner, "]"); !ok {
			return wrong("has a bracket that is not closed")
		}
	}
	bits, port, withPort := strings.Cut(rest, ":")
	var e entry
	if withPort {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return wrong("has no port from 1 to 65535 after the colon")
		}
		e.port = uint16(n)
	}
	p, err := netip.ParsePrefix(host + "/" + bits)
	switch {
	case err != nil:
		return wrong("is not a network in CIDR form")
	case p.Addr().Is4In6():
		return wrong("is an IPv4 network in IPv6 form")
	case p != p.Masked():
		return wrong("has bits set behind its mask")
	}
	e.network = p
	return e, nil
}

// covers says whether the entry opens an address and port.
func (e entry) covers(addr netip.Addr, port uint16) bool {
	return e.network.Contains(addr) && (e.port == 0 || e.port == port)
}

// names says whether the entry is about one address alone.
func (e entry) names(addr netip.Addr) bool {
	return e.network.IsSingleIP() && e.network.Addr() == addr
}
