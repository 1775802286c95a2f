package dialect

import (
	"net"
	"net/http"

	"github.com/wirechief/wirechief"
)

// Known gives the request of a client that has been let in: its context says
// who it is and where it came from, for the audit log.
func Known(r *http.Request, p wirechief.Principal) *http.Request {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		p.Address = host
	}
	return r.WithContext(wirechief.WithPrincipal(r.Context(), p))
}
