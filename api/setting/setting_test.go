package setting_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/setting"
	"github.com/wirechief/wirechief/api/wire"
)

func TestNames(t *testing.T) {
	names := setting.Names()
	for _, name := range []string{"name", "tags", "enabled", "attribution.source", "forwards", "replies.agents_offline.message", "voice.calls.overflow.number", "ai.qa"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not among %s", name, names)
		}
	}
	values, err := setting.Values(&wire.Settings{}, ",")
	if err != nil || len(values) != len(names) {
		t.Errorf("%d names, %d values: %v", len(names), len(values), err)
	}
}

func TestSet(t *testing.T) {
	for _, tt := range []struct{ name, value, want, field string }{
		{"name", " Front desk ", `{"name":" Front desk "}`, ""},
		{"name", "", `{"name":""}`, ""},
		{"protected", "TRUE", `{"protected":true}`, ""},
		{"protected", "no", `{"protected":false}`, ""},
		{"protected", "maybe", "", "protected"},
		{"priority", "-5", `{"priority":-5}`, ""},
		{"priority", "5.5", "", "priority"},
		{"brand", "9007199254740993", "", "brand"},
		{"throughput", "0.5", `{"throughput":0.5}`, ""},
		{"throughput", "NaN", "", "throughput"},
		{"throughput", "inf", "", "throughput"},
		{"tags", "a, b", `{"tags":["a","b"]}`, ""},
		{"tags", "", `{"tags":[]}`, ""},
		{"tags", `["a,b"]`, `{"tags":["a,b"]}`, ""},
		{"tags", `[1]`, "", "tags"},
		{"tags", `[`, "", "tags"},
		{"groups", "1,2", `{"groups":[1,2]}`, ""},
		{"groups", "[1,2]", `{"groups":[1,2]}`, ""},
		{"groups", "1,x", "", "groups"},
		{"groups", "[1.5]", "", "groups"},
		{"voice.calls.outbound", "on", `{"voice":{"calls":{"outbound":true}}}`, ""},
		{"forwards", `[{"type":"console","destination":"x"}]`, `{"forwards":[{"destination":"x","type":"console"}]}`, ""},
		{"forwards", `{"type":"console"}`, "", "forwards"},
		{"forwards", "console", "", "forwards"},
		{"put_forwards", `[]`, `{"put_forwards":[]}`, ""},
		{"voice.greeting_settings", `{"hold":{"on":"x"}}`, `{"voice":{"greeting_settings":{"hold":{"on":"x"}}}}`, ""},
		{"voice.greeting_settings", `[]`, "", "voice.greeting_settings"},
		{"voice", "x", "", "voice"},
		{"nme", "x", "", "nme"},
		{"", "x", "", ""},
	} {
		patch := wire.MergePatch{}
		err := setting.NewReader(",").Set(patch, tt.name, tt.value)
		if tt.want == "" {
			if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Field != tt.field || e.Kind != wirechief.Invalid {
				t.Errorf("%s=%s: %v, want the field %s", tt.name, tt.value, err, tt.field)
			}
			continue
		}
		if got, _ := json.Marshal(patch); err != nil || string(got) != tt.want {
			t.Errorf("%s=%s: %s %v, want %s", tt.name, tt.value, got, err, tt.want)
		}
	}
}

func TestTwice(t *testing.T) {
	r := setting.NewReader(",")
	patch := wire.MergePatch{}
	if err := errors.Join(r.Set(patch, "voice.route", "flow"), r.Set(patch, "voice.flow", "1"), r.Clear(patch, "attribution")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(wire.MergePatch{"voice": map[string]any{"route": "flow", "flow": "1"}, "attribution": nil}, patch); d != "" {
		t.Error(d)
	}
	for name, err := range map[string]error{
		"voice.route": r.Set(patch, "voice.route", "x"), "attribution.source": r.Set(patch, "attribution.source", "x"),
		"voice": r.Clear(patch, "voice"), "vioce": r.Clear(patch, "vioce"),
	} {
		if err == nil {
			t.Errorf("%s is taken again", name)
		}
	}
}

func TestMeant(t *testing.T) {
	for name, meant := range map[string]string{"nme": "name", "outbound": "voice.calls.outbound", "endpoint": "voice.endpoint", "Tags": "tags"} {
		err := setting.NewReader(",").Set(wire.MergePatch{}, name, "x")
		if err == nil || !strings.Contains(wirechief.MessageOf(err), "is "+meant+" meant?") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is like no setting, and what only the operator says, names no other.
func TestNotMeant(t *testing.T) {
	for name, words := range map[string]string{"price": "only the operator", "carrier": "only the operator", "zzzzzzzz": "numbers show", "": "numbers show"} {
		err := setting.NewReader(",").Set(wire.MergePatch{}, name, "x")
		if err == nil || !strings.Contains(wirechief.MessageOf(err), words) || strings.Contains(wirechief.MessageOf(err), "meant") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSet: whatever is given is read or refused by the name.
func FuzzSet(f *testing.F) {
	for _, name := range append(setting.Names(), "put_forwards", "x", "voice.", "") {
		for _, value := range []string{"", "a,b", "[1]", `{"a":{}}`, "true"} {
			f.Add(name, value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		patch := wire.MergePatch{}
		if err := setting.NewReader("|").Set(patch, name, value); err != nil {
			if wirechief.KindOf(err) != wirechief.Invalid {
				t.Error(err)
			}
			return
		}
		if _, err := json.Marshal(patch); err != nil || len(patch) != 1 {
			t.Errorf("%s=%s became %v: %v", name, value, patch, err)
		}
	})
}
