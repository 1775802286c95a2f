package wirechief_test

import (
	"regexp"
	"testing"

	"github.com/wirechief/wirechief"
)

func TestSID(t *testing.T) {
	form := regexp.MustCompile(`^M[A-Z0-9]{31}$`)
	for _, id := range []int64{0, 1, 36, 1 << 40, 1<<53 - 1} {
		sid := wirechief.SID('M', "acme", id)
		if !form.MatchString(sid) {
			t.Errorf("%d: %s has not the form of a SID", id, sid)
		}
		if got, ok := wirechief.SIDValue('M', "acme", sid); !ok || got != id {
			t.Errorf("%s = %d, %t; want %d", sid, got, ok, id)
		}
		for name, wrong := range map[string]bool{
			"another kind":   ok(wirechief.SIDValue('C', "acme", sid)),
			"another tenant": ok(wirechief.SIDValue('M', "globex", sid)),
			"another id":     ok(wirechief.SIDValue('M', "acme", sid[:31]+"Q")) && sid[31] != 'Q',
			"cut off":        ok(wirechief.SIDValue('M', "acme", sid[:31])),
			"in small":       ok(wirechief.SIDValue('M', "acme", "m"+sid[1:])),
		} {
			if wrong {
				t.Errorf("%s: %s is taken", name, sid)
			}
		}
	}
}

func ok(_ int64, ok bool) bool { return ok }
