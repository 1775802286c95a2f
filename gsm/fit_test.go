package gsm

import (
	"strings"
	"testing"
)

func TestFit(t *testing.T) {
	for _, c := range []struct {
		name, prefix, text, suffix string
		fits                       bool
	}{
		{"short", "[desk] ", "hello", " (from the desk)", true},
		{"ten segments as they are", "", strings.Repeat("a", 1530), "", true},
		{"ten segments and a prefix", "[desk] ", strings.Repeat("a", 1530), "", false},
		{"UCS-2 by the suffix", "", strings.Repeat("a", 1000), " ж", false},
		{"pairs of surrogates", "", strings.Repeat("😀", 400), "!", false},
	} {
		got, fits := Fit(c.prefix, c.text, c.suffix, 10)
		if fits != c.fits || Analyse(got).Segments > 10 || !strings.HasPrefix(got, c.prefix) || !strings.HasSuffix(got, c.suffix) {
			t.Errorf("%s: %v, %d segments: %.40q…", c.name, fits, Analyse(got).Segments, got)
		}
		if fits != strings.Contains(got, c.text) || !fits && !strings.Contains(got, Cut+c.suffix) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
