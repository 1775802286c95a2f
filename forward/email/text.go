package email

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The isolates of the bidirectional algorithm (Unicode Standard Annex 9).
const (
	firstStrongIsolate = '\u2068'
	popIsolate         = '\u2069'
)

// plain makes a text of a stranger inert: line ends are \n, other control
// characters are shown as what cannot be shown, and what changes the direction
// of writing ends with its line.
func plain(s string) string {
	calm := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			calm = false
			break
		}
	}
	if calm {
		return s
	}
	s = clean(s, utf8.RuneError)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = isolate(line)
	}
	return strings.Join(lines, "\n")
}

// clean makes all line ends \n, and puts something else in place of other
// control characters; -1 drops them.
func clean(s string, instead rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return instead
		}
		return r
	}, lineEnds.Replace(strings.ToValidUTF8(s, "\uFFFD")))
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n")

// oneLine is plain without line ends, for what has to stay on its line.
func oneLine(s string) string {
	return strings.Join(strings.Fields(plain(s)), " ")
}

// isolate keeps a line that has another direction of writing, or marks that
// change it, from touching what stands around it. Marks that end more than the
// line began are dropped, for they would end the isolation itself.
func isolate(line string) string {
	turns := false
	for _, r := range line {
		if turns = r >= 0x0590 && (isDirection(r) || unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)); turns {
			break
		}
	}
	if !turns {
		return line
	}
	var b strings.Builder
	b.WriteRune(firstStrongIsolate)
	open := 0
	for _, r := range line {
		switch r {
		case '\u2066', '\u2067', firstStrongIsolate:
			open++
		case popIsolate:
			if open == 0 {
				continue
			}
			open--
		}
		b.WriteRune(r)
	}
	for range open + 1 { // embeddings and overrides end with the isolate around them
		b.WriteRune(popIsolate)
	}
	return b.String()
}

// isDirection says whether a character is a mark of the bidirectional algorithm.
func isDirection(r rune) bool {
	return r == '\u061c' || r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// headerText is a text for a header field: one line, and no marks of direction,
// which would turn the rest of the list that a mail client shows.
func headerText(s string) string {
	s = strings.Map(func(r rune) rune {
		if isDirection(r) {
			return -1
		}
		return r
	}, plain(s))
	return strings.Join(strings.Fields(s), " ")
}
