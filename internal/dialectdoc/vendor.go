package dialectdoc

import (
	"fmt"
	"slices"
	"strings"
)

// VendorList is where, in the folder of a dialect, the list lies of all that
// the vendor documents: one thing a line, "POST /path | property". It is made
// from the vendor's page alone, so that it can be held against the table, which
// is made beside the code.
const VendorList = "testdata/vendor.txt"

// Missing says which things of a vendor's list the page has no row for, and
// what is no line of one.
func (p *Page) Missing(file string, list []byte) []error {
	var missing []error
	n := 0
	for line := range strings.Lines(string(list)) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		call, thing, ok := strings.Cut(line, "|")
		call, thing = strings.TrimSpace(call), strings.TrimSpace(thing)
		if !ok || call == "" || thing == "" || strings.Contains(thing, "|") {
			missing = append(missing, fmt.Errorf("%s:%d: a line is: call | thing", file, n))
			continue
		}
		i := slices.IndexFunc(p.Sections, func(s Section) bool { return s.Call == call })
		switch {
		case i < 0:
			missing = append(missing, fmt.Errorf("%s:%d: the table has no %s", file, n, call))
		case !slices.ContainsFunc(p.Sections[i].Rows, func(r Row) bool { return r.Thing == thing }):
			missing = append(missing, fmt.Errorf("%s:%d: the table of %s has no row %q", file, n, call, thing))
		}
	}
	if n == 0 {
		missing = append(missing, fmt.Errorf("%s: it lists nothing", file))
	}
	return missing
}
