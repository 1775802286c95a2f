package dialectdoc_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wirechief/wirechief/internal/dialectdoc"
)

// TestPages: rows and citations fit, and the committed pages are what would be
// written now.
func TestPages(t *testing.T) {
	root, err := dialectdoc.Root()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := dialectdoc.Pages(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) == 0 {
		t.Fatal("no dialect has a documented.txt")
	}
	for _, p := range pages {
		for _, complaint := range p.Check() {
			t.Error(complaint)
		}
		committed, err := os.ReadFile(filepath.Join(root, p.Path()))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(committed, p.Markdown()) {
			t.Errorf("%s is not up to date: make generate", p.Path())
		}
	}
}

// TestArchives plays testdata: a small module, and either the complaints about
// it or the page that it gives.
func TestArchives(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			want := archive.Files[last]
			archive.Files = archive.Files[:last]
			fsys, err := txtar.FS(archive)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			pages, err := dialectdoc.Pages(fsys)
			switch {
			case err != nil:
				got = []byte(err.Error() + "\n")
			case len(pages) != 1:
				t.Fatalf("%d pages", len(pages))
			default:
				if complaints := pages[0].Check(); len(complaints) > 0 {
					got = []byte(strings.Join(complaints, "\n") + "\n")
				} else {
					got = pages[0].Markdown()
				}
			}
			if !bytes.Equal(got, want.Data) {
				t.Errorf("%s:\n%s\nwant\n%s", want.Name, got, want.Data)
			}
		})
	}
}
