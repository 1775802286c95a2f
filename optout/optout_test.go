package optout

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wirechief/wirechief/gsm"
)

// A text is a word only when it is all of it.
func TestFind(t *testing.T) {
	us, de, es := []string{"en", "es"}, []string{"de", "en"}, []string{"es"}
	for _, tt := range []struct {
		text      string
		languages []string
		kind      Kind
		language  string
	}{
		{"STOP", us, Stop, "en"},
		{"stop", us, Stop, "en"},
		{" \t Stop \r\n", us, Stop, "en"},
		{"STOP.", us, Stop, "en"},
		{"Stop !", us, Stop, "en"},
		{"ＳＴＯＰ", us, Stop, "en"},
		{"STOPALL", us, Stop, "en"},
		{"opt out", us, Stop, "en"},
		{"OPT-OUT", us, Stop, "en"},
		{"quit", us, Stop, "en"},
		{"Alto", us, Stop, "es"},
		{"No más", us, Stop, "es"},
		{"start", us, Start, "en"},
		{"Unstop", us, Start, "en"},
		{"yes", us, Yes, "en"},
		{"sí", us, Yes, "es"},
		{"Help", us, Help, "en"},
		{"info", us, Help, "en"},
		{"AYUDA!", us, Help, "es"},
		{"STOP", de, Stop, "de"},
		{"kündigen", de, Stop, "de"},
		{"Hilfe", de, Help, "de"},
		{"Hilfe", us, None, ""},
		{"STOP", es, Stop, "es"},
		{"START", es, Start, "es"},
		{"HELP", es, Help, "es"},
		{"UNSUBSCRIBE", es, None, ""}, // the tenant said Spanish alone
		{"STOP", nil, Stop, "en"},
		{"arrêt", []string{"fr"}, Stop, "fr"},
		{"wznów", []string{"pl"}, Start, "pl"},
		{"hjælp", []string{"da"}, Help, "da"},
		{"İPTAL", []string{"tr"}, Stop, "tr"},
		{"STOP 12345", us, None, ""},
		{"please stop", us, None, ""},
		{"STOP..", us, Stop, "en"},
		{"STOP!! ", us, Stop, "en"},
		{"STOP . !", us, Stop, "en"},
		{"STOP\u200b", us, Stop, "en"},
		{"\u201cStop\u201d.", us, Stop, "en"},
		{"\"STOP!\"", us, Stop, "en"},
		{"STOP?", us, None, ""},
		{"\"STOP\"", us, Stop, "en"},
		{"\"STOP\" he said", us, None, ""},
		{"!!", us, None, ""},
		{"OPT  OUT", us, None, ""},
		{"STO P", us, None, ""},
		{"", us, None, ""},
		{".", us, None, ""},
		{"END" + strings.Repeat(" ", 600), us, None, ""}, // too long to be looked at
	} {
		t.Run(tt.text, func(t *testing.T) {
			w, ok := Find(tt.text, func() []string { return tt.languages })
			if w.Kind != tt.kind || w.Language != tt.language || ok != (tt.kind != None) {
				t.Errorf("%+v %t, want kind %d in %q", w, ok, tt.kind, tt.language)
			}
		})
	}
}

// Languages are asked for only when a text is a word in one of them.
func TestFindIsLazy(t *testing.T) {
	Find("The table is booked.", func() []string {
		t.Error("asked")
		return nil
	})
	if n := testing.AllocsPerRun(100, func() {
		Find("Your table is booked for eight o'clock tonight, see you", func() []string { return nil })
	}); n > 0 {
		t.Errorf("%v allocations for a text that is no word", n)
	}
}

func TestLanguagesOf(t *testing.T) {
	for country, want := range map[string]string{
		"US": "en es", "CA": "en fr", "DE": "de en", "BE": "nl fr de en", "AU": "en", "": "en", "JP": "en",
	} {
		if got := strings.Join(LanguagesOf(country), " "); got != want {
			t.Errorf("%q: %s, want %s", country, got, want)
		}
	}
}

// The tables are written as texts are compared, each word has one meaning in a
// language, every language has all it needs, and countries name known ones.
func TestTheTables(t *testing.T) {
	for _, g := range groups {
		seen := map[string]bool{}
		for _, list := range [][]string{g.stop, g.start, g.help, g.yes} {
			if len(list) == 0 {
				t.Errorf("%s lacks words", g.language)
			}
			for _, w := range list {
				if Fold(w) != w || len(w) > longestWord {
					t.Errorf("%s: %q is never found", g.language, w)
				}
				if seen[w] {
					t.Errorf("%s: %q stands twice", g.language, w)
				}
				seen[w] = true
			}
		}
	}
	for country, list := range spoken {
		for _, l := range list {
			if !slices.Contains(Languages(), l) {
				t.Errorf("%s speaks %q, which has no words", country, l)
			}
		}
	}
}

// Answers name the sender, fit into one segment of GSM-7 and are no words
// themselves: two of us would answer each other for ever.
func TestAnswers(t *testing.T) {
	const from = "A name of thirty letters, long"
	for _, l := range Languages() {
		for _, k := range []Kind{Stop, Start, Help, Yes} {
			s := Answer(Word{Kind: k, Language: l}, from)
			if !strings.HasPrefix(s, from) || strings.Contains(s, "{}") {
				t.Errorf("%s: %q", l, s)
			}
			if a := gsm.Analyse(s); a.Segments != 1 || a.Encoding != gsm.GSM7 {
				t.Errorf("%s %d needs %d segments as %s: %q", l, k, a.Segments, a.Encoding, s)
			}
			if Candidate(s) != "" {
				t.Errorf("%q is a word", s)
			}
		}
	}
	if Answer(Word{}, from) != "" {
		t.Error("no word is answered")
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"STOP", " stop. ", "STOP 12345", "más", "\xff\xfe", "İ", "ß!", "ﬀ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, ok := Find(s, Languages)
		if ok != (w.Kind != None) || ok != (Candidate(s) != "") || ok && index[w.Text] == nil {
			t.Errorf("%q: %+v %t", s, w, ok)
		}
		if again, still := Find(w.Text, Languages); ok && (!still || again != w) {
			t.Errorf("%q: %+v, and read again %+v", s, w, again)
		}
		if utf8.ValidString(s) && ok {
			if more, found := Find("x"+s, Languages); found && more.Text == w.Text {
				t.Errorf("%q is as much a word with something before it", s)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Find("Your table is booked for eight o'clock.", func() []string { return nil })
	}
}
