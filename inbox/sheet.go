package inbox

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/sheet"
)

// Limits of a file of contacts.
const (
	ImportMost = 50_000 // rows
	importSize = 32 << 20
)

// headings are the words by which a heading names a column, folded; files come
// from many programs.
var headings = map[string]string{
	"name": "name", "fullname": "name", "contact": "name", "displayname": "name",
	"phone": "phones", "phones": "phones", "number": "phones", "phonenumber": "phones", "mobile": "phones", "mobilephone": "phones",
	"telephone": "phones", "cell": "phones", "tel": "phones",
	"email": "email", "mail": "email", "emailaddress": "email", "company": "company", "organization": "company", "organisation": "company",
	"notes": "notes", "note": "notes", "labels": "labels", "label": "labels", "tags": "labels",
	"reference": "reference", "externalid": "reference", "blocked": "blocked",
}

// line is one row of a file.
type line struct {
	row, at int // row from 1, the heading not counted; line of the file
	cells   map[string]string
	err     error // it cannot be read
}

// readSheet reads a CSV file. Comma, semicolon and tab are told apart by the
// heading. ignored are the columns whose headings mean nothing to us.
func readSheet(r io.Reader) (lines []line, ignored []string, err error) {
	b, err := io.ReadAll(io.LimitReader(r, importSize+1))
	if err != nil {
		return nil, nil, &wirechief.Error{Op: "contacts.import", Kind: wirechief.Invalid, Field: "file", Message: "the file broke off", Err: err}
	}
	if len(b) > importSize {
		return nil, nil, wirechief.InvalidField("file", "the file has more than %d MB", importSize>>20)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // a byte order mark, as Excel writes it
	if !utf8.Valid(b) {
		return nil, nil, wirechief.InvalidField("file", "the file is not UTF-8; save it as \"CSV UTF-8\"")
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.Comma = separator(b)
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if err != nil {
		return nil, nil, wirechief.InvalidField("file", "the file has no heading line; the first line names the columns: name,phones,email")
	}
	names := make([]string, len(head))
	for i, h := range head {
		names[i] = headings[folded(h)]
		if names[i] == "" && strings.TrimSpace(h) != "" {
			ignored = append(ignored, clipped(h))
		}
	}
	if !slices.Contains(names, "phones") {
		return nil, nil, wirechief.InvalidField("phones", "no column is called phones (or phone, number, mobile)")
	}
	for row := 1; ; row++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return lines, ignored, nil
		}
		if len(lines) == ImportMost {
			return nil, nil, wirechief.InvalidField("file", "the file has more than %d rows; part it", ImportMost)
		}
		l := line{row: row, cells: make(map[string]string, len(names))}
		if len(record) > 0 {
			l.at, _ = in.FieldPos(0)
		}
		if err != nil {
			l.err = unreadable(err, &l)
			lines = append(lines, l)
			continue
		}
		if strings.Join(record, "") == "" {
			continue // spreadsheets leave such rows at the end
		}
		fill(&l, names, record)
		lines = append(lines, l)
	}
}

// fill names the cells. Several columns of one meaning, as "phone" and
// "mobile", come together.
func fill(l *line, names, record []string) {
	if len(record) > len(names) {
		l.err = wirechief.InvalidField("row", "it has %d cells, the heading %d; is there a comma in a cell without quotes?", len(record), len(names))
		return
	}
	for i, cell := range record {
		cell = strings.TrimSpace(sheet.Restore(cell))
		switch before := l.cells[names[i]]; {
		case names[i] == "" || cell == "":
		case before == "":
			l.cells[names[i]] = cell
		case names[i] == "phones" || names[i] == "labels":
			l.cells[names[i]] = before + "; " + cell
		}
	}
}

func unreadable(err error, l *line) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		l.at = e.StartLine
		err = e.Err
	}
	return &wirechief.Error{Op: "contacts.import", Kind: wirechief.Invalid, Field: "row", Message: "it cannot be read: " + err.Error()}
}

// folded drops what people part words of a heading with.
func folded(heading string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '.', '\t', '(', ')':
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(sheet.Restore(heading))))
}

// separator is the one that stands most often in the first line.
func separator(b []byte) rune {
	first, _, _ := bytes.Cut(b, []byte("\n"))
	best := ','
	for _, c := range []rune{';', '\t'} {
		if bytes.Count(first, []byte(string(c))) > bytes.Count(first, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// list parts a cell that holds several.
func list(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' || r == '\n' })
}
