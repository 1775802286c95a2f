package sqlite

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wordRunes is how much of a word counts: what is longer is found by its beginning.
const wordRunes = 40

// wordsOf parts a text into what it is searched by: runs of letters, digits and
// marks, without case and accents. Emoji, and signs of scripts that put no
// blanks between words, are words of their own. The rest, controls and marks of direction
// included, parts words and means nothing.
func wordsOf(text string) []string {
	var out []string
	var word strings.Builder
	runes := 0
	end := func() {
		if runes > 0 {
			out = append(out, word.String())
		}
		word.Reset()
		runes = 0
	}
	if !isASCII(text) {
		text = norm.NFKD.String(text)
	}
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			} else if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
				end()
				continue
			}
		case r >= 0x0300 && r <= 0x036f: // an accent
			continue
		case r == utf8.RuneError:
			end()
			continue
		case unicode.IsSymbol(r) && r > 0x2000, unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			end()
			word.WriteRune(r)
			runes = 1
			end()
			continue
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			r = unicode.ToLower(r)
		case r == 0x200d || r == 0xfe0f: // join emoji
			continue
		default:
			end()
			continue
		}
		if runes++; runes <= wordRunes {
			word.WriteRune(r)
		}
	}
	end()
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hasAll says whether each of the wanted words begins a word of the text.
func hasAll(text string, wanted []string) bool {
	there := wordsOf(text)
	for _, w := range wanted {
		found := false
		for _, t := range there {
			if found = strings.HasPrefix(t, w); found {
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// numberMark begins the word that stands for our number of a message. It is of
// private use: no word of a text begins so.
const numberMark = "\ue000"

// matching is the query of the index for messages that have the words.
// Everything in it is a quoted word, in which nothing has a meaning.
func matching(wanted []string, number string) string {
	var b strings.Builder
	for i, w := range wanted {
		if i == matchMost {
			break
		}
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(`"` + w + `"*`)
	}
	if number != "" {
		b.WriteString(` AND "` + numberWord(number) + `"`)
	}
	return b.String()
}

// matchMost is how many words the index is asked for; the texts that it finds
// are looked at for the rest.
const matchMost = 12

// numberWord is the word for a number of ours or a name that texts are from.
func numberWord(number string) string { return numberMark + strings.Join(wordsOf(number), "") }
