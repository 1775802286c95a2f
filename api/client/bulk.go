package client

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief/api/wire"
)

// onBulk is the path of a bulk send, or of something about it.
func onBulk(id int64, rest string) string { return "/bulk/" + strconv.FormatInt(id, 10) + rest }

// BulkDraft makes a draft of one text to many from a table (CSV), and says what
// would come of it. d.CSV is not looked at. The operator has to name the tenant;
// for a tenant's token it may be empty, here and below. sent is told how many
// octets are under way; nil: nobody is.
func (c *Client) BulkDraft(ctx context.Context, tenant string, d wire.BulkDraft, table []byte, sent func(done, total int64)) (wire.BulkPreview, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	at, rate := "", ""
	if !d.At.IsZero() {
		at = d.At.Format(time.RFC3339Nano)
	}
	if d.Rate != 0 {
		rate = strconv.FormatFloat(d.Rate, 'g', -1, 64)
	}
	for _, field := range [][2]string{{"from", d.From}, {"text", d.Text}, {"name", d.Name}, {"at", at}, {"rate", rate}, {"validity", d.Validity}} {
		if field[1] != "" {
			w.WriteField(field[0], field[1]) // a buffer takes all
		}
	}
	file, err := w.CreateFormFile("file", "table.csv")
	if err != nil {
		return wire.BulkPreview{}, err
	}
	file.Write(table)
	if err := w.Close(); err != nil {
		return wire.BulkPreview{}, err
	}
	return fetch[wire.BulkPreview](ctx, c, http.MethodPost, "/bulk/upload",
		call{query: values("tenant", tenant), raw: form.Bytes(), media: w.FormDataContentType(), sent: sent})
}

// BulkSends lists bulk sends in any of the states (none: all), newest first,
// with ids below before (0: from the newest). limit is 1 to 1000; 0: 50.
func (c *Client) BulkSends(ctx context.Context, tenant string, states []string, before int64, limit int) ([]wire.BulkSend, error) {
	query := values("tenant", tenant, "state", strings.Join(states, ","), "before", number(before), "limit", number(int64(limit)))
	return fetch[[]wire.BulkSend](ctx, c, http.MethodGet, "/bulk", call{query: query})
}

// BulkSend gives one bulk send, as far as it has come.
func (c *Client) BulkSend(ctx context.Context, tenant string, id int64) (wire.BulkSend, error) {
	return fetch[wire.BulkSend](ctx, c, http.MethodGet, onBulk(id, ""), call{query: values("tenant", tenant)})
}

// BulkRows lists rows of a bulk send behind one, in order, in a state (empty:
// any). limit is 1 to 1000; 0: 50.
func (c *Client) BulkRows(ctx context.Context, tenant string, id int64, state string, after, limit int) ([]wire.BulkRow, error) {
	query := values("tenant", tenant, "state", state, "after", number(int64(after)), "limit", number(int64(limit)))
	return fetch[[]wire.BulkRow](ctx, c, http.MethodGet, onBulk(id, "/rows"), call{query: query})
}

// ChangeBulk starts, pauses, resumes or cancels a bulk send, and gives it as it
// is then. do is the name of one of these: start, pause, resume, cancel.
func (c *Client) ChangeBulk(ctx context.Context, tenant string, id int64, do string) (wire.BulkSend, error) {
	return fetch[wire.BulkSend](ctx, c, http.MethodPost, onBulk(id, "/"+do), call{query: values("tenant", tenant)})
}

// BulkResults writes what became of each row as a table (CSV) to w. What was
// written is whole only when there is no error.
func (c *Client) BulkResults(ctx context.Context, tenant string, id int64, w io.Writer) error {
	resp, err := c.start(ctx, http.MethodGet, onBulk(id, "/results.csv"), call{query: values("tenant", tenant)})
	if err != nil {
		return err
	}
	defer drain(resp)
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") {
		return c.stranger(resp)
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return c.failed(ctx, "the table broke off", err)
	}
	return nil
}
