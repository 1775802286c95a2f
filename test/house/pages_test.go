package house

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

var pages = []rule{
	{"the map is complete", mapped},
	{"walkthroughs are true", walkthroughs},
	{"links lead somewhere", links},
	{"decisions are there", decisions},
	{"dependencies have a reason", dependencies},
}

// mapped: doc.go of the root names every folder of the first level that has
// packages, and nothing that is not there.
func mapped(t *tree) (found []string) {
	words := make(map[string]bool)
	for _, f := range t.files {
		if f.path == "doc.go" && f.syntax.Doc != nil {
			for _, w := range regexp.MustCompile(`[a-z0-9]+`).FindAllString(f.syntax.Doc.Text(), -1) {
				words[w] = true
			}
		}
	}
	tops := make(map[string]bool)
	for _, f := range t.files {
		if dir := top(f.folder()); dir != "" {
			tops[dir] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(tops)) {
		switch dir {
		case "cmd", "internal", "test", "bench", "docs":
		default:
			if !words[dir] {
				found = append(found, "doc.go: the map lacks "+dir)
			}
		}
	}
	return found
}

// screens is how many lines a walkthrough has at most: two screens.
const screens = 90

// walkthrough is a section of CONTRIBUTING.md that says how a family gets
// another member, with a table of its files.
var (
	walkthroughHead = regexp.MustCompile(`(?m)^## Add a (carrier|dialect|forward|store)$`)
	fileRow         = regexp.MustCompile("(?m)^\\| `([^`]+)`( \\(optional\\))? \\|")
	pathLike        = regexp.MustCompile("`([a-z0-9_./-]+/[a-zA-Z0-9_./<>*-]*)`")
)

// walkthroughs: CONTRIBUTING.md has one for carriers and one for dialects,
// each under two screens. Each member has the files in its table, and what
// else it names by path is there.
func walkthroughs(t *tree) (found []string) {
	const page = "CONTRIBUTING.md"
	text := t.text(page)
	seen := make(map[string]bool)
	for _, head := range walkthroughHead.FindAllStringSubmatchIndex(text, -1) {
		family := text[head[2]:head[3]]
		seen[family] = true
		section := text[head[1]:]
		if next := strings.Index(section, "\n## "); next >= 0 {
			section = section[:next]
		}
		if n := strings.Count(section, "\n"); n > screens {
			found = append(found, fmt.Sprintf("%s: \"Add a %s\" has %d lines; two screens are %d", page, family, n, screens))
		}
		rows := fileRow.FindAllStringSubmatch(section, -1)
		if len(rows) == 0 {
			found = append(found, fmt.Sprintf("%s: \"Add a %s\" has no table of files", page, family))
		}
		for _, name := range members(t, family) {
			for _, row := range rows {
				p := path.Join(family, name, strings.ReplaceAll(row[1], "<name>", name))
				if row[2] == "" && !t.has(p) {
					found = append(found, fmt.Sprintf("%s: says that %s has %s, and it has not", page, family+"/"+name, path.Base(p)))
				}
			}
		}
		for _, m := range pathLike.FindAllStringSubmatch(fileRow.ReplaceAllString(section, ""), -1) {
			if !strings.ContainsAny(m[1], "<*") && !t.has(strings.TrimSuffix(m[1], "/")) {
				found = append(found, fmt.Sprintf("%s: names %s, which is not there", page, m[1]))
			}
		}
	}
	for _, family := range []string{"carrier", "dialect"} {
		if !seen[family] {
			found = append(found, fmt.Sprintf("%s: has no section \"## Add a %s\"", page, family))
		}
	}
	return found
}

// members gives the names of a family's members.
func members(t *tree, family string) []string {
	names := make(map[string]bool)
	for _, f := range t.files {
		if fam, name := member(f.folder()); fam == family {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// links: a link to a file of ours leads to one.
func links(t *tree) (found []string) {
	for _, p := range slices.Sorted(maps.Keys(t.other)) {
		if path.Ext(p) != ".md" {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(t.text(p), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, ":") {
				continue // of the page itself, or of the web
			}
			if to := path.Join(path.Dir(p), target); !t.has(to) {
				found = append(found, fmt.Sprintf("%s: links to %s, which is not there", p, to))
			}
		}
	}
	return found
}

var decision = regexp.MustCompile(`docs/adr/([0-9]{4})`)

// decisions: those that code refers to are there, and the list has them all.
func decisions(t *tree) (found []string) {
	numbers := make(map[string]bool)
	list := t.text("docs/adr/README.md")
	for _, p := range slices.Sorted(maps.Keys(t.other)) {
		dir, name := path.Split(p)
		if dir != "docs/adr/" || len(name) < 5 || name == "README.md" {
			continue
		}
		if numbers[name[:4]] {
			found = append(found, "docs/adr: two decisions have number "+name[:4])
		}
		numbers[name[:4]] = true
		if !strings.Contains(list, "("+name+")") {
			found = append(found, "docs/adr/README.md: lacks "+name)
		}
		if title := "# " + name[:4] + " "; !strings.HasPrefix(t.text(p), title) {
			found = append(found, fmt.Sprintf("%s: does not begin with %q", p, title))
		}
	}
	for _, f := range t.files {
		if f.folder() == "test/house" {
			continue
		}
		for _, m := range decision.FindAllSubmatch(f.source, -1) {
			if !numbers[string(m[1])] {
				found = append(found, fmt.Sprintf("%s: refers to docs/adr/%s, which is not there", f.path, m[1]))
			}
		}
	}
	return found
}

var (
	requirement = regexp.MustCompile(`(?m)^\s*(?:require )?([a-z0-9.-]+\.[a-z]+/[^\s]+) v[^\s]+( // indirect)?$`)
	toolLine    = regexp.MustCompile(`(?m)^\s*(?:tool )?([a-z0-9.-]+\.[a-z]+/[^\s]+)$`)
	reason      = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|([^|]*)\\|")
)

// dependencies: docs/dependencies.md has a reason for each module that the
// code imports, and for each tool of tools/go.mod, and for nothing else.
func dependencies(t *tree) (found []string) {
	const page = "docs/dependencies.md"
	wanted := make(map[string]string)
	for _, m := range requirement.FindAllStringSubmatch(t.text("go.mod"), -1) {
		for _, f := range t.files {
			_, others := f.imports()
			if slices.ContainsFunc(others, func(p string) bool { return p == m[1] || strings.HasPrefix(p, m[1]+"/") }) {
				wanted[m[1]] = f.path
				break
			}
		}
	}
	for _, m := range toolLine.FindAllStringSubmatch(t.text("tools/go.mod"), -1) {
		wanted[m[1]] = "tools/go.mod"
	}
	for _, row := range reason.FindAllStringSubmatch(t.text(page), -1) {
		switch {
		case wanted[row[1]] == "":
			found = append(found, fmt.Sprintf("%s: names %s, which nothing imports, or names it twice", page, row[1]))
		case strings.TrimSpace(row[2]) == "":
			found = append(found, fmt.Sprintf("%s: has no reason for %s", page, row[1]))
		}
		delete(wanted, row[1])
	}
	for _, p := range slices.Sorted(maps.Keys(wanted)) {
		found = append(found, fmt.Sprintf("%s: lacks %s of %s", page, p, wanted[p]))
	}
	return found
}
