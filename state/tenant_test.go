package state_test

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief/state"
)

func TestKeep(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "": 0, "90d": 90 * 24 * time.Hour, "36h": 36 * time.Hour, "0d": 0} {
		var k state.Keep
		if err := k.UnmarshalText([]byte(text)); err != nil || time.Duration(k) != want {
			t.Errorf("%q: %s %v", text, time.Duration(k), err)
		}
		out, err := k.MarshalText()
		var again state.Keep
		if err != nil || again.UnmarshalText(out) != nil || again != k {
			t.Errorf("%q is written as %q", text, out)
		}
	}
	for _, text := range []string{"90", "d", "-1d", "1.5d", "99999999d", "forever"} {
		if new(state.Keep).UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
