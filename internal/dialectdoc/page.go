package dialectdoc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Root is the folder of the module that the working folder is in.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("there is no go.mod here or above")
		}
		dir = up
	}
}

// Pages makes the pages of all dialects of a module.
func Pages(fsys fs.FS) ([]*Page, error) {
	files, err := fs.Glob(fsys, "dialect/*/documented.txt")
	if err != nil {
		return nil, err
	}
	var pages []*Page
	for _, file := range files {
		doc, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		folder := path.Dir(file)
		p, err := Parse(path.Base(folder), file, doc)
		if err != nil {
			return nil, err
		}
		if err := p.Scan(fsys, folder); err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

// Path is where the page lies, from the root of the module.
func (p *Page) Path() string { return "docs/dialects/" + p.Name + ".md" }

// Markdown writes the page.
func (p *Page) Markdown() []byte {
	var b bytes.Buffer
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	say("<!-- Made by make generate from dialect/%s; do not edit. -->", p.Name)
	say("")
	say("# %s", p.Vendor)
	say("")
	say("Compared with: %s.", p.Source)
	if p.Base != "" {
		say("Paths are below `%s`.", p.Base)
	}
	say("")
	for _, line := range p.Intro {
		say("%s", line)
	}
	if len(p.Intro) > 0 {
		say("")
	}
	counts := p.counts()
	say("Of %d things that the vendor documents, %d are there, %d in part, %d not.",
		counts[Yes]+counts[Partial]+counts[No], counts[Yes], counts[Partial], counts[No])
	for i := range p.Sections {
		s := &p.Sections[i]
		say("")
		say("## %s", s.Call)
		say("")
		say("%s.", s.Title)
		if s.Source != "" {
			say("Not on the vendor's page; known from %s.", s.Source)
		}
		say("")
		say("| What | Here | Remark | Code |")
		say("|---|---|---|---|")
		for j := range s.Rows {
			r := &s.Rows[j]
			say("| %s | %s | %s | %s |", thing(r.Thing), capital(string(r.State)), r.Remark, p.links(r))
		}
	}
	if len(p.Decisions) > 0 {
		say("")
		say("## Where the vendor is silent")
		say("")
		say("What is done here is a judgement, not the vendor's word.")
		say("")
		say("| About | What is done | Because |")
		say("|---|---|---|")
		for _, d := range p.Decisions {
			say("| %s | %s | %s |", d.About, d.Done, d.Because)
		}
	}
	if len(p.Codes) > 0 {
		say("")
		say("## Codes of refusals")
		say("")
		say("The HTTP status is that of the kind of the refusal; a rule that people look up has a code of its own.")
		say("")
		say("| Code | HTTP | Kind or rule | Meaning, or how to lift it |")
		say("|---|---|---|---|")
		for _, c := range p.Codes {
			name := c.Kind
			if c.Rule != "" {
				name = "`" + c.Rule + "`"
			}
			status := ""
			if c.Status != 0 {
				status = strconv.Itoa(c.Status)
			}
			say("| `%s` | %s | %s | %s |", c.Code, status, name, c.Lift)
		}
	}
	return b.Bytes()
}

// counts counts what the vendor's own page has.
func (p *Page) counts() map[State]int {
	counts := make(map[State]int)
	for _, s := range p.Sections {
		if s.Source != "" {
			continue
		}
		for _, r := range s.Rows {
			counts[r.State]++
		}
	}
	return counts
}

// links names the declarations that cite a row.
func (p *Page) links(r *Row) string {
	var out []string
	for _, c := range p.Citations {
		if !slices.Contains(p.rowsOf(c), r) {
			continue
		}
		name := c.In
		if name == "" {
			name = path.Base(c.File)
		}
		if link := fmt.Sprintf("[`%s`](../../%s)", name, c.File); !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	return strings.Join(out, ", ")
}

// thing writes the name of a row: properties as code, the rest as words.
func thing(s string) string {
	if s == "call" {
		return "the call"
	}
	response, property, found := strings.Cut(s, ", ")
	switch {
	case found:
		return response + ", `" + property + "`"
	case strings.HasPrefix(s, "response "):
		return s
	}
	return "`" + s + "`"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
