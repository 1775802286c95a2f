package wirechief_test

import (
	"testing"

	"github.com/wirechief/wirechief"
)

func TestPatch(t *testing.T) {
	for _, tt := range []struct {
		name   string
		patch  wirechief.Patch[string]
		leave  bool
		change bool
		value  string
		after  string // of a setting that was "old"
	}{
		{"the zero value leaves", wirechief.Patch[string]{}, true, false, "", "old"},
		{"set", wirechief.Set("new"), false, true, "new", "new"},
		{"set to the empty value", wirechief.Set(""), false, true, "", ""},
		{"clear", wirechief.Clear[string](), false, true, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.patch.IsLeave() != tt.leave {
				t.Errorf("IsLeave is %t", tt.patch.IsLeave())
			}
			if v, change := tt.patch.Value(); v != tt.value || change != tt.change {
				t.Errorf("Value is %q, %t", v, change)
			}
			setting := "old"
			tt.patch.Apply(&setting)
			if setting != tt.after {
				t.Errorf("the setting is %q, want %q", setting, tt.after)
			}
		})
	}
}

// Lists are replaced as a whole, and cleared to none.
func TestPatchOfList(t *testing.T) {
	list := []string{"a"}
	p := wirechief.Clear[[]string]()
	p.Apply(&list)
	if list != nil {
		t.Errorf("cleared: %q", list)
	}
}
