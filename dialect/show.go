package dialect

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// Shown plays one GET of a dialect inside the house: serve is its own handler,
// over whoever asks. It gives the body that a client would get, indented for
// people; an error of the handler is the caller's.
func Shown(ctx context.Context, target string, serve func(w http.ResponseWriter, r *http.Request) error) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
	if err != nil {
		return nil, err
	}
	w := answer{header: make(http.Header)}
	if err := serve(&w, r); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, w.body.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// answer takes what a handler writes.
type answer struct {
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(int)             {}
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
