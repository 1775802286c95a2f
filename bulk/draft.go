package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

const (
	maxName = 255    // characters
	maxRate = 10_000 // texts a second
	maxTo   = 64     // octets that are kept of a recipient that is no number
	// putMost is how many rows of a new draft are put in one commit, so that
	// messages get in between.
	putMost = 2_000
)

// Request asks for a draft.
type Request struct {
	Name     string        // for people; empty: the first words of the text
	From     string        // a number of the tenant, or a name
	Text     string        // with fields of the file: {{first_name}}
	File     io.Reader     // CSV with a heading row; the recipients in to, phone or number
	At       time.Time     // not before; zero: at once, when it is started
	Rate     float64       // texts a second at most; 0: as fast as they are accepted
	Validity time.Duration // of each text; 0: the usual
}

// Row is a row with what follows from its text.
type Row struct {
	wirechief.BulkRow
	Encoding  string `json:"encoding,omitempty"`  // "GSM-7" or "UCS-2"; empty: there is no text
	Character string `json:"character,omitempty"` // the first that makes it UCS-2
}

// Draft reads a file and shows what would come of it: all of its rows, the bad
// ones with what is wrong, those that a rule would refuse just now with its
// words in Error. Nothing is sent; the draft is kept until it is launched or
// canceled. An error is about the request or the file as a whole, and then
// nothing is kept.
func (o *Office) Draft(ctx context.Context, p wirechief.Principal, q Request) (*wirechief.Bulk, []Row, error) {
	const op = "bulk.draft"
	if err := allow(op, p); err != nil {
		return nil, nil, err
	}
	b, rows, err := o.draft(ctx, p, &q)
	if err == nil {
		err = o.keep(ctx, b, rows)
	}
	if err != nil {
		if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Op == "" {
			named := *e
			named.Op = op
			err = &named
		}
		return nil, nil, err
	}
	return b, rows, nil
}

func (o *Office) draft(ctx context.Context, p wirechief.Principal, q *Request) (*wirechief.Bulk, []Row, error) {
	q.Text = strings.ReplaceAll(q.Text, "\r\n", "\n") // as forms send it
	if err := q.judge(); err != nil {
		return nil, nil, err
	}
	b := &wirechief.Bulk{
		Tenant: p.Tenant, Name: strings.TrimSpace(q.Name), From: strings.TrimSpace(q.From), Text: q.Text,
		State: wirechief.BulkDraft, At: q.At.UTC(), Rate: q.Rate, By: p.Name, CreatedAt: o.Now(),
	}
	if q.At.IsZero() {
		b.At = time.Time{}
	}
	if !e164.IsAlphanumeric(b.From) {
		n, err := e164.Parse(b.From, "")
		if err != nil {
			return nil, nil, wirechief.InvalidField("from", "it is %s", wirechief.MessageOf(err))
		}
		b.From = n
	}
	if q.Validity > 0 {
		b.Validity = q.Validity.String()
	}
	if b.Name == "" {
		b.Name = short(strings.Join(strings.Fields(q.Text), " "))
	}
	preview, err := o.Judge.PreviewSend(ctx, wirechief.SendRequest{
		Tenant: b.Tenant, Dialect: wirechief.DialectOwn, From: b.From, At: b.At, Validity: q.Validity, Agent: b.By,
	})
	if err != nil {
		return nil, nil, err
	}
	file, err := openSheet(q.File)
	if err != nil {
		return nil, nil, err
	}
	t, err := parseTemplate(q.Text, file.columns)
	if err != nil {
		return nil, nil, err
	}
	rows, err := judgeRows(ctx, b, file, t, preview)
	return b, rows, err
}

