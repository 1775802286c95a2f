// Package egress is the gate for every outgoing request that a tenant can
// steer: webhooks, forwards, test buttons, replays, media, a tenant's own mail
// server. Nobody may use us to reach what only we can reach.
//
// A [Guard] refuses addresses that are not public: every range of the IANA
// special-purpose registries, everything outside 2000::/3, multicast, and IPv6
// addresses that hide such an IPv4 one ([Public]). The operator's allow-list
// opens exact networks, with or without a port. Cloud metadata services and our
// own listeners are behind a second lock: they need an entry of their own.
//
// There is one URL parser, [Parse], used when a URL is saved and at each
// request, so that no two readings of one URL can differ. It refuses spellings
// that programs read differently (decimal, octal, hex and short IPv4 forms,
// digits that are not ASCII, percent-encoded hosts) instead of guessing.
//
// [Guard.Check] judges a URL when it is saved: a name that leads to a forbidden
// address is refused, one that does not resolve now passes. [Guard.Connect]
// and [Guard.Transport] judge again at each new connection: they resolve the
// name themselves, refuse it if any answer is forbidden, dial the address that
// was judged and look at it once more when the socket connects. So a name that
// changes its address between the looks gains nothing.
//
// The transport uses no proxy, follows no redirect, decompresses nothing, caps
// the header and wants TLS 1.2. Bodies are capped by who reads them.
//
// What the operator configures himself (carriers, smtp, egress.dns, database)
// is not guarded. See delivery and media for the users of this package.
package egress
