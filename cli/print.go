package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

// printJSON prints a value as indented JSON.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// nothingFound says beside an empty table that it is no mistake.
func nothingFound(stdio IO, rows int) {
	if rows == 0 {
		fmt.Fprintln(stdio.Err, "nothing found")
	}
}

// clock writes an instant in the zone of the machine; today's without the date.
func clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.Local()
	if y, m, d := time.Now().Date(); at.Year() == y && at.Month() == m && at.Day() == d {
		return at.Format("15:04:05.000")
	}
	return at.Format("2006-01-02 15:04:05")
}

// date writes an instant to the second in the zone of the machine, with its date.
func date(at time.Time) string { return at.Local().Format(time.DateTime) }

// oneLine shortens a text to fit a column, and shows what would move the cursor.
func oneLine(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
			return '\uFFFD'
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// widthOf is how long the last cell of a row may be: short for people at a
// terminal, whole for whatever reads a pipe.
func widthOf(w io.Writer) int {
	if isTerminal(w) {
		return 200
	}
	return 100_000
}

// isTerminal says whether people watch what is written.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress shows how far something is, on a terminal only.
type progress struct {
	w    io.Writer
	what string
	last time.Time
	any  bool
}

func newProgress(w io.Writer, what string) *progress {
	if !isTerminal(w) {
		w = nil
	}
	return &progress{w: w, what: what}
}

// at says that done of total are done; total 0: not known.
func (p *progress) at(done, total int64, unit func(int64) string) {
	if p.w == nil || time.Since(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.any = time.Now(), true
	if total > 0 {
		fmt.Fprintf(p.w, "\r\x1b[K%s %3d %% (%s of %s)", p.what, done*100/total, unit(done), unit(total))
		return
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s %s", p.what, unit(done))
}

// end takes the line away.
func (p *progress) end() {
	if p.w != nil && p.any {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// octets writes a size for people.
func octets(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