// judge looks at what is not the exchange's to say.
func (q *Request) judge() error {
	switch {
	case !utf8.ValidString(q.Name) || strings.ContainsFunc(q.Name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return wirechief.InvalidField("name", "the name has a control character in it")
	case utf8.RuneCountInString(q.Name) > maxName:
		return wirechief.InvalidField("name", "the name has more than %d characters", maxName)
	case strings.TrimSpace(q.From) == "":
		return wirechief.InvalidField("from", "say which of your numbers it is from")
	case !utf8.ValidString(q.Text) || strings.ContainsRune(q.Text, 0):
		return wirechief.InvalidField("text", "the text holds a NUL or is not valid UTF-8")
	case math.IsNaN(q.Rate) || q.Rate < 0 || q.Rate > maxRate:
		return wirechief.InvalidField("rate", "the rate is texts a second, up to %d; 0 for no limit", maxRate)
	case q.Rate > 0 && q.Rate < 0.001:
		return wirechief.InvalidField("rate", "less than one text in a quarter of an hour is no rate; 0.001 is the least")
	case q.File == nil:
		return wirechief.InvalidField("file", "there is no file")
	}
	return nil
}

// judgeRows reads all rows and counts.
func judgeRows(ctx context.Context, b *wirechief.Bulk, s *recipients, t template, preview func(to, text string) wirechief.Preview) ([]Row, error) {
	var rows []Row
	first := make(map[string]int) // row of each number
	for {
		cells, bad, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(rows) == MaxRows {
			return nil, wirechief.InvalidField("file", "the file has more than %d rows; send it in parts", MaxRows)
		}
		if len(rows)%1000 == 999 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		row := Row{BulkRow: wirechief.BulkRow{Seq: s.row, State: wirechief.RowBad, Error: bad}}
		if bad == "" {
			judgeRow(b, &row, cells[s.phone], t.fill(cells), first, preview)
		}
		if row.State == wirechief.RowBad {
			b.Bad++
		}
		rows = append(rows, row)
	}
	if b.Rows = len(rows); b.Rows == 0 {
		return nil, wirechief.InvalidField("file", "there are no rows below the heading")
	}
	return rows, nil
}

// judgeRow says of one row whether it can be sent, and what it takes.
func judgeRow(b *wirechief.Bulk, row *Row, cell, text string, first map[string]int, preview func(to, text string) wirechief.Preview) {
	to, err := number(cell)
	if err != nil {
		row.To, row.Error = strings.ToValidUTF8(cell[:min(len(cell), maxTo)], ""), wirechief.MessageOf(err)
		return
	}
	row.To = to
	if earlier, again := first[to]; again {
		row.Error = fmt.Sprintf("the same number as row %d", earlier)
		return
	}
	first[to] = row.Seq
	if strings.TrimSpace(text) == "" {
		row.Error = "nothing is left of the text once the fields are filled in"
		return
	}
	if len(text) >= maxFilled-utf8.UTFMax { // it may have been cut
		row.Error = "the text is longer than the 10 segments that are sent"
		return
	}
	v := preview(to, text)
	row.Text, row.Encoding, row.Character, row.Segments = text, v.Encoding, v.Character, v.Segments
	switch v.Rule {
	case wirechief.RuleNone:
		if v.Refusal != "" {
			row.Error = v.Refusal
			return
		}
		b.Segments += v.Segments
		b.Cost += v.Cost
		if v.Character != "" {
			if b.Unicode++; b.Unicode == 1 {
				b.Character = v.Character
			}
		}
	case wirechief.RuleOptOut, wirechief.RuleSuppressed, wirechief.RuleBlocked:
		// It is judged again when its turn comes; the person may have thought
		// better of it.
		b.Suppressed++
		row.Error = v.Refusal
	default:
		row.Error = v.Refusal
		return
	}
	row.State = wirechief.RowReady
}

// keep keeps a draft, some rows at a time. Until the last are there it is
// canceled: after a crash nobody can launch half a file.
func (o *Office) keep(ctx context.Context, b *wirechief.Bulk, rows []Row) error {
	b.ID = o.IDs.Next()
	for len(rows) > 0 {
		n := min(putMost, len(rows))
		part := make([]wirechief.BulkRow, n)
		for i := range part {
			part[i] = rows[i].BulkRow
		}
		put := *b
		if rows = rows[n:]; len(rows) > 0 {
			put.State = wirechief.BulkCanceled
		}
		if err := o.put(ctx, &put, part); err != nil {
			return err
		}
	}
	return nil
}
