package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const module = "github.com/wirechief/wirechief"

// tree is the module as it lies on disk.
type tree struct {
	fsys  fs.FS
	files []*file
	other map[string]bool // files that are not Go, and folders, by path
}

// file is one Go file.
type file struct {
	path   string // from the root, with slashes
	source []byte
	syntax *ast.File
	set    *token.FileSet
}

// folder is the path of the file's package, "" for the root.
func (f *file) folder() string {
	if dir := path.Dir(f.path); dir != "." {
		return dir
	}
	return ""
}

func (f *file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// isExternalTest says whether the file is of package x_test.
func (f *file) isExternalTest() bool {
	return f.isTest() && strings.HasSuffix(f.syntax.Name.Name, "_test")
}

// imports are the paths that the file imports; those of the module are
// folders ("" for the root), marked as ours.
func (f *file) imports() (ours, others []string) {
	for _, spec := range f.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // would not compile
		}
		switch rest, found := strings.CutPrefix(p, module+"/"); {
		case found:
			ours = append(ours, rest)
		case p == module:
			ours = append(ours, "")
		default:
			others = append(others, p)
		}
	}
	return ours, others
}

func (f *file) lines() int { return strings.Count(string(f.source), "\n") }

// at words a complaint about a place in the file.
func (f *file) at(pos token.Pos, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: ", f.path, f.set.Position(pos).Line) + fmt.Sprintf(format, args...)
}

// read parses every Go file of a module.
func read(fsys fs.FS) (*tree, error) {
	t := &tree{fsys: fsys, other: make(map[string]bool)}
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != "." && (name == "testdata" || name == "node_modules" || name[0] == '_' || name == ".git" || name == "wirechief-data") {
				t.other[p] = true
				return fs.SkipDir
			}
			t.other[p] = true
			return nil
		}
		if path.Ext(p) != ".go" {
			t.other[p] = true
			return nil
		}
		source, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		f := &file{path: p, source: source, set: token.NewFileSet()}
		if f.syntax, err = parser.ParseFile(f.set, p, source, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
		t.files = append(t.files, f)
		return nil
	})
	return t, err
}

// folders gives the Go files of each package, in order of their paths.
func (t *tree) folders() ([]string, map[string][]*file) {
	byFolder := make(map[string][]*file)
	for _, f := range t.files {
		byFolder[f.folder()] = append(byFolder[f.folder()], f)
	}
	return slices.Sorted(maps.Keys(byFolder)), byFolder
}

// has says whether there is a file or a folder of this path.
func (t *tree) has(p string) bool {
	_, err := fs.Stat(t.fsys, p)
	return err == nil
}

// text gives a file that is no Go, "" when there is none.
func (t *tree) text(p string) string {
	b, err := fs.ReadFile(t.fsys, p)
	if err != nil {
		return ""
	}
	return string(b)
}

// rule is one rule of the house.
type rule struct {
	name string
	find func(*tree) []string
}

func rules() []rule { return slices.Concat(layers, shapes, pages) }

// TestHouse asks the tree.
func TestHouse(t *testing.T) {
	house, err := read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(house.files) < 100 {
		t.Fatalf("%d Go files were found; this is not the whole tree", len(house.files))
	}
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, complaint := range r.find(house) {
				t.Error(complaint)
			}
		})
	}
}

// TestRules shows each rule a tree that breaks it: testdata/<rule>.txt, whose
// file "want" has what is to be said of it.
func TestRules(t *testing.T) {
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			archive, err := txtar.ParseFile("testdata/" + strings.ReplaceAll(r.name, " ", "_") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
				if f.Name == "want" {
					want = string(f.Data)
					return true
				}
				return false
			})
			fsys, err := txtar.FS(archive)
			if err != nil {
				t.Fatal(err)
			}
			bad, err := read(fsys)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, complaint := range r.find(bad) {
				got += complaint + "\n"
			}
			if got != want {
				t.Errorf("it says\n%s\nwant\n%s", got, want)
			}
		})
	}
}
