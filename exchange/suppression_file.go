package exchange

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/sheet"
)

// suppressionSize is the greatest size of a file in octets.
const suppressionSize = 32 << 20

// suppressionColumns are the columns of a file, in the order in which they are
// exported. An import needs the first and takes the first three: the others are
// what came of it, and are passed over.
var suppressionColumns = []string{"handset", "number", "reason", "word", "by", "at"}

// SuppressionImport is what became of a file, or would.
type SuppressionImport struct {
	Rows    int // with something in them
	New     int // handsets that were not on the list
	Known   int // that were
	Bad     []SuppressionRow
	Applied bool // the good rows were taken
}

// SuppressionRow is a row that was refused.
type SuppressionRow struct {
	Line int // of the file, from 1
	Err  error
}

// ImportSuppressions puts the handsets of a CSV file on the suppression list:
// a header row with handset and any of number and reason; comma or semicolon.
// Every bad row is told. With one, or in a dry run, nothing is changed; Partial
// takes the good rows all the same. An error means that the file, or the
// principal, was refused as a whole.
func (x *Exchange) ImportSuppressions(ctx context.Context, p wirechief.Principal, file io.Reader, o ImportOptions) (SuppressionImport, error) {
	const op = "suppression.import"
	var res SuppressionImport
	refuse := func(err *wirechief.Error) (SuppressionImport, error) {
		err.Op = op
		return res, err
	}
	if err := x.maySuppress(p, 1); err != nil {
		return refuse(err)
	}
	rows, lines, bad, refusal := readSuppressions(file)
	if refusal != nil {
		return refuse(refusal)
	}
	res.Rows, res.Bad = len(rows)+len(bad), bad
	first := make(map[string]int, len(rows))
	good := rows[:0]
	for i := range rows {
		row, line := rows[i], lines[i]
		err := x.judgeSuppression(p.Tenant, &row)
		if before := first[ledgerKey(row)]; err == nil && before > 0 {
			err = wirechief.InvalidField("handset", "%s is in line %d already", row.Handset, before)
		}
		if err != nil {
			res.Bad = append(res.Bad, SuppressionRow{line, err})
			continue
		}
		first[ledgerKey(row)] = line
		if there, ok := x.dir.listed(p.Tenant, row.Number, row.Handset); ok && there.By != "" {
			res.Known++
		} else {
			res.New++
		}
		good = append(good, row)
	}
	slices.SortFunc(res.Bad, func(a, b SuppressionRow) int { return a.Line - b.Line })
	if o.DryRun || len(res.Bad) > 0 && !o.Partial {
		return res, nil
	}
	res.Applied = true
	if len(good) == 0 {
		return res, nil
	}
	_, err := x.changeLedger(ctx, p, good, false, x.suppressed)
	return res, err
}

// readSuppressions reads the rows of a file and the lines that they stand in.
func readSuppressions(file io.Reader) (rows []wirechief.OptOut, lines []int, bad []SuppressionRow, refusal *wirechief.Error) {
	b, err := io.ReadAll(io.LimitReader(file, suppressionSize+1))
	switch {
	case err != nil:
		return nil, nil, nil, &wirechief.Error{Kind: wirechief.Invalid, Field: "file", Message: "the file broke off", Err: err}
	case len(b) > suppressionSize:
		return nil, nil, nil, wirechief.InvalidField("file", "the file has more than %d MB; part it", suppressionSize>>20)
	case !utf8.Valid(b):
		return nil, nil, nil, wirechief.InvalidField("file", "the file is not UTF-8")
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // as spreadsheets write it
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord = -1
	if head, _, _ := bytes.Cut(b, []byte("\n")); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		in.Comma = ';'
	}
	head, err := in.Read()
	if err != nil {
		return nil, nil, nil, wirechief.InvalidField("file", "the file has no header row; it names the columns: handset,number,reason")
	}
	for i, name := range head {
		head[i] = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !slices.Contains(suppressionColumns, head[i]):
			return nil, nil, nil, wirechief.InvalidField("file", "%q is no column of the suppression list; they are: handset, number, reason", name)
		case slices.Contains(head[:i], head[i]):
			return nil, nil, nil, wirechief.InvalidField("file", "the column %s is there twice", head[i])
		}
	}
	if !slices.Contains(head, "handset") {
		return nil, nil, nil, wirechief.InvalidField("file", "no column is called handset")
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, lines, bad, nil
		}
		if len(rows)+len(bad) == SuppressMost {
			return nil, nil, nil, wirechief.InvalidField("file", "the file has more than %d rows; part it", SuppressMost)
		}
		if err != nil {
			line := 0
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				line, err = e.StartLine, e.Err
			}
			bad = append(bad, SuppressionRow{line, wirechief.InvalidField("row", "it cannot be read: %s", err)})
			continue
		}
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue // spreadsheets leave such rows at the end
		}
		line, _ := in.FieldPos(0)
		if len(record) != len(head) {
			bad = append(bad, SuppressionRow{line, wirechief.InvalidField("row", "it has %d cells, the header row %d", len(record), len(head))})
			continue
		}
		var o wirechief.OptOut
		for i, cell := range record {
			cell = strings.TrimSpace(sheet.Restore(cell))
			switch head[i] {
			case "handset":
				o.Handset = cell
			case "number":
				o.Number = cell
			case "reason":
				o.Reason = cell
			}
		}
		rows, lines = append(rows, o), append(lines, line)
	}
}

// ExportSuppressions writes the suppression list of the principal's tenant as a
// CSV file that can be imported again. A person needs the right to export.
func (x *Exchange) ExportSuppressions(_ context.Context, p wirechief.Principal, to io.Writer) error {
	const op = "suppression.export"
	if err := mayOf(p, wirechief.RightExport); err != nil {
		err.Op = op
		return err
	}
	if x.dir.tenant(p.Tenant) == nil {
		return noTenant(op)
	}
	out := csv.NewWriter(to)
	out.Write(suppressionColumns) // its error stays, and is told at the end
	for _, o := range x.dir.ledgerOf(p.Tenant) {
		out.Write([]string{o.Handset, o.Number, sheet.Defuse(o.Reason), sheet.Defuse(o.Word), sheet.Defuse(o.By), o.At.UTC().Format(time.RFC3339)})
	}
	out.Flush()
	return out.Error()
}
