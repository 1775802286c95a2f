package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a file, an environment variable or a flag.
type Problem struct {
	Where   string // "wirechief.yaml", or the name of a variable or flag
	Line    int    // in the file, from 1; 0: none in particular
	Key     string // path of the key, "carriers[0].port"; empty: none in particular
	Message string // what is wrong and what is allowed
}

// Error gives the problem as "file:line: key: message".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Where)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Key != "" {
		b.WriteString(": " + p.Key)
	}
	b.WriteString(": " + p.Message)
	return b.String()
}

// Problems is everything wrong with a file, in the order of its lines.
type Problems []Problem

// maxShown bounds a message: after so many mistakes people start again.
const maxShown = 50

// Error gives one problem a line.
func (p Problems) Error() string {
	var b strings.Builder
	for i, problem := range p {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == maxShown {
			fmt.Fprintf(&b, "and %d more", len(p)-i)
			break
		}
		b.WriteString(problem.Error())
	}
	return b.String()
}

// sorted puts what has a line in the order of the lines, after what has none.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(min(a.Line, 1), min(b.Line, 1)), cmp.Compare(a.Where, b.Where), cmp.Compare(a.Line, b.Line))
	})
	return p
}

// nearest gives the known word that the given one was probably meant to be,
// empty when none is close.
func nearest(given string, known []string) string {
	best, distance := "", len(given)/3+1
	for _, k := range known {
		if d := edits(strings.ToLower(given), k); d <= distance && (best == "" || d < distance) {
			best, distance = k, d
		}
	}
	return best
}

// edits is how many characters have to be changed, added or removed to get
// from one word to the other (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}
