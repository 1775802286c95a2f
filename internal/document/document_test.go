package document_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/internal/document"
)

type sample struct {
	Name    string           `yaml:"name"`
	Secret  wirechief.Secret `yaml:"secret"`
	URL     string           `yaml:"url"`
	Port    int              `yaml:"port"`
	On      bool             `yaml:"on"`
	Every   time.Duration    `yaml:"every"`
	Balance *wirechief.Money `yaml:"balance"`
	List    []string         `yaml:"list"`
	Inner   struct {
		Deep string `yaml:"deep"`
	} `yaml:"inner"`
	Items []struct {
		ID int64 `yaml:"id"`
	} `yaml:"items"`
	Free any `yaml:"free"`
}

func decode(t *testing.T, text string, into *sample) error {
	t.Helper()
	n, err := document.Parse("f.yaml", []byte(text))
	if err != nil {
		return err
	}
	r := document.NewReader("f.yaml")
	r.Decode(n, "", into)
	return r.Err()
}

func TestScalarsNeedNoQuotes(t *testing.T) {
	for text, want := range map[string]string{
		"name: 4711":           "4711",
		"name: 0815":           "0815",
		"name: off":            "off",
		"name: true":           "true",
		"name: 1.50":           "1.50",
		"name: +13105550123":   "+13105550123",
		"name: '+13105550123'": "+13105550123",
		`name: "a\tb"`:         "a\tb",
		"name: a # comment":    "a",
		"name: |\n  a\n  b\n":  "a\nb\n",
		"name: 0x1F":           "0x1F",
		"name: 2020-01-01":     "2020-01-01",
		"name: ~":              "kept",
		"name:":                "kept",
		"":                     "kept",
		"# nothing\n":          "kept",
		"---\nname: x\n":       "x",
		"{name: x}":            "x",
		"name: 12:30":          "12:30",
		"name: a: b":           "",
	} {
		s := sample{Name: "kept"}
		err := decode(t, text, &s)
		if want == "" {
			if err == nil {
				t.Errorf("%q was read as %q, want an error", text, s.Name)
			}
			continue
		}
		if err != nil || s.Name != want {
			t.Errorf("%q: got %q, %v; want %q", text, s.Name, err, want)
		}
	}
}

func TestEveryMistakeIsTold(t *testing.T) {
	err := decode(t, `name: [a]
nmae: x
port: many
on: yes
every: 5
balance: lots
list: one
inner:
  deep: {a: 1}
  other: 1
items:
  - id: 1
  - x
  - id: 1.5
port: 2
`, new(sample))
	want := `f.yaml:15: the key port is given twice, first in line 3`
	if err == nil || err.Error() != want {
		t.Errorf("duplicates: got %v", err)
	}
	err = decode(t, `name: [a]
nmae: x
port: many
on: yes
every: 5
balance: lots
list: one
inner:
  deep: {a: 1}
  other: 1
items:
  - id: 1
  - x
  - id: 1.5
`, new(sample))
	want = `f.yaml:1: name: a single value is needed here, not a list
f.yaml:2: nmae: unknown key; did you mean name?
f.yaml:3: port: "many" is not a whole number
f.yaml:4: on: "yes" is neither true nor false
f.yaml:5: every: "5" is not a time span such as 500ms, 30s or 24h
f.yaml:6: balance: "lots" is not an amount such as 250.00
f.yaml:7: list: a list is needed here, not a single value
f.yaml:9: inner.deep: a single value is needed here, not a mapping of keys
f.yaml:10: inner.other: unknown key; known here: deep
f.yaml:13: items[1]: a mapping of keys is needed here, not a single value
f.yaml:14: items[2].id: "1.5" is not a whole number`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\n---\nname: y\n":                 "f.yaml:3: a second document begins here",
		"inner: &a {deep: x}\nitems:\n- <<: *a\n": "f.yaml:3: merge keys",
		"name: *nowhere":                          "there is no anchor &nowhere",
		"name: !!binary aGk=":                     "f.yaml:1: tags (!!binary)",
		"a: [":                                    "f.yaml:1: not YAML",
		"\tname: x":                               "f.yaml:1: not YAML",
		strings.Repeat("[", 100_000):              "f.yaml:1: values nest deeper",
		strings.Repeat("- ", 100_000):             "f.yaml:1: values nest deeper",
		"free: " + strings.Repeat("[", 500) + strings.Repeat("]", 500): "values nest deeper",
		"- a\n- b": "f.yaml:1: a mapping of keys is needed here, not a list",
	} {
		err := decode(t, text, new(sample))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", text, err, want)
		}
	}
}

func TestAliases(t *testing.T) {
	var s sample
	if err := decode(t, "list: &l [a, b]\nfree: *l\n", &s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"a", "b"}, s.Free); diff != "" {
		t.Error(diff)
	}
	// Nine levels of ten aliases each would be a billion values.
	bomb := "free:\n- &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("- &a%d [%s]\n", i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
	}
	if err := decode(t, bomb, &s); err == nil || !strings.Contains(err.Error(), "too many values") {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestReportFindsTheNearestLine(t *testing.T) {
	n, err := document.Parse("f.yaml", []byte("name: x\ninner:\n  deep: y\nitems:\n  - id: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	var s sample
	r := document.NewReader("f.yaml")
	r.Decode(n, "", &s)
	r.Report("items[0].name", "is missing")
	r.Report("inner.deep", "is bad")
	r.Report("port", "is missing")
	for path, leaf := range document.Leaves(&s) {
		if path == "inner.deep" {
			r.Set("WIRECHIEF_INNER_DEEP", path, leaf, "z")
		}
	}
	r.Report("inner.deep", "is %s", s.Inner.Deep)
	want := `WIRECHIEF_INNER_DEEP: inner.deep: is z
f.yaml:1: port: is missing
f.yaml:3: inner.deep: is bad
f.yaml:5: items[0].name: is missing`
	if diff := cmp.Diff(want, fmt.Sprint(r.Err())); diff != "" {
		t.Error(diff)
	}
}

func TestWriteHidesSecrets(t *testing.T) {
	var s sample
	if err := decode(t, `
name: x
secret: hunter2
url: postgres://user:hunter2@db.example.test/db
every: 24h
list: ["https://u:hunter2@h.example.test/p@q", "http://u:hunt/er2@h.example.test/", "https://h.example.test/a@b"]
`, &s); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := document.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"secret: set\n", "url: postgres://user:set@db.example.test/db\n", "every: 24h\n",
		"- https://u:set@h.example.test/p@q\n", "- http://set@h.example.test/\n", "- https://h.example.test/a@b\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q in\n%s", want, &b)
		}
	}
	if strings.Contains(b.String(), "hunt") {
		t.Errorf("a secret is printed:\n%s", &b)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name: x\nitems: [{id: 1}]\nfree: &a {b: *a}\n"))
	f.Add([]byte("a: |\n  x\n? b\n: c\n--- \n!!str d: >-\n  e\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := document.Parse("f.yaml", data)
		if err != nil {
			return
		}
		var s sample
		r := document.NewReader("f.yaml")
		r.Decode(n, "", &s)
		if r.Err() == nil {
			if err := document.Write(new(strings.Builder), s); err != nil {
				t.Errorf("what was read cannot be printed: %v", err)
			}
		}
	})
}
