package dialectdoc_test

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/internal/dialectdoc"
)

// Everything that a vendor documents has a row in the table of its dialect.
func TestTablesHoldAllThatVendorsDocument(t *testing.T) {
	root, err := dialectdoc.Root()
	if err != nil {
		t.Fatal(err)
	}
	fsys := os.DirFS(root)
	pages, err := dialectdoc.Pages(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		file := path.Join("dialect", p.Name, dialectdoc.VendorList)
		list, err := fs.ReadFile(fsys, file)
		if err != nil {
			t.Errorf("dialect %s: %v", p.Name, err)
			continue
		}
		for _, err := range p.Missing(file, list) {
			t.Error(err)
		}
	}
}

func TestMissing(t *testing.T) {
	p, err := dialectdoc.Parse("x", "documented.txt", []byte("vendor | X\nsource | its page\nbase | /x\n== GET /a | Gets\ncall | yes |\nname | no | it is not needed\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, err := range p.Missing("v", []byte("# all\nGET /a | call\nGET /a | name\nGET /a | id\nGET /b | call\nGET /a\n")) {
		got = append(got, err.Error())
	}
	want := `v:4: the table of GET /a has no row "id"; v:5: the table has no GET /b; v:6: a line is: call | thing`
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
	if got := p.Missing("v", nil); len(got) != 1 {
		t.Errorf("an empty list misses %v", got)
	}
}
