package sheet_test

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief/sheet"
)

func TestDefuse(t *testing.T) {
	for plain, defused := range map[string]string{
		"":                 "",
		"Maria":            "Maria",
		"'Tis":             "'Tis",
		"'":                "'",
		"=1+1":             "'=1+1",
		"+14155550111":     "+14155550111",
		"-1.5":             "-1.5",
		"'+14155550111":    "''+14155550111",
		"+1;+2":            "'+1;+2",
		"+":                "'+",
		"-1+cmd|' /C c'!A": "'-1+cmd|' /C c'!A",
		"@SUM(A1)":         "'@SUM(A1)",
		"\t=1":             "'\t=1",
		"\t1":              "'\t1",
		"\r=1":             "'\r=1",
		"\n=1":             "'\n=1",
		"'=1":              "''=1",
		"''+1":             "'''+1",
		"a=1":              "a=1",
		"1; +141555501":    "1; +141555501",
	} {
		if got := sheet.Defuse(plain); got != defused {
			t.Errorf("Defuse(%q) is %q, want %q", plain, got, defused)
		}
		if got := sheet.Restore(defused); got != plain {
			t.Errorf("Restore(%q) is %q, want %q", defused, got, plain)
		}
	}
	// As people and other programs write it.
	if got := sheet.Restore("'+14155550111"); got != "+14155550111" {
		t.Errorf("a number behind an apostrophe becomes %q", got)
	}
}

func FuzzDefuse(f *testing.F) {
	for _, s := range []string{"", "=1", "'=1", "''", "'+", "\t", "+1", "-", "-.", "'+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := sheet.Defuse(s)
		if d != "" && strings.ContainsAny(d[:1], "=+-@\t\r\n") && strings.Trim(d[1:], "0123456789.") != "" {
			t.Errorf("Defuse(%q) is dangerous: %q", s, d)
		}
		if got := sheet.Restore(d); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	})
}
