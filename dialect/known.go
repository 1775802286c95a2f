package dialect

import (
	"net"
	"net/http"

	"github.com/wirechief/wirechief"
)

// Address is where a request came from, without the port.
func Address(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// Known gives the request of a client that has been let in: its context says
// who it is and where it came from, for the audit log.
func Known(r *http.Request, p wirechief.Principal) *http.Request {
	p.Address = Address(r)
	return r.WithContext(wirechief.WithPrincipal(r.Context(), p))
}
