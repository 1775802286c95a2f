package wirechief_test

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

// Which idempotency keys somebody outside may choose: none that we could make.
func TestJudgeKey(t *testing.T) {
	for key, want := range map[string]bool{
		"1": true, "delivery-4711": true, "two words": true, "schlüssel": true, strings.Repeat("ü", wirechief.KeyMost): true,
		"": false, strings.Repeat("x", wirechief.KeyMost+1): false, "\xff": false, "a\x00": false, "a\nb": false,
		wirechief.OwnKey + "delivery-4711": false, wirechief.OwnKey: false, "x" + wirechief.OwnKey: false,
	} {
		err := wirechief.JudgeKey(key)
		if (err == nil) != want || err != nil && (err.Kind != wirechief.Invalid || err.Field != "key") {
			t.Errorf("%.20q: %v", key, err)
		}
	}
}
