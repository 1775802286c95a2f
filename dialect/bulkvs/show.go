package bulkvs

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Show gives a number as GET /tnRecord does, by the handler of it, and the call
// as people write it.
func Show(ctx context.Context, core Core, p wirechief.Principal, number string) (call string, doc []byte, err error) {
	target := Prefix + "/tnRecord?Number=" + bare(number)
	doc, err = dialect.Shown(ctx, target, func(w http.ResponseWriter, r *http.Request) error {
		return (&server{core: core, log: slog.New(slog.DiscardHandler)}).listNumbers(newCall(w, r, p))
	})
	return http.MethodGet + " " + target, doc, err
}

func newCall(w http.ResponseWriter, r *http.Request, p wirechief.Principal) *call {
	query, _ := url.ParseQuery(r.URL.RawQuery) // ours
	return &call{w: w, r: r, who: p, tenant: p.Tenant, query: query}
}
