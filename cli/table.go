package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"golang.org/x/term"
)

const (
	gap       = 2  // columns of letters between two columns of a table
	leastLast = 16 // letters of its last column that a table keeps before it gives others up
)

// table sets rows in columns. On a terminal it is made to fit: columns that say
// the same of all rows or the least are left out, and the last one is cut. What
// reads a pipe gets everything.
type table struct {
	w        io.Writer
	width    int      // letters that fit; 0: any number
	columns  []string // their heads
	rows     [][]string
	less     []string // heads of those that can be left out, the first of them first
	constant string   // head of one that is left out when all rows say the same
}

func newTable(w io.Writer, columns ...string) *table {
	return &table{w: w, width: terminalWidth(w), columns: columns}
}

// leaveOut names the columns that a narrow terminal does without, the least
// important first.
func (t *table) leaveOut(columns ...string) *table {
	t.less = columns
	return t
}

// unlessSeveral names a column that people see only when rows differ in it: the
// tenant, which for the token of a tenant is always its own.
func (t *table) unlessSeveral(column string) *table {
	t.constant = column
	return t
}

// whole has nothing left out or cut: lines that are too long go on below.
func (t *table) whole() *table {
	t.width = 0
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		if c == "" {
			cells[i] = "-"
		}
	}
	t.rows = append(t.rows, cells)
}

func (t *table) flush() {
	if t.width > 0 {
		t.fit()
	}
	w := tabwriter.NewWriter(t.w, 0, 0, gap, ' ', 0)
	fmt.Fprintln(w, strings.Join(t.columns, "\t"))
	for _, r := range t.rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	w.Flush()
}

func (t *table) fit() {
	if i := slices.Index(t.columns, t.constant); i >= 0 && !slices.ContainsFunc(t.rows, func(r []string) bool { return r[i] != t.rows[0][i] }) {
		t.remove(i)
	}
	for _, head := range t.less {
		if i := slices.Index(t.columns, head); i >= 0 && t.spare(min(leastLast, t.widthOf(len(t.columns)-1))) < 0 {
			t.remove(i)
		}
	}
	last := len(t.columns) - 1
	room := max(t.spare(0), utf8.RuneCountInString(t.columns[last]))
	for _, r := range t.rows {
		r[last] = oneLine(r[last], room)
	}
}

// spare is how many letters are left over beside a last column of the width;
// below 0 so many are wanting.
func (t *table) spare(last int) int {
	left := t.width - last
	for i := range len(t.columns) - 1 {
		left -= t.widthOf(i) + gap
	}
	return left
}

func (t *table) widthOf(column int) int {
	most := utf8.RuneCountInString(t.columns[column])
	for _, r := range t.rows {
		most = max(most, utf8.RuneCountInString(r[column]))
	}
	return most
}

func (t *table) remove(column int) {
	t.columns = slices.Delete(t.columns, column, column+1)
	for i, r := range t.rows {
		t.rows[i] = slices.Delete(r, column, column+1)
	}
}

// terminalWidth is how many letters a line of the terminal takes, 0 for what is
// none.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return 80 // as terminals are that do not say
	}
	return width
}
