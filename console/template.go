package console

import (
	"embed"
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

//go:embed template
var templateFiles embed.FS

// parse reads all templates into one set: a set for each page would keep a copy
// of every part for each. The content of a page is called "page/" and its name.
func (c *Console) parse() (*template.Template, error) {
	return template.New("").Funcs(c.functions()).ParseFS(templateFiles, "template/*.html", "template/part/*.html")
}

// functions are what templates may call beside the methods of their page.
func (c *Console) functions() template.FuncMap {
	return template.FuncMap{
		"asset":   c.static.path,
		"icon":    icon,
		"when":    when,
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"phone":   e164.Display,
		"plain":   plain,
		"list":    func(items ...any) []any { return items },
		"dict":    dict,
		"join":    func(list []string) string { return strings.Join(list, ", ") },
		"initial": initial,
		"plural":  plural,
		"words":   func(s any) string { return strings.ReplaceAll(fmt.Sprint(s), "_", " ") },
		"money":   func(m wirechief.Money) string { return m.String() },
		"kb":      size,
	}
}

// when is a time as people read it, in UTC; a module writes it anew in the zone
// of the browser.
func when(t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s UTC">%s</time>`,
		t.Format(time.RFC3339), t.Format("2006-01-02 15:04:05"), t.Format("2 Jan 15:04")))
}

// plain shows what cannot be seen: control characters and marks that turn the
// direction of text. Line ends stay.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20:
			return 0x2400 + r // control pictures
		case r == 0x7f:
			return 0x2421
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
			return '\uFFFD'
		case unicode.Is(unicode.Cc, r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// dict makes a map for a part that wants several values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict wants pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict wants names, not %v", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// initial is the letter in the round beside a name.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "#"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}
