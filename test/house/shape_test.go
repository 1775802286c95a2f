package house

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

var shapes = []rule{
	{"every package is documented", docs},
	{"names say what", names},
	{"files are small", small},
	{"nothing runs before main", noInit},
	{"tests do not sleep", noSleep},
	{"goroutines are watched", watched},
	{"nothing is left for later", noLater},
}

// Lines of a doc.go: purpose, contract, what it refuses, where to look next.
const (
	docLeast = 10
	docMost  = 40
	fileMost = 700 // lines of any Go file
)

// docs: every package has a doc.go with the package comment, of 10 to 40 lines.
func docs(t *tree) (found []string) {
	folders, files := t.folders()
	for _, folder := range folders {
		var doc *file
		for _, f := range files[folder] {
			if path.Base(f.path) == "doc.go" {
				doc = f
			} else if f.syntax.Doc != nil && !f.isTest() {
				found = append(found, f.at(f.syntax.Doc.Pos(), "the package comment belongs into doc.go"))
			}
		}
		switch {
		case doc == nil:
			found = append(found, path.Join(folder, "doc.go")+": is missing")
		case doc.syntax.Doc == nil:
			found = append(found, doc.path+": has no package comment")
		case doc.lines() < docLeast || doc.lines() > docMost:
			found = append(found, fmt.Sprintf("%s: has %d lines; a reader wants %d to %d", doc.path, doc.lines(), docLeast, docMost))
		}
	}
	return found
}

// empty are names that say nothing about what is inside.
var empty = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "misc", "shared", "base", "lib", "pkg"}

var plainName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// names: packages are called by what they are, in one short word.
func names(t *tree) (found []string) {
	folders, files := t.folders()
	for _, folder := range folders {
		for element := range strings.SplitSeq(folder, "/") {
			switch {
			case folder == "":
			case slices.Contains(empty, element):
				found = append(found, fmt.Sprintf("%s: %q says nothing about what is inside", folder, element))
			case !plainName.MatchString(element):
				found = append(found, fmt.Sprintf("%s: %q is not one word in lower case", folder, element))
			}
		}
		for _, f := range files[folder] {
			name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
			if folder != "" && name != path.Base(folder) && name != "main" {
				found = append(found, f.at(f.syntax.Package, "package %s lies in folder %s", name, folder))
				break
			}
		}
	}
	return found
}

// small: a file has one subject; one of more than 700 lines has several.
func small(t *tree) (found []string) {
	for _, f := range t.files {
		if n := f.lines(); n > fileMost && !ast.IsGenerated(f.syntax) {
			found = append(found, fmt.Sprintf("%s: has %d lines; at most %d", f.path, n, fileMost))
		}
	}
	return found
}

// noInit: what a package needs it is given; wiring stands in app/wire.go.
func noInit(t *tree) (found []string) {
	for _, f := range t.files {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, f.at(fn.Pos(), "func init: say it where the program is put together"))
			}
		}
	}
	return found
}

// noSleep: a test waits for what it waits for. In a bubble of testing/synctest
// sleeping moves the bubble's clock, and is the right thing to do; the files of
// a package share what makes the bubble.
func noSleep(t *tree) (found []string) {
	bubbles := make(map[string]bool)
	for _, f := range t.files {
		if _, others := f.imports(); f.isTest() && slices.Contains(others, "testing/synctest") {
			bubbles[f.folder()] = true
		}
	}
	for _, f := range t.files {
		if !f.isTest() && !isSupport(f.folder()) || bubbles[f.folder()] {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && isSelector(call.Fun, "time", "Sleep") {
				found = append(found, f.at(call.Pos(), "time.Sleep in a test: wait for a channel or a condition, or use testing/synctest"))
			}
			return true
		})
	}
	return found
}

func isSelector(e ast.Expr, x, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	id, ok := s.X.(*ast.Ident)
	return ok && id.Name == x
}

// watched: the tests of a package that starts goroutines look for those left
// behind.
func watched(t *tree) (found []string) {
	folders, files := t.folders()
	for _, folder := range folders {
		started, checked := "", false
		for _, f := range files[folder] {
			if f.isTest() {
				_, others := f.imports()
				checked = checked || slices.Contains(others, "go.uber.org/goleak")
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					started = f.at(n.Pos(), "starts a goroutine")
				case *ast.CallExpr:
					// sync.WaitGroup and errgroup.Group
					if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Go" && len(n.Args) == 1 {
						started = f.at(n.Pos(), "starts a goroutine")
					}
				}
				return true
			})
		}
		if started != "" && !checked && !isSupport(folder) && top(folder) != "bench" {
			found = append(found, started+", and no TestMain of the package looks for leaks (go.uber.org/goleak)")
		}
	}
	return found
}

var later = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)

// noLater: what is missing is an issue, where people look for it.
func noLater(t *tree) (found []string) {
	for _, f := range t.files {
		if f.folder() == "test/house" {
			continue // has the words in its rules
		}
		for _, group := range f.syntax.Comments {
			for _, c := range group.List {
				if word := later.FindString(c.Text); word != "" {
					found = append(found, f.at(c.Pos(), "%s: make it an issue, or do it", word))
				}
			}
		}
	}
	return found
}
