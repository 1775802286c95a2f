package zendesktalk

import (
	"net/http"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// readLogin finds out what a client shows (zendesktalk: every call,
// Authorization). The Scheme is there even when the rest is not to be read, for
// the refusal depends on it.
func readLogin(h http.Header) (l exchange.Login, ok bool) {
	l.Dialect = wirechief.DialectZendesk
	scheme, rest := dialect.SplitAuthorization(h.Get("Authorization"))
	switch scheme {
	case "bearer":
		l.Scheme, l.Secret = exchange.SchemeBearer, rest
		return l, rest != ""
	case "basic":
		l.Scheme = exchange.SchemePassword
		if l.Name, l.Secret, ok = dialect.DecodeBasic(rest); !ok {
			return l, false
		}
		// The end of the user name tells a token from a password.
		if email, token := strings.CutSuffix(l.Name, "/token"); token {
			l.Name, l.Scheme = email, exchange.SchemeToken
		}
		return l, l.Name != ""
	}
	return l, false
}
