package dialect

import (
	"log/slog"
	"net/http"

	"github.com/wirechief/wirechief"
)

// LogTrouble notes a request that could not be served for want of something of
// ours: as an error what is a defect, as a warning what passes, and hardly at
// all what nobody waits for any more. Paths are left out, for they hold numbers.
func LogTrouble(log *slog.Logger, api string, r *http.Request, err error) {
	level := slog.LevelWarn
	switch {
	case r.Context().Err() != nil:
		level = slog.LevelDebug // the client has gone
	case wirechief.KindOf(err) == wirechief.Internal:
		level = slog.LevelError
	}
	log.Log(r.Context(), level, "a request could not be served", "api", api, "method", r.Method, "request", RequestID(r.Header), "error", err)
}
