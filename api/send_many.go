package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/bulk"
)

// BulkSends is what sends one text to many (package bulk).
type BulkSends interface {
	Draft(ctx context.Context, p wirechief.Principal, q bulk.Request) (*wirechief.Bulk, []bulk.Row, error)
	Launch(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error)
	Pause(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error)
	Resume(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error)
	Cancel(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error)
	Progress(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error)
	List(ctx context.Context, p wirechief.Principal, states []wirechief.BulkState, before int64, limit int) ([]*wirechief.Bulk, error)
	Rows(ctx context.Context, p wirechief.Principal, id int64, state wirechief.BulkRowState, after, limit int) ([]bulk.Row, error)
	Results(ctx context.Context, p wirechief.Principal, id int64, w io.Writer) error
}

const (
	maxDraft    = 3 * bulk.MaxFile // octets of a draft as JSON: what a quoted file grows to
	maxForm     = bulk.MaxFile + 1<<20
	maxSample   = 10
	maxProblems = 1000
)

// sendMany adds the operations on bulk sends.
func (a *api) sendMany() {
	limit := func(most int64) func(*huma.Operation) {
		return func(op *huma.Operation) { op.MaxBodyBytes, op.BodyReadTimeout = most+1, -1 }
	}
	const how = "The file is a table (CSV) with a heading row, separated by commas, semicolons or tabs; the recipients are in its column to, phone or number, " +
		"with their country codes. {{column}} in the text stands for the cell of the row. Nothing is sent before it is started; the answer shows what would come of it."
	register(a, a.op(scopeSend, "draft-bulk-send", http.MethodPost, "/bulk", "Make a draft of one text to many", about(how), limit(maxDraft)), a.draftBulk)
	register(a, a.op(scopeSend, "upload-bulk-send", http.MethodPost, "/bulk/upload", "Make a draft of one text to many, from a file",
		about("The body is multipart/form-data: the table as the part file, and parts from, text, name, at, rate and validity. "+how), limit(maxForm)), a.uploadBulk)
	register(a, a.op(scopeSend, "list-bulk-sends", http.MethodGet, "/bulk", "List bulk sends, newest first"), a.listBulk)
	register(a, a.op(scopeSend, "get-bulk-send", http.MethodGet, "/bulk/{id}", "Show a bulk send and how far it has come"), a.getBulk)
	register(a, a.op(scopeSend, "list-bulk-rows", http.MethodGet, "/bulk/{id}/rows", "List the rows of a bulk send, in order"), a.listBulkRows)
	register(a, a.op(scopeSend, "start-bulk-send", http.MethodPost, "/bulk/{id}/start", "Start a draft"), a.changeBulk(BulkSends.Launch))
	register(a, a.op(scopeSend, "pause-bulk-send", http.MethodPost, "/bulk/{id}/pause", "Pause a bulk send",
		about("When it is answered, nothing of it is under way.")), a.changeBulk(BulkSends.Pause))
	register(a, a.op(scopeSend, "resume-bulk-send", http.MethodPost, "/bulk/{id}/resume", "Go on with a bulk send that is paused"), a.changeBulk(BulkSends.Resume))
	register(a, a.op(scopeSend, "cancel-bulk-send", http.MethodPost, "/bulk/{id}/cancel", "End a bulk send for good",
		about("Rows that were not sent stay ready, and are not.")), a.changeBulk(BulkSends.Cancel))
	register(a, a.op(scopeSend, "get-bulk-results", http.MethodGet, "/bulk/{id}/results.csv", "Get what became of each row as a table",
		about("With how each message stands now. A text that a spreadsheet would take for a formula has an apostrophe before it."), table), a.bulkResults)
}

// bulkSends gives who sends to many, and for whom.
func (a *api) bulkSends(ctx context.Context, tenant string) (BulkSends, wirechief.Principal, error) {
	p, err := acting(ctx, tenant)
	if err == nil && a.Bulk == nil {
		err = &wirechief.Error{Op: "bulk", Kind: wirechief.NotOffered, Message: "this installation offers no bulk sends"}
	}
	return a.Bulk, p, err
}

type draftInput struct {
	InTenant
	Timed
	Body wire.BulkDraft
}

// Resolve reads the headers of time.
func (in *draftInput) Resolve(ctx huma.Context) []error { return in.read(ctx) }

