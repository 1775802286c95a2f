package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/routing"
)

// Carriers lists the carriers; for the operator.
func (c *Client) Carriers(ctx context.Context) ([]wire.Carrier, error) {
	return fetch[[]wire.Carrier](ctx, c, http.MethodGet, "/carriers", call{})
}

// PauseCarrier pauses a carrier, or resumes it; for the operator.
func (c *Client) PauseCarrier(ctx context.Context, name string, paused bool) (wire.Carrier, error) {
	return fetch[wire.Carrier](ctx, c, http.MethodPatch, "/carriers/"+url.PathEscape(name), call{body: wire.CarrierChange{Paused: paused}})
}

// UnmatchedReceipts lists the newest receipts that belong to no message; for
// the operator. limit is 1 to 1000; 0: 50.
func (c *Client) UnmatchedReceipts(ctx context.Context, limit int) ([]wirechief.Receipt, error) {
	return fetch[[]wirechief.Receipt](ctx, c, http.MethodGet, "/receipts/unmatched", call{query: values("limit", number(int64(limit)))})
}

// ExplainRoute says which carriers a text would be tried over, and why; from
// may be empty.
func (c *Client) ExplainRoute(ctx context.Context, from, to string) (routing.Explanation, error) {
	return fetch[routing.Explanation](ctx, c, http.MethodGet, "/route", call{query: values("from", from, "to", to)})
}

// SimulateText plays a handset that texts a number on a simulator carrier.
func (c *Client) SimulateText(ctx context.Context, from, to, text string) error {
	return c.do(ctx, http.MethodPost, "/sim/texts", call{body: wire.SimText{From: from, To: to, Text: text}})
}

// Apply brings what is configured to the state in a file, or with dryRun only
// says what would change; for the operator. name is what the file is called in
// messages about it; files are those that its offers name, by that name.
func (c *Client) Apply(ctx context.Context, name string, file []byte, files map[string][]byte, dryRun bool) (wire.Applied, error) {
	what := call{query: values("name", name, "dry_run", strconv.FormatBool(dryRun)), raw: append([]byte{}, file...)}
	if len(files) > 0 {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		what.media = w.FormDataContentType()
		if err := writeForm(w, file, files); err != nil {
			return wire.Applied{}, err
		}
		what.raw = form.Bytes()
	}
	return fetch[wire.Applied](ctx, c, http.MethodPost, "/apply", what)
}

func writeForm(w *multipart.Writer, state []byte, files map[string][]byte) error {
	part, err := w.CreateFormField("state")
	if err != nil {
		return err
	}
	if _, err := part.Write(state); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if part, err = w.CreateFormFile("file", name); err != nil {
			return err
		}
		if _, err := part.Write(files[name]); err != nil {
			return err
		}
	}
	return w.Close()
}

// Backup writes a copy of everything to w and says how many octets it has; for
// the operator. What was written is whole only when there is no error.
func (c *Client) Backup(ctx context.Context, w io.Writer) (int64, error) {
	resp, err := c.start(ctx, http.MethodGet, "/backup", call{})
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() // what is left of a broken one is not worth reading
	if resp.Header.Get("Content-Type") != "application/octet-stream" {
		return 0, c.stranger(resp)
	}
	sum := sha256.New()
	n, err := io.Copy(&both{w, sum}, resp.Body)
	if broken, ok := errors.AsType[*writeError](err); ok {
		return n, broken.error
	}
	if err != nil {
		return n, c.failed(ctx, fmt.Sprintf("the backup broke off after %d octets", n), err)
	}
	want := "sha-256=:" + base64.StdEncoding.EncodeToString(sum.Sum(nil)) + ":"
	switch resp.Trailer.Get("Content-Digest") { // RFC 9530
	case want:
		return n, nil
	case "":
		return n, fmt.Errorf("the backup broke off after %d octets: the server did not confirm its end", n)
	}
	return n, fmt.Errorf("the backup of %d octets is damaged: it is not what the server sent", n)
}

// both writes to w and, what got there, to the sum.
type both struct{ w, sum io.Writer }

// writeError is an error of our own side.
type writeError struct{ error }

func (b *both) Write(p []byte) (int, error) {
	n, err := b.w.Write(p)
	b.sum.Write(p[:n])
	if err != nil {
		return n, &writeError{err}
	}
	return n, nil
}

// Version says what runs.
func (c *Client) Version(ctx context.Context) (wire.Version, error) {
	return fetch[wire.Version](ctx, c, http.MethodGet, "/version", call{})
}
