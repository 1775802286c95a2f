package zendesktalk

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Show gives a number as GET /phone_numbers/{phone_number_id} does, by the
// handler of it, and the call as people write it. number is the id of one.
func Show(ctx context.Context, core Core, p wirechief.Principal, number int64) (line string, doc []byte, err error) {
	id := strconv.FormatInt(number, 10)
	target := Prefix + "/phone_numbers/" + id + ".json"
	doc, err = dialect.Shown(ctx, target, func(w http.ResponseWriter, r *http.Request) error {
		s := &server{core: core, log: slog.New(slog.DiscardHandler), now: time.Now}
		return s.showPhoneNumber(&call{w: w, r: r, p: p, params: []string{id}, query: make(url.Values)})
	})
	return http.MethodGet + " " + target, doc, err
}
