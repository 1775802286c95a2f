package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wirechief/wirechief"
)

// digestField is the trailer field that ends a whole backup (RFC 9530).
const digestField = "Content-Digest"

// octets describes an answer that is a stream of octets.
func octets(op *huma.Operation) {
	op.Responses["200"] = &huma.Response{
		Description: "The copy, as `wirechief restore` takes it",
		Content: map[string]*huma.MediaType{"application/octet-stream": {
			Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"},
		}},
	}
}

func (a *api) backup(context.Context, *struct{}) (*huma.StreamResponse, error) {
	if a.Backup == nil {
		return nil, &wirechief.Error{Op: "backup", Kind: wirechief.NotOffered, Message: "this installation offers no backup over its API"}
	}
	return &huma.StreamResponse{Body: a.streamBackup}, nil
}

// streamBackup sends the copy. It may take longer than any other answer, so
// the deadline of the server is lifted. What breaks off ends the connection
// without the end of the body and without the trailer, so that no half of a
// backup passes for one.
func (a *api) streamBackup(ctx huma.Context) {
	r, w := humago.Unwrap(ctx)
	if r.Method == http.MethodHead {
		return
	}
	// A passed read deadline ends the context of a request, too.
	limits := http.NewResponseController(w)
	_, _ = limits.SetWriteDeadline(time.Time{}), limits.SetReadDeadline(time.Time{}) // not every writer has them
	out := &digesting{to: w, sum: sha256.New()}
	out.begin = func() {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Trailer", digestField)
	}
	err := a.Backup(ctx.Context(), out)
	switch {
	case err == nil:
		out.start()
		w.Header().Set(digestField, formatDigest(out.sum))
	case !out.started:
		a.refuse(ctx.Context(), ctx.Operation().OperationID, err).write(w)
	default:
		if ctx.Context().Err() == nil {
			a.Log.ErrorContext(ctx.Context(), "a backup broke off", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// digesting passes on what is written and sums it up.
type digesting struct {
	to      io.Writer
	sum     hash.Hash
	begin   func()
	started bool
}

func (d *digesting) start() {
	if !d.started {
		d.started = true
		d.begin()
	}
}

// Write implements [io.Writer].
func (d *digesting) Write(p []byte) (int, error) {
	d.start()
	n, err := d.to.Write(p)
	d.sum.Write(p[:n])
	return n, err
}

// formatDigest writes a digest as RFC 9530 2 has it.
func formatDigest(sum hash.Hash) string {
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum.Sum(nil)) + ":"
}
