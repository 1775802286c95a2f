package bulk

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/sheet"
)

// Limits of a file.
const (
	MaxRows    = 100_000
	MaxFile    = 20 << 20 // octets
	maxColumns = 200
	maxCells   = 5_000_000 // separators in all: what bounds the memory that one row can take
	headRoom   = 64 << 10  // octets that the heading row may have
)

// phoneColumns are the names under which the recipients' column is looked for,
// in any case, the first of them first.
var phoneColumns = [...]string{"to", "phone", "number"}

// recipients is a CSV file being read: with a heading row, separated by commas,
// semicolons or tabs, in UTF-8 or as what Excel calls Unicode text.
type recipients struct {
	r       *csv.Reader
	columns []string
	phone   int // which of them holds the recipient
	row     int // of the last record, from 1, the heading not counted
}

// openSheet reads the heading row.
func openSheet(file io.Reader) (*recipients, error) {
	r := bufio.NewReaderSize(&bounded{r: file, left: MaxFile}, headRoom)
	start, err := r.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		r = bufio.NewReaderSize(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r), headRoom)
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		r.Discard(3)
	}
	head, err := r.Peek(headRoom)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(err)
	}
	separator, skip := separatorOf(head)
	r.Discard(skip)
	s := &recipients{r: csv.NewReader(&sparse{r: r, separator: separator})}
	s.r.Comma = rune(separator)
	s.r.FieldsPerRecord = -1
	s.r.ReuseRecord = true
	return s, s.heading()
}

// separatorOf finds what stands between the cells, as the first line says or
// by what there is most of in the heading, and how many octets come before it.
func separatorOf(head []byte) (separator byte, skip int) {
	if line, _, ok := bytes.Cut(head, []byte("\n")); ok { // Excel writes sep=; there
		if rest, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("sep=")); ok && len(rest) == 1 && strings.ContainsAny(string(rest), ",;\t") {
			return rest[0], len(line) + 1
		}
	}
	counts := map[byte]int{}
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\n' && len(counts) > 0 {
			break
		}
		if c == ',' || c == ';' || c == '\t' {
			counts[c]++
		}
		if c == '\n' {
			break
		}
	}
	separator = ','
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[separator] {
			separator = c
		}
	}
	return separator, 0
}

// heading reads the names of the columns and finds the recipients' one.
func (s *recipients) heading() error {
	record, err := s.r.Read()
	switch {
	case errors.Is(err, io.EOF):
		return wirechief.InvalidField("file", "the file is empty; it needs a heading row with a column %q, and rows", phoneColumns[0])
	case err != nil:
		return unreadable(err)
	case len(record) > maxColumns:
		return wirechief.InvalidField("file", "the file has %d columns; at most %d are taken", len(record), maxColumns)
	}
	s.columns = make([]string, len(record))
	for i, name := range record {
		if !utf8.ValidString(name) {
			return notUTF8()
		}
		s.columns[i] = clean(name)
	}
	s.phone = -1
	for _, name := range phoneColumns {
		if s.phone = columnOf(name, s.columns); s.phone >= 0 {
			break
		}
	}
	if s.phone < 0 {
		return wirechief.InvalidField("file", "the first row has to name the columns, and one of them has to be called %s; there are %s",
			strings.Join(phoneColumns[:], " or "), listed(s.columns))
	}
	for i, name := range s.columns {
		if name != "" && slices.Index(s.columns, name) < i {
			return wirechief.InvalidField("file", "two columns are called %s", short(name))
		}
	}
	return nil
}

// next reads a row into cells, which are good until the next call. Bad says what
// is wrong with the row alone; io.EOF ends the file, and any other error is about
// the whole of it. Rows without anything are left out.
func (s *recipients) next() (cells []string, bad string, err error) {
	for {
		record, err := s.r.Read()
		if errors.Is(err, io.EOF) {
			return nil, "", io.EOF
		}
		s.row++
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, quoting(broken), nil
		}
		if err != nil {
			return nil, "", unreadable(err)
		}
		filled := 0
		for i := range record {
			if !utf8.ValidString(record[i]) {
				return nil, "", notUTF8()
			}
			if record[i] = clean(record[i]); record[i] != "" {
				filled = i + 1
			}
		}
		switch {
		case filled == 0:
			continue
		case filled > len(s.columns):
			return nil, "the row has more cells than there are columns; a cell with a separator in it needs quotes around it", nil
		case len(record) < len(s.columns):
			return nil, "the row has fewer cells than there are columns", nil
		}
		return record[:len(s.columns)], "", nil
	}
}

func quoting(e *csv.ParseError) string {
	if errors.Is(e, csv.ErrBareQuote) {
		return `a quote within a cell; put quotes around the cell and write "" for it`
	}
	return `quotes that are opened and not closed, or followed by something other than a separator`
}

// clean gives what a cell says: without the space around it, with plain line
// breaks, and without the apostrophe that keeps a spreadsheet from calculating.
func clean(cell string) string {
	cell = strings.TrimSpace(cell)
	if strings.Contains(cell, "\r") {
		cell = strings.ReplaceAll(strings.ReplaceAll(cell, "\r\n", "\n"), "\r", "\n")
	}
	return sheet.Restore(cell)
}

func notUTF8() error {
	return wirechief.InvalidField("file", "the file is not UTF-8; save it as “CSV UTF-8”, or letters would be garbled")
}

// errTooLarge and errTooWide end the reading of a file.
var (
	errTooLarge = wirechief.InvalidField("file", "the file has more than %d MB", MaxFile>>20)
	errTooWide  = wirechief.InvalidField("file", "the file has more than %d cells", maxCells)
)

// unreadable says why a file cannot be read at all.
func unreadable(err error) error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		return e
	}
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		return wirechief.InvalidField("file", "the heading row cannot be read: %s", quoting(broken))
	}
	return &wirechief.Error{Kind: wirechief.Invalid, Field: "file", Message: "the file broke off while it was read", Err: err}
}

// bounded ends a file that is too large with an error.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// sparse ends a file of too many cells with an error.
type sparse struct {
	r         io.Reader
	separator byte
	seen      int
}

func (s *sparse) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if s.seen += bytes.Count(p[:n], []byte{s.separator}); s.seen > maxCells {
		return 0, errTooWide
	}
	return n, err
}
