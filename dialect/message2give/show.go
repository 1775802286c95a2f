package message2give

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Show gives a number as GET /organisations/self/msns/{msn_id} does, by the
// handler of it, and the call as people write it.
func Show(ctx context.Context, core Core, p wirechief.Principal, number string) (line string, doc []byte, err error) {
	target := Prefix + "/organisations/" + self + "/msns/" + strings.TrimPrefix(number, "+")
	doc, err = dialect.Shown(ctx, target, func(w http.ResponseWriter, r *http.Request) error {
		return (&server{core: core, log: slog.New(slog.DiscardHandler)}).get(&call{w: w, r: r, who: p, number: number})
	})
	return http.MethodGet + " " + target, doc, err
}
