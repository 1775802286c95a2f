package zendesktalk

import (
	"regexp"
	"strings"
	"testing"
)

// A reference leads back to its address, for its own tenant only, and no other
// text leads anywhere.
func TestProviderReference(t *testing.T) {
	form := regexp.MustCompile(`^AD[0-9a-f]{32}$`)
	for _, id := range []int64{1, 1001, 1<<53 - 1} {
		ref := providerReference("acme", id)
		if !form.MatchString(ref) {
			t.Errorf("%d: %q is not AD and 32 hex digits", id, ref)
		}
		if got, ok := addressID("acme", ref); !ok || got != id {
			t.Errorf("%q leads to %d, %t; want %d", ref, got, ok, id)
		}
		for _, other := range []string{strings.ToUpper(ref), ref[:33], ref + "0", ref[2:], "AC" + ref[2:], ref[:33] + "g", ""} {
			if _, ok := addressID("acme", other); ok {
				t.Errorf("%q is taken for a reference", other)
			}
		}
		if _, ok := addressID("globex", ref); ok {
			t.Errorf("%q leads another tenant somewhere", ref)
		}
	}
}

func FuzzAddressID(f *testing.F) {
	f.Add("acme", providerReference("acme", 7))
	f.Add("acme", "AD00000000000000000000000000000000")
	f.Fuzz(func(t *testing.T, tenant, ref string) {
		if id, ok := addressID(tenant, ref); ok && ref != providerReference(tenant, id) {
			t.Errorf("%q leads to %d, whose reference is another", ref, id)
		}
	})
}
