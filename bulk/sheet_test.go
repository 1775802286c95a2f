package bulk_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/bulk"
	"github.com/wirechief/wirechief/e164"
)

// utf16 writes a file as what Excel calls Unicode text.
func utf16(t testing.TB, s string) string {
	t.Helper()
	out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFiles(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		want, bad        []string
	}{
		{"plain", "to,name\n+13105551212,Ann\n+13105551213,Bob\n", "Hi {{name}}!", []string{"Hi Ann!", "Hi Bob!"}, nil},
		{"no line break at the end", "to\n+13105551212", "Hi {{to}}", []string{"Hi +13105551212"}, nil},
		{"byte order mark and CRLF", "\xef\xbb\xbfTo,Name\r\n+13105551212,Ann\r\n", "Hi {{name}}", []string{"Hi Ann"}, nil},
		{"semicolons", "phone;name\n+13105551212;Ann, the first\n", "Hi {{name}}", []string{"Hi Ann, the first"}, nil},
		{"tabs", "NUMBER\tname\n+13105551212\tAnn;,\n", "Hi {{name}}", []string{"Hi Ann;,"}, nil},
		{"sep= of Excel", "sep=;\r\nto;name\r\n+13105551212;Ann\r\n", "Hi {{name}}", []string{"Hi Ann"}, nil},
		{"UTF-16 of Excel", utf16(t, "to\tname\r\n+13105551212\tZoë\r\n"), "Hi {{name}}", []string{"Hi Zoë"}, nil},
		{"separators within the heading", "to,\"a;b;c;d\"\n+13105551212,x\n", "{{a;b;c;d}}", []string{"x"}, nil},
		{"quoted line breaks", "to,name\r\n+13105551212,\"Ann\r\nLee \"\"x\"\"\"\r\n", "Hi {{name}}", []string{"Hi Ann\nLee \"x\""}, nil},
		{"formula protection undone", "to,name\n'+13105551212,'=1+1\n", "{{to}} {{name}}", []string{"+13105551212 =1+1"}, nil},
		{"any case and space in fields", "To,First Name\n1,Ann\n", "{{ first name }}/{{First Name}}", []string{"Ann/Ann"}, nil},
		{"cells are trimmed", "to,name\n1,  Ann \u00a0\n", "<{{name}}>", []string{"<Ann>"}, nil},
		{"fields in cells are no fields", "to,name\n1,{{to}}\n", "{{name}}", []string{"{{to}}"}, nil},
		{"rows without anything", "to,name\n,\n\n1,Ann\n , \n", "{{name}}", []string{"Ann"}, nil},
		{"empty cells at the end", "to,name\n1,Ann,,\n", "{{name}}", []string{"Ann"}, nil},
		{
			"too many and too few cells", "to,name\n1,Ann,more\n2\n3,Cy\n", "{{name}}",
			[]string{"Cy"},
			[]string{"the row has more cells than there are columns; a cell with a separator in it needs quotes around it", "the row has fewer cells than there are columns"},
		},
		{
			"quotes", "to,name\n1,A\"nn\n2,Bob\n3,\"Cy\n4,Di\n", "{{name}}",
			[]string{"Bob"},
			[]string{`a quote within a cell; put quotes around the cell and write "" for it`, "quotes that are opened and not closed, or followed by something other than a separator"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			texts, bad, err := bulk.Fill(strings.NewReader(tt.file), tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, texts); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.bad, bad); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFilesRefused(t *testing.T) {
	for _, tt := range []struct{ name, file, text, field, want string }{
		{"empty", "", "Hi", "file", "the file is empty"},
		{"no phone column", "name,tel\nAnn,1\n", "Hi", "file", "called to or phone or number; there are {{name}}, {{tel}}"},
		{"no heading", "+13105551212,Ann\n", "Hi", "file", "called to or phone or number"},
		{"two alike", "to,name,name\n", "Hi", "file", "two columns are called name"},
		{"Latin-1", "to,name\n1,Zo\xeb\n", "Hi", "file", "not UTF-8"},
		{"Latin-1 in the heading", "to,Stra\xdfe\n", "Hi", "file", "not UTF-8"},
		{"broken heading", "to,\"na\"me\n", "Hi", "file", "the heading row cannot be read"},
		{"too large", "to,name\n" + strings.Repeat("1,"+strings.Repeat("x", 1000)+"\n", 21<<10), "Hi", "file", "more than 20 MB"},
		{"too wide", "to,name\n" + strings.Repeat(",", 5_100_000), "Hi", "file", "more than 5000000 cells"},
		{"too many columns", "to" + strings.Repeat(",x", 300), "Hi", "file", "301 columns; at most 200"},
		{"unknown field", "to,name\n1,Ann\n", "Hi {{nmae}}", "text", "the file has no column {{nmae}}; it has {{to}}, {{name}}"},
		{"no field", "to\n1\n", "Hi {{}}", "text", "no column {{}}"},
		{"open field", "to\n1\n", "Hi {{to", "text", "not closed with }}"},
		{"no text", "to\n1\n", " \n", "text", "there is no text"},
		{"long text", "to\n1\n", strings.Repeat("x", 10_001), "text", "more than 10000 characters"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := bulk.Fill(strings.NewReader(tt.file), tt.text)
			wantError(t, err, wirechief.Invalid, "", tt.field)
			if !strings.Contains(wirechief.MessageOf(err), tt.want) {
				t.Errorf("%s", wirechief.MessageOf(err))
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	for cell, want := range map[string]string{
		"+13105551212":                    "+13105551212",
		"13105551212":                     "+13105551212",
		" +1 (310) 555-1212 ":             "+13105551212",
		"1.310.555.1212":                  "+13105551212",
		"(+1) 310 555 1212":               "+13105551212",
		"+44 (0)20 7946 0018":             "+442079460018",
		"44 20 7946 0018":                 "+442079460018",
		"+44\u00a020\u20117946\u20110018": "+442079460018",
		"'+13105551212":                   "+13105551212",
		`="+13105551212"`:                 "+13105551212",
		"4791234567":                      "+4791234567",
	} {
		if got, err := bulk.Number(cell); err != nil || got != want {
			t.Errorf("%q: %q, %v", cell, got, err)
		}
	}
	for cell, want := range map[string]string{
		"":                          "there is no number",
		"  ":                        "there is no number",
		"1-800-FLOWERS":             "has letters",
		"Ann":                       "has letters",
		"1.31056E+10":               "a spreadsheet made an amount",
		"0044 20 7946 0018":         "write + instead of 00",
		"020 7946 0018":             "no country code",
		"310 555 1212":              "write +13105551212, or +3105551212",
		"78701":                     "not a telephone number",
		"+1310555121":               "not a telephone number",
		"+13105551212 x5":           "has letters",
		"+13105551212;+13105551213": "not a telephone number",
		"+":                         "not a telephone number",
		"+1310555\r\n1212":          "not a telephone number",
	} {
		if got, err := bulk.Number(cell); err == nil || !strings.Contains(wirechief.MessageOf(err), want) {
			t.Errorf("%q: %q, %v; want %q", cell, got, err, want)
		}
	}
}

// Whatever comes in, every row is a text in UTF-8 of a bounded length or has a
// reason, and an error is one that a person can read.
func FuzzFile(f *testing.F) {
	f.Add([]byte("to,name\n+13105551212,Ann\n"), "Hi {{name}}")
	f.Add([]byte("\xef\xbb\xbfsep=;\r\nto;name\r\n1;\"a\r\nb\"\r\n"), "{{name}}{{to}}")
	f.Add([]byte("\xff\xfet\x00o\x00\n\x001\x00\n\x00"), "x")
	f.Add([]byte("to\tx\n\"1\t2\n"), "{{x}}{{")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		texts, bad, err := bulk.Fill(bytes.NewReader(file), text)
		if err != nil && (wirechief.KindOf(err) != wirechief.Invalid || !utf8.ValidString(wirechief.MessageOf(err)) && utf8.ValidString(text)) {
			t.Fatalf("%v", err)
		}
		for _, s := range texts {
			if len(s) > 4000 && len(s) > len(text) || utf8.ValidString(text) && !utf8.ValidString(s) {
				t.Fatalf("%d octets: %q", len(s), s)
			}
		}
		for _, s := range bad {
			if s == "" {
				t.Fatal("a bad row without a reason")
			}
		}
	})
}

// A recipient that is taken is one that can be sent to, and stays itself.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"+13105551212", "1 (310) 555-1212", "'+44 (0)20 7946 0018", `="1"`, "1.3E+10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		n, err := bulk.Number(cell)
		if err != nil {
			if wirechief.KindOf(err) != wirechief.Invalid || len(wirechief.MessageOf(err)) > 600 {
				t.Fatalf("%v", err)
			}
			return
		}
		if again, err := bulk.Number(n); !e164.IsNumber(n) || err != nil || again != n {
			t.Fatalf("%q became %q, %q, %v", cell, n, again, err)
		}
	})
}
