package wirechief

import (
	"strings"
	"testing"
)

func TestIsMailAddress(t *testing.T) {
	for s, want := range map[string]bool{
		"ann@acme.test": true, "a+b.c_d@mail.acme.test": true, "o'hara@acme.test": true, "desk@bücher.test": true,
		strings.Repeat("a", 64) + "@acme.test": true,
		strings.Repeat("a", 65) + "@acme.test": false,
		"":                                     false, "ann": false, "@acme.test": false, "ann@": false, "ann@acme": false, "a..b@acme.test": false, ".a@acme.test": false, "a.@acme.test": false,
		"a@[127.0.0.1]": false, "ü@acme.test": false, "a b@acme.test": false, "a@acme.test\r\nBcc: x@y.test": false, "a@b@acme.test": false,
		"a@-acme.test": false, "a@acme..test": false, `"a"@acme.test`: false, "<a@acme.test>": false,
	} {
		if got := IsMailAddress(s); got != want {
			t.Errorf("IsMailAddress(%q) = %v", s, got)
		}
	}
}