type draftOutput struct{ Body wire.BulkPreview }

func (a *api) draftBulk(ctx context.Context, in *draftInput) (*draftOutput, error) {
	out, err := a.draft(ctx, in.Tenant, &in.Timed, &in.Body, strings.NewReader(in.Body.CSV))
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field == "file" {
		named := *e
		named.Field = "csv"
		err = &named
	}
	return out, err
}

type uploadInput struct {
	InTenant
	Timed
	Type    string `header:"Content-Type" hidden:"true"`
	RawBody []byte `contentType:"multipart/form-data"`
}

// Resolve reads the headers of time.
func (in *uploadInput) Resolve(ctx huma.Context) []error { return in.read(ctx) }

func (a *api) uploadBulk(ctx context.Context, in *uploadInput) (*draftOutput, error) {
	d, file, err := draftForm(in.Type, in.RawBody)
	if err != nil {
		return nil, err
	}
	return a.draft(ctx, in.Tenant, &in.Timed, d, file)
}

func (a *api) draft(ctx context.Context, tenant string, timed *Timed, d *wire.BulkDraft, file io.Reader) (*draftOutput, error) {
	sends, p, err := a.bulkSends(ctx, tenant)
	if err != nil {
		return nil, err
	}
	q := bulk.Request{Name: d.Name, From: d.From, Text: d.Text, File: file, Rate: d.Rate}
	if !d.At.IsZero() {
		q.At = d.At.UTC().Truncate(time.Microsecond) // as it is kept
	}
	if q.Validity, err = readValidity(d.Validity); err != nil {
		return nil, err
	}
	if err = timed.into(&q.At, &q.Validity); err != nil {
		return nil, err
	}
	b, rows, err := sends.Draft(ctx, p, q)
	if err != nil {
		return nil, err
	}
	out := &draftOutput{wire.BulkPreview{Bulk: newBulkSend(b), Sample: []wire.BulkRow{}, Problems: []wire.BulkRow{}}}
	for i := range rows {
		switch {
		case rows[i].Error != "":
			if len(out.Body.Problems) < maxProblems {
				out.Body.Problems = append(out.Body.Problems, newBulkRow(&rows[i]))
			}
		case len(out.Body.Sample) < maxSample:
			out.Body.Sample = append(out.Body.Sample, newBulkRow(&rows[i]))
		}
	}
	return out, nil
}

// draftForm takes the form of a draft apart (RFC 7578). Its file is a slice of the body.
func draftForm(contentType string, body []byte) (*wire.BulkDraft, io.Reader, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/form-data" {
		return nil, nil, wirechief.Errorf(wirechief.Invalid, "the body has to be multipart/form-data")
	}
	broken := func(err error) error {
		return &wirechief.Error{Kind: wirechief.Invalid, Message: "the form is malformed", Err: err}
	}
	d := new(wire.BulkDraft)
	var file io.Reader
	seen := make(map[string]bool)
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			if file == nil {
				return nil, nil, wirechief.InvalidField("file", "the form has no part file")
			}
			return d, file, nil
		}
		if err != nil {
			return nil, nil, broken(err)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, nil, broken(err)
		}
		name := p.FormName()
		if seen[name] {
			return nil, nil, wirechief.InvalidField(shorten(name), "the part is there twice")
		}
		seen[name] = true
		if name == "file" {
			file = bytes.NewReader(data)
			continue
		}
		if err := setDraft(d, name, string(data)); err != nil {
			return nil, nil, err
		}
	}
}

// setDraft takes over what one part of a form says.
func setDraft(d *wire.BulkDraft, name, value string) (err error) {
	if !isText([]byte(value)) {
		return wirechief.InvalidField(shorten(name), "the value holds a NUL or is not valid UTF-8")
	}
	switch name {
	case "from":
		d.From = value
	case "text":
		d.Text = value
	case "name":
		d.Name = value
	case "validity":
		d.Validity = strings.TrimSpace(value)
	case "at":
		if value = strings.TrimSpace(value); value != "" {
			if d.At, err = time.Parse(time.RFC3339, value); err != nil {
				return wirechief.InvalidField(name, "it is no time such as 2026-11-24T18:00:00Z")
			}
		}
	case "rate":
		if value = strings.TrimSpace(value); value != "" {
			if d.Rate, err = strconv.ParseFloat(value, 64); err != nil {
				return wirechief.InvalidField(name, "it is no number")
			}
		}
	default:
		return wirechief.InvalidField(shorten(name), "there is no such part; there are file, from, text, name, at, rate and validity")
	}
	return nil
}

