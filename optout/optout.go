package optout

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Kind is what a word asks for.
type Kind uint8

// The kinds.
const (
	None  Kind = iota // the text is no word
	Stop              // no more texts
	Start             // texts again
	Help              // who are you, and how does this end
	Yes               // texts again, from whoever is out; nothing else
)

// Word is a text that is a word of ours.
type Word struct {
	Text     string // as [Fold] leaves it: what the ledger keeps
	Kind     Kind
	Language string // in which it is answered, ISO 639-1
}

// English is the language of whoever has no other.
const English = "en"

// longest is the greatest length in octets of a text that is looked at: the
// words are far shorter, and blanks around them may be many but not endless.
const longest = 512

// longestWord is the greatest length in octets of a word, accents included.
const longestWord = 32

type meaning struct {
	kind     Kind
	language string
}

// index finds the meanings of a word in all languages.
var index = indexed()

func indexed() map[string][]meaning {
	all := make(map[string][]meaning, 200)
	for _, g := range append(slices.Clone(groups), everywhere) {
		for _, list := range []struct {
			kind  Kind
			words []string
		}{{Stop, g.stop}, {Start, g.start}, {Help, g.help}, {Yes, g.yes}} {
			for _, w := range list.words {
				all[w] = append(all[w], meaning{list.kind, g.language})
			}
		}
	}
	return all
}

// Find says which word a text is among those of the languages that count, and
// false when it is none. The languages are asked for only when the text is a
// word in any language at all: nearly no text is, and that costs next to nothing.
func Find(text string, languages func() []string) (Word, bool) {
	word := Fold(text)
	meanings := index[word]
	if len(meanings) == 0 {
		return Word{}, false
	}
	counting := languages()
	for _, m := range meanings {
		if m.language == "" { // the networks' own: answered in the main language
			first := English
			if len(counting) > 0 {
				first = counting[0]
			}
			return Word{word, m.kind, first}, true
		}
	}
	for _, l := range counting {
		for _, m := range meanings {
			if m.language == l {
				return Word{word, m.kind, l}, true
			}
		}
	}
	return Word{}, false
}

// Candidate gives the word that a text is in any language, "" when it is none.
func Candidate(text string) string {
	word := Fold(text)
	if len(index[word]) == 0 {
		return ""
	}
	return word
}

// Fold brings a text into the form in which words are compared: capitals
// without accents, without blanks or quotation marks around and without closing
// full stops or exclamation marks. A text that is too long to be a word gives "".
func Fold(text string) string {
	if len(text) > longest {
		return ""
	}
	word := strings.TrimFunc(text, isAround)
	word = strings.TrimRightFunc(word, func(r rune) bool { return r == '.' || r == '!' || isAround(r) })
	if len(word) > longestWord {
		return ""
	}
	for i := range len(word) {
		if word[i] >= 0x80 {
			return unaccented(word)
		}
	}
	return strings.ToUpper(word)
}

// isAround says whether a character may stand around a word without changing
// it: blanks, quotation marks, and what is not seen at all.
func isAround(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("\"'`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a", r)
}

// unaccented takes the accents off and spells out what is a letter of its own.
func unaccented(word string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(word) {
		switch r = unicode.ToUpper(r); {
		case unicode.Is(unicode.Mn, r):
		case r == 'Ł':
			b.WriteByte('L')
		case r == 'Ø':
			b.WriteByte('O')
		case r == 'Æ':
			b.WriteString("AE")
		case r == 'ß' || r == 'ẞ':
			b.WriteString("SS")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Languages lists the languages that are known.
func Languages() []string {
	out := make([]string, len(groups))
	for i, g := range groups {
		out[i] = g.language
	}
	return out
}

// LanguagesOf gives the languages that count for numbers of a country (ISO
// 3166-1 alpha-2, "" where it is not known), the main one first.
func LanguagesOf(country string) []string {
	list := spoken[country]
	if slices.Contains(list, English) {
		return slices.Clone(list)
	}
	return append(slices.Clone(list), English)
}
