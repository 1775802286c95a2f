package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/setting"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/sheet"
)

// listSeparator is between the entries of a list in one cell, as in state files.
const listSeparator = "|"

// terms are the columns that only the operator decides, before the settings.
func terms() []string {
	return []string{"number", "carrier", "type", "location", "price", "capabilities", "toll_free_verification"}
}

// roll adds the operations on the numbers of a tenant as a table.
func (a *api) roll() {
	register(a, a.op(scopeOperator, "import-numbers", http.MethodPost, "/numbers/import", "Put numbers on the account of a tenant that has them elsewhere",
		about("The body is a table (RFC 4180) with a header row, as the export gives it; number is needed, an empty cell leaves what is there. "+
			"Lists have | between their entries. The answer has a result for each row. With a bad row nothing is applied, unless partial is true."),
		func(op *huma.Operation) { op.MaxBodyBytes, op.BodyReadTimeout = maxState+1, -1 }), a.importNumbers)
	register(a, a.op(scopeRead, "export-numbers", http.MethodGet, "/numbers/export", "Get the numbers of a tenant and what they do as a table",
		about("It can be imported again. A text that a spreadsheet would take for a formula has an apostrophe before it."), table), a.exportNumbers)
}

// table describes an answer in CSV.
func table(op *huma.Operation) {
	op.Responses["200"] = &huma.Response{
		Description: "A table, RFC 4180",
		Content:     map[string]*huma.MediaType{csvType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
}

const csvType = "text/csv; charset=utf-8"

type exportInput struct {
	InTenant
	Selection
}

type exportOutput struct {
	Type string `header:"Content-Type"`
	Body []byte
}

func (a *api) exportNumbers(ctx context.Context, in *exportInput) (*exportOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	f, err := in.filter(p.Tenant)
	if err != nil {
		return nil, err
	}
	list, _ := a.Core.FindNumbers(ctx, p, f)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(append(terms(), setting.Names()...))
	for i := range list {
		n := newNumber(&list[i])
		values, err := setting.Values(&n.Settings, listSeparator)
		if err != nil {
			return nil, err
		}
		row := append([]string{n.Number, n.Carrier, n.Type, n.Location, n.Price, strings.Join(n.Capabilities, listSeparator), n.TollFreeVerification}, values...)
		for i := range row {
			row[i] = sheet.Defuse(row[i])
		}
		if len(n.Enabled) == 0 {
			// A cell without anything leaves what is there: what the number can.
			row[len(terms())+slices.Index(setting.Names(), "enabled")] = "[]"
		}
		w.Write(row)
	}
	w.Flush()
	return &exportOutput{csvType, b.Bytes()}, w.Error()
}

type importInput struct {
	Tenant  string `query:"tenant" maxLength:"63" required:"true" doc:"Whose numbers they are"`
	DryRun  bool   `query:"dry_run" doc:"Only say what would come of it"`
	Partial bool   `query:"partial" doc:"Apply the good rows beside bad ones"`
	RawBody []byte `contentType:"text/csv"`
}

type importOutput struct{ Body wire.Imported }

func (a *api) importNumbers(ctx context.Context, in *importInput) (*importOutput, error) {
	t, err := readTable(in.RawBody)
	if err != nil {
		return nil, err
	}
	results, applied, err := a.Core.ImportNumbers(ctx, who(ctx), in.Tenant, t.rows, exchange.ImportOptions{DryRun: in.DryRun, Partial: in.Partial})
	if err != nil && !slices.ContainsFunc(results, func(r exchange.ImportResult) bool { return r.Action != exchange.ImportRefused }) {
		return nil, err
	}
	// What is on disk although more could not be put there is among the rows.
	out := &importOutput{wire.Imported{DryRun: in.DryRun, Applied: applied, Rows: make([]wire.ImportedRow, len(results))}}
	for i, r := range results {
		row := wire.ImportedRow{Line: t.lines[i], Number: t.rows[i].Number, Result: r.Action, Detail: r.Detail}
		if r.Err != nil {
			p := a.refuse(ctx, "import-numbers", inSettings(r.Err))
			row.Column, row.Rule, row.Detail = t.column(p.Field), p.Rule, p.Detail
		}
		out.Body.Rows[i] = row
		*map[string]*int{
			exchange.ImportCreate: &out.Body.Created, exchange.ImportUpdate: &out.Body.Updated,
			exchange.ImportUnchanged: &out.Body.Unchanged, exchange.ImportRefused: &out.Body.Refused,
		}[r.Action]++
	}
	return out, nil
}

// rows is a table that was read.
type rows struct {
	header []string
	lines  []int
	rows   []exchange.ImportRow
}

// column is the column that a field is in.
func (t *rows) column(field string) string {
	best := ""
	for _, c := range t.header {
		if (field == c || strings.HasPrefix(field, c+".") || strings.HasPrefix(field, c+"[")) && len(c) > len(best) {
			best = c
		}
	}
	if best == "" {
		return field
	}
	return best
}

// readTable reads a table of numbers. What is wrong with a row is the row's; an
// error is about the table as a whole.
func readTable(data []byte) (*rows, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // as spreadsheets write it
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, wirechief.Errorf(wirechief.Invalid, "the table holds a NUL or is not valid UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.ContainsRune(first, ';') && !bytes.ContainsRune(first, ',') {
		r.Comma = ';' // as spreadsheets do where the comma is in numbers
	}
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, wirechief.Errorf(wirechief.Invalid, "the table is empty; it needs a header row with a column number")
	}
	if err != nil {
		return nil, wirechief.Errorf(wirechief.Invalid, "the table needs a header row with a column number")
	}
	t := &rows{header: header}
	reader := setting.NewReader(listSeparator)
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		header[i] = name
		switch {
		case slices.Contains(header[:i], name):
			return nil, wirechief.InvalidField(shorten(name), "the column is there twice")
		case !slices.Contains(terms(), name) && !reader.Knows(name):
			return nil, wirechief.InvalidField(shorten(name), "there is no such column; the export shows those that there are")
		}
	}
	if !slices.Contains(header, "number") {
		return nil, wirechief.InvalidField("number", "the table needs a column number")
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, wirechief.Errorf(wirechief.Invalid, "line %d, character %d: %v", broken.Line, broken.Column, broken.Err)
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		t.lines = append(t.lines, line)
		t.rows = append(t.rows, readRow(reader, header, cells))
	}
}

