package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Behind gives handlers the address of the client instead of that of a reverse
// proxy: of a request that comes from a trusted network, RemoteAddr becomes the
// last hop that is not in one. What a client claims of itself stands before
// that and counts for nothing. Without networks nothing is believed.
func Behind(trusted []netip.Prefix, h http.Handler) http.Handler {
	if len(trusted) == 0 {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if client := clientOf(trusted, r); client.IsValid() {
			seen := *r
			seen.RemoteAddr = net.JoinHostPort(client.String(), "0")
			r = &seen
		}
		h.ServeHTTP(w, r)
	})
}

// clientOf is the last hop that is not trusted; the zero address when the
// request is from none that is.
func clientOf(trusted []netip.Prefix, r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !within(trusted, peer.Addr()) {
		return netip.Addr{}
	}
	at := peer.Addr().Unmap().WithZone("")
	hops := hopsOf(r.Header)
	for _, hop := range slices.Backward(hops) {
		addr, ok := parseHop(hop)
		if !ok {
			break // "unknown", or an obfuscated name: what stands before it cannot be known
		}
		if at = addr; !within(trusted, at) {
			break
		}
	}
	return at
}

// within says whether an address is in one of the networks.
func within(networks []netip.Prefix, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// mostHops is how many hops are looked at, from the last on.
const mostHops = 32

// hopsOf lists the hops of a request, the first that took it first: of
// X-Forwarded-For or, when there is none, of Forwarded (RFC 7239).
func hopsOf(h http.Header) (hops []string) {
	if list := h.Values("X-Forwarded-For"); len(list) > 0 {
		hops = strings.Split(strings.Join(list, ","), ",")
	} else {
		for _, element := range strings.Split(strings.Join(h.Values("Forwarded"), ","), ",") {
			hop := ""
			for _, pair := range strings.Split(element, ";") {
				if name, value, ok := strings.Cut(pair, "="); ok && strings.EqualFold(strings.TrimSpace(name), "for") {
					hop = strings.Trim(strings.TrimSpace(value), `"`)
				}
			}
			hops = append(hops, hop)
		}
	}
	return hops[max(len(hops)-mostHops, 0):]
}

// parseHop reads an address with or without a port, and IPv6 with or without
// brackets.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")); err == nil {
		return a.Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddrPort(s)
	return a.Addr().Unmap().WithZone(""), err == nil
}
