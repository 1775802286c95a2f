package fonedynamics

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Show gives a number as GET /Numbers/[Number] does, by the handler of it, and
// the call as people write it. account is the AccountSid that it says the
// number is on.
func Show(ctx context.Context, core Core, p wirechief.Principal, account, number string) (line string, doc []byte, err error) {
	const path = "/Numbers/{Number}"
	target := Prefix + "/Numbers/" + url.PathEscape(number)
	p.Name = account
	doc, err = dialect.Shown(ctx, target, func(w http.ResponseWriter, r *http.Request) error {
		in, err := readParams(r, nil)
		if err != nil {
			return err
		}
		in.addPath(path, []string{number})
		s := &server{core: core, log: slog.New(slog.DiscardHandler), now: time.Now}
		return s.getNumber(&call{w: w, r: r, p: p, in: in})
	})
	return http.MethodGet + " " + target, doc, err
}