// readRow reads one row. What is wrong with it goes along.
func readRow(reader *setting.Reader, header, cells []string) (row exchange.ImportRow) {
	if len(cells) != len(header) {
		row.Err = wirechief.Errorf(wirechief.Invalid, "the row has %d cells, the header %d", len(cells), len(header))
	}
	patch := wire.MergePatch{}
	for i, cell := range cells[:min(len(cells), len(header))] {
		cell = sheet.Restore(cell)
		if strings.TrimSpace(cell) == "" && header[i] != "number" {
			continue
		}
		if err := readCell(reader, &row, patch, header[i], cell); err != nil && row.Err == nil {
			row.Err = err
		}
	}
	if len(patch) > 0 {
		row.Change = func(n wirechief.Number) (wirechief.NumberPatch, error) { return readPatch(&n, patch) }
	}
	return row
}

func readCell(reader *setting.Reader, row *exchange.ImportRow, patch wire.MergePatch, column, cell string) (err error) {
	trimmed := strings.TrimSpace(cell)
	switch column {
	case "number":
		if row.Number, err = readNumber("number", trimmed); err != nil {
			row.Number = shorten(trimmed)
		}
	case "carrier":
		row.Carrier = wirechief.Set(trimmed)
	case "type":
		row.Type = wirechief.Set(wirechief.NumberType(trimmed))
	case "location":
		row.Location = wirechief.Set(cell)
	case "price":
		var price wirechief.Money
		if price, err = wirechief.ParseMoney(trimmed); err != nil {
			return wirechief.InvalidField("price", "%q is not an amount such as 1.00", shorten(trimmed))
		}
		row.Price = wirechief.Set(price)
	case "capabilities":
		var can wirechief.Capabilities
		can, err = readCapabilities("capabilities", []string{strings.ReplaceAll(trimmed, listSeparator, ",")})
		row.Capabilities = wirechief.Set(can)
	case "toll_free_verification":
		row.TollFree = wirechief.Set(wirechief.Verification(trimmed))
	default:
		err = reader.Set(patch, column, cell)
	}
	return err
}
