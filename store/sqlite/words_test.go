package sqlite

import (
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
	}{
		{"", ""},
		{"It's 8 o'clock!", "it|s|8|o|clock"},
		{"CAFÉ cafe\u0301 Ångström", "cafe|cafe|angstrom"},
		{"ПРИВЕТ, мир", "привет|мир"},
		{"हिन्दी में", "हिन्दी|में"},
		{"שָׁלוֹם", "שָׁלוֹם"},
		{"東京駅", "東|京|駅"},
		{"ok👍🏽ok", "ok|👍|🏽|ok"},
		{"ﬁne ½", "fine|1|⁄|2"},
		{"a\x00b\u202ec\u200fd\r\ne", "a|b|c|d|e"},
		{"\xff\xfea", "a"},
		{"\ue000+1310", "1310"},
		{`"AND" OR (NEAR*) {{x}} %0d%0a`, "and|or|near|x|0d|0a"},
		{strings.Repeat("ab", 100), strings.Repeat("ab", wordRunes/2)},
	} {
		if got := strings.Join(wordsOf(c.text), "|"); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

// Whatever is asked for is only words: it never is an error, and a text is
// found by itself, in the index and before it is there.
func FuzzSearch(f *testing.F) {
	for _, seed := range []string{"meeting at nine", `"a" OR b*`, "NEAR(a b, 3)", "words: -x ^y", "\x00\u202e", "東京 😀", "'; --", "{{a}}", "ẞ İ ﬁ", "\xff", "\ue000+1"} {
		f.Add(seed)
	}
	s, err := Open(f.Context(), f.TempDir(), Options{})
	if err != nil {
		f.Fatal(err)
	}
	s.textsRead = 0
	f.Cleanup(func() { s.Close() })
	id := int64(0)
	f.Fuzz(func(t *testing.T, text string) {
		id++
		m := received("acme", id, "+1555", text)
		if _, err := s.Apply(t.Context(), wirechief.Accept{Messages: []*wirechief.Message{m}}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := s.SearchTexts(t.Context(), wirechief.TextSearch{Tenant: "acme", Query: text, Limit: 1})
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if want := len(wordsOf(text)) > 0; want != slices.ContainsFunc(got, func(m *wirechief.Message) bool { return m.ID == id }) {
				t.Fatalf("%q of %q: found %d", text, wordsOf(text), len(got))
			}
			if _, err := s.Apply(t.Context(), flush{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
