package document

import (
	"strings"
	"testing"
)

// A colon that nothing separates from what follows belongs to the word.
func TestColonsInBrackets(t *testing.T) {
	for doc, want := range map[string]string{
		`{allow: [127.0.0.1/32:2790]}`:                "127.0.0.1/32:2790",
		`{allow: [127.0.0.1/32:2790, 10.0.0.0/8]}`:    "127.0.0.1/32:2790 10.0.0.0/8",
		"allow: [127.0.0.1/32:2790]":                  "127.0.0.1/32:2790",
		`{allow: ["[::1]/128:2790", '10.0.0.0/8:1']}`: "[::1]/128:2790 10.0.0.0/8:1",
		`{allow: [a:b:c]}`:                            "a:b:c",
		`{allow: [a: b]}`:                             "<mapping>",
		`{allow: ["a":b]}`:                            "<mapping>",
		`{allow: [{a: 1}]}`:                           "<mapping>",
	} {
		root, err := Parse("doc", []byte(doc))
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		var got []string
		for _, it := range root.Entries[0].Value.Items {
			if it.Kind == Mapping {
				got = append(got, "<mapping>")
			} else {
				got = append(got, it.Text)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s holds %q, not %q", doc, s, want)
		}
	}
}
