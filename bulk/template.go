package bulk

import (
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// maxTemplate bounds the text with its fields, in octets.
const maxTemplate = 10_000

// maxFilled is more octets than ten segments can hold in any alphabet: 1,530
// characters of the GSM alphabet have two octets at most, 670 words of UCS-2
// three each. What is longer is cut and refused without looking further.
const maxFilled = 4_000

// template is a text with fields of a file, cut at them.
type template []piece

// piece is a literal, or the field of a column.
type piece struct {
	literal string
	column  int // -1: literal
}

// parseTemplate cuts a text at its fields, {{column}}. Names are compared as
// they are, and then in any case; space around them does not count.
func parseTemplate(text string, columns []string) (template, error) {
	if len(text) > maxTemplate {
		return nil, wirechief.InvalidField("text", "the text has more than %d characters", maxTemplate)
	}
	if strings.TrimSpace(text) == "" {
		return nil, wirechief.InvalidField("text", "there is no text")
	}
	var t template
	for {
		before, rest, field := strings.Cut(text, "{{")
		if before != "" {
			t = append(t, piece{before, -1})
		}
		if !field {
			return t, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return nil, wirechief.InvalidField("text", "a field is opened with {{ and not closed with }}: {{%s", short(rest))
		}
		name = strings.TrimSpace(name)
		column := columnOf(name, columns)
		if column < 0 {
			return nil, wirechief.InvalidField("text", "the file has no column {{%s}}; it has %s", short(name), listed(columns))
		}
		t = append(t, piece{"", column})
		text = after
	}
}

// columnOf finds a column by its name, -1 when there is none.
func columnOf(name string, columns []string) int {
	if name == "" {
		return -1
	}
	if i := slices.Index(columns, name); i >= 0 {
		return i
	}
	return slices.IndexFunc(columns, func(c string) bool { return strings.EqualFold(c, name) })
}

// listed names the columns that a text can use.
func listed(columns []string) string {
	const most = 30
	var b strings.Builder
	n := 0
	for _, c := range columns {
		if c == "" {
			continue
		}
		if n == most {
			b.WriteString(", …")
			break
		}
		if n > 0 {
			b.WriteString(", ")
		}
		b.WriteString("{{" + short(c) + "}}")
		n++
	}
	return b.String()
}

// fill puts the cells of a row in. It stops when there is more than can be sent.
func (t template) fill(cells []string) string {
	if len(t) == 1 && t[0].column < 0 {
		return t[0].literal
	}
	var b strings.Builder
	for _, p := range t {
		s := p.literal
		if p.column >= 0 {
			s = cells[p.column]
		}
		if b.Len()+len(s) > maxFilled {
			b.WriteString(s[:maxFilled-b.Len()])
			break
		}
		b.WriteString(s)
	}
	return strings.ToValidUTF8(b.String(), "") // it may have been cut within a character
}

// short cuts what is quoted back to a person.
func short(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}
