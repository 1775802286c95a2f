package fonedynamics_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/internal/dialectdoc"
)

// TestVendor holds documented.txt to testdata/vendor.txt: there is a row for
// each thing that the vendor documents, and none of the others passes for his.
func TestVendor(t *testing.T) {
	rows, err := os.ReadFile("documented.txt")
	if err != nil {
		t.Fatal(err)
	}
	page, err := dialectdoc.Parse("fonedynamics", "documented.txt", rows)
	if err != nil {
		t.Fatal(err)
	}
	there := make(map[string]bool)
	for _, s := range page.Sections {
		for _, r := range s.Rows {
			if r.State != dialectdoc.Ours {
				there[s.Call+" | "+r.Thing] = true
			}
		}
	}
	vendor, err := os.ReadFile("testdata/vendor.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(vendor)) {
		line = strings.TrimSpace(line)
		if !there[line] {
			t.Errorf("documented.txt has no row for %q", line)
		}
		delete(there, line)
	}
	for line := range there {
		t.Errorf("documented.txt has a row for %q, which testdata/vendor.txt does not", line)
	}
}