type listBulkInput struct {
	InTenant
	State  []string `query:"state" enum:"draft,running,paused,done,canceled" doc:"Any of them; none: all"`
	Before int64    `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Ids below it"`
	Limit  int      `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type listBulkOutput struct {
	Body []wire.BulkSend `nullable:"false"`
}

func (a *api) listBulk(ctx context.Context, in *listBulkInput) (*listBulkOutput, error) {
	sends, p, err := a.bulkSends(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	states := make([]wirechief.BulkState, len(in.State))
	for i, s := range in.State {
		states[i] = wirechief.BulkState(s)
	}
	list, err := sends.List(ctx, p, states, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listBulkOutput{make([]wire.BulkSend, len(list))}
	for i, b := range list {
		out.Body[i] = newBulkSend(b)
	}
	return out, nil
}

// OneBulkSend names a bulk send.
type OneBulkSend struct {
	InTenant
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
}

type bulkSendOutput struct{ Body wire.BulkSend }

func (a *api) getBulk(ctx context.Context, in *OneBulkSend) (*bulkSendOutput, error) {
	return a.changeBulk(BulkSends.Progress)(ctx, in)
}

// changeBulk is an operation that gives a bulk send as it is afterwards.
func (a *api) changeBulk(do func(s BulkSends, ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Bulk, error)) func(context.Context, *OneBulkSend) (*bulkSendOutput, error) {
	return func(ctx context.Context, in *OneBulkSend) (*bulkSendOutput, error) {
		sends, p, err := a.bulkSends(ctx, in.Tenant)
		if err != nil {
			return nil, err
		}
		b, err := do(sends, ctx, p, in.ID)
		if err != nil {
			return nil, err
		}
		return &bulkSendOutput{newBulkSend(b)}, nil
	}
}

type bulkRowsInput struct {
	OneBulkSend
	State string `query:"state" enum:"ready,bad,sent,refused"`
	After int    `query:"after" minimum:"0" maximum:"1000000" doc:"Rows behind it"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type bulkRowsOutput struct {
	Body []wire.BulkRow `nullable:"false"`
}

func (a *api) listBulkRows(ctx context.Context, in *bulkRowsInput) (*bulkRowsOutput, error) {
	sends, p, err := a.bulkSends(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	list, err := sends.Rows(ctx, p, in.ID, wirechief.BulkRowState(in.State), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &bulkRowsOutput{make([]wire.BulkRow, len(list))}
	for i := range list {
		out.Body[i] = newBulkRow(&list[i])
	}
	return out, nil
}

func (a *api) bulkResults(ctx context.Context, in *OneBulkSend) (*huma.StreamResponse, error) {
	sends, p, err := a.bulkSends(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	if _, err := sends.Progress(ctx, p, in.ID); err != nil {
		return nil, err
	}
	return a.stream(csvType, "a bulk send", func(ctx context.Context, w io.Writer) error { return sends.Results(ctx, p, in.ID, w) }), nil
}

func newBulkSend(b *wirechief.Bulk) wire.BulkSend {
	return wire.BulkSend{
		ID: b.ID, Tenant: b.Tenant, Name: b.Name, From: b.From, Text: b.Text, State: string(b.State), Because: b.Because,
		At: instant(b.At), Rate: b.Rate, Validity: b.Validity, By: b.By,
		CreatedAt: b.CreatedAt.UTC(), StartedAt: instant(b.StartedAt), EndedAt: instant(b.EndedAt),
		Rows: b.Rows, Bad: b.Bad, Suppressed: b.Suppressed, Segments: b.Segments, Cost: b.Cost.String(),
		Unicode: b.Unicode, Character: b.Character, Sent: b.Sent, Refused: b.Refused, Left: b.Rows - b.Bad - b.Sent - b.Refused,
	}
}

func newBulkRow(r *bulk.Row) wire.BulkRow {
	return wire.BulkRow{
		Row: r.Seq, To: r.To, Text: r.Text, Encoding: r.Encoding, Character: r.Character, Segments: r.Segments,
		State: string(r.State), Error: r.Error, Message: r.Message,
	}
}
