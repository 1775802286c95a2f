package media

import (
	"context"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/wirechief/wirechief"
)

// Records tells what is known of a token.
type Records interface {
	MediaByToken(ctx context.Context, token string) (*wirechief.Media, error)
}

var tokenForm = regexp.MustCompile(`^[a-z2-7]{32}$`)

// Handler serves /media/<token><ext>. Whoever has the link may have the file;
// an unknown, expired or misspelt one is 404, all alike.
func (k *Keeper) Handler(records Records) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "media can be fetched with GET", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/media/")
		ext := path.Ext(name)
		token := strings.TrimSuffix(name, ext)
		if !tokenForm.MatchString(token) {
			http.NotFound(w, r)
			return
		}
		m, err := records.MediaByToken(r.Context(), token)
		if err != nil || m.Ext != ext || !k.now().Before(m.ExpiresAt) {
			if err != nil && wirechief.KindOf(err) != wirechief.NotFound {
				w.Header().Set("Retry-After", "5")
				http.Error(w, "the file cannot be looked up now; try again", http.StatusServiceUnavailable)
				return
			}
			http.NotFound(w, r)
			return
		}
		f, err := os.Open(k.Path(token))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		h := w.Header()
		h.Set("Content-Type", m.Type)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Cache-Control", "private, max-age=3600")
		http.ServeContent(w, r, "", m.CreatedAt, f)
	})
}
