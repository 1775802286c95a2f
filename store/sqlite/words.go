package sqlite

import (
	"crypto/sha256"
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

// tagOf is what all words of a tenant begin with in the index: without it a
// search would go through the texts of everybody in the shard. Two tenants may
// have the same, for what is found is looked at.
func tagOf(tenant string) string {
	const signs = "abcdefghijklmnopqrstuvwxyz234567"
	sum := sha256.Sum256([]byte(tenant))
	return string([]byte{signs[sum[0]&31], signs[sum[1]&31], signs[sum[2]&31]})
}

// tagged joins words as the index takes them.
func tagged(tag string, words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(tag)
		b.WriteString(w)
	}
	return b.String()
}

// matching is the query of the index for messages of a tenant that have the
// words. Everything in it is a quoted word, in which nothing has a meaning.
func matching(tenant string, wanted []string, number string) string {
	tag := tagOf(tenant)
	var b strings.Builder
	for i, w := range wanted {
		if i == matchMost {
			break
		}
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(`"` + tag + w + `"*`)
	}
	if number != "" {
		b.WriteString(` AND "` + tag + numberWord(number) + `"`)
	}
	return b.String()
}

// matchMost is how many words the index is asked for; the texts that it finds
// are looked at for the rest.
const matchMost = 12

// numberWord is the word for a number of ours or a name that texts are from.
func numberWord(number string) string { return numberMark + strings.Join(wordsOf(number), "") }
