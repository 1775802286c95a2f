package api

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/test/world"
)

// What another API gives back only when it was said (message2give: GET Virtual
// Number) is noted when this one says it, and kept when it says nothing.
func TestWhatAForwardSays(t *testing.T) {
	w := world.New(t, `
tenants:
  - id: acme
    credentials: [{dialect: wirechief, token: acme-secret, scopes: [all]}]
    numbers: [{number: "+13109060901", carrier: main, capabilities: [sms]}]
`)
	o := worldOptions(nil)
	o.Core = w.Exchange
	a := build(o)
	for _, step := range []struct {
		patch string
		want  []string
	}{
		{`{"put_forwards":[{"type":"sms","destination":"+13105550199","prefix":"[a] "}]}`, []string{"prefix"}},
		{`{"put_forwards":[{"type":"sms","destination":"+13105550199","suffix":"."}]}`, []string{"prefix", "suffix"}},
		{`{"forwards":[{"type":"sms","destination":"+13105550199","prefix":"[a] ","suffix":"."}]}`, []string{"prefix", "suffix"}},
		{`{"put_forwards":[{"type":"sms","destination":"+13105550199","prefix":""}]}`, []string{"suffix"}},
		{`{"put_forwards":[{"type":"sms","destination":"+13105550199","enabled":false}]}`, []string{"suffix"}},
		{`{"forwards":[{"type":"email","destination":"a@b.test","history":3}]}`, []string{"history"}},
		{`{"forwards":[{"type":"http","destination":"https://a.test","method":"POST","encoding":"json"}]}`, nil},
		{`{"put_forwards":[{"type":"http","destination":"https://a.test","encoding":"form","context":true}]}`, []string{"encoding", "context"}},
	} {
		if got := ask(a, acmeToken, "PATCH", "/numbers/+13109060901", strings.NewReader(step.patch)); got.Code != 200 {
			t.Fatalf("%s: %s", step.patch, got.Body)
		}
		n, err := w.Number(t.Context(), wirechief.Principal{Tenant: "acme"}, "+13109060901")
		if err != nil || len(n.Forwards) != 1 {
			t.Fatalf("%s: %+v %v", step.patch, n.Forwards, err)
		}
		if d := cmp.Diff(step.want, n.Forwards[0].Set); d != "" {
			t.Errorf("%s: -want +got\n%s", step.patch, d)
		}
	}
}

// A patch of what a number says already is no change.
func TestSameIsLeft(t *testing.T) {
	n := wirechief.Number{Number: "+13109060901", State: wirechief.NumberInService, Tags: []string{"a"}, Voice: wirechief.Voice{Recording: "call"}}
	p, err := readPatch(&n, wire.MergePatch{"name": "", "tags": []any{"a"}, "voice": map[string]any{"recording": "call", "calls": nil}, "replies": nil})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Name.IsLeave() || !p.Tags.IsLeave() || !p.Recording.IsLeave() || p.Calls != (wirechief.CallsPatch{}) || !p.AgentsOn.IsLeave() || !p.ReplyWindow.IsLeave() {
		t.Errorf("%+v", p)
	}
}

// What is our own alone is set, shown with what is in force, and set back.
func TestFallbackAndKeywords(t *testing.T) {
	w := world.New(t, `
tenants:
  - id: acme
    credentials: [{dialect: wirechief, token: acme-secret, scopes: [all]}]
    numbers: [{number: "+13109060901", carrier: main, capabilities: [sms]}]
`)
	o := worldOptions(nil)
	o.Core = w.Exchange
	a := build(o)
	for _, step := range []struct {
		patch, field string // field: refused
		want         func(n *wirechief.Number) bool
	}{
		{`{"fallback":[{"type":"http","destination":"https://b.test"},{"type":"sms","destination":"+13105550199","enabled":false}],"fallback_after":5}`, "", func(n *wirechief.Number) bool {
			return len(n.Fallback) == 2 && n.Fallback[0].Enabled && n.Fallback[0].Method == "POST" && !n.Fallback[1].Enabled && n.FallbackAfter == 5
		}},
		{`{"replies":{"keywords":[{"words":["hours"],"message":"9 to 5"}],"missed_call":{"enabled":true,"message":"sorry"},"window":"1h"}}`, "", func(n *wirechief.Number) bool {
			return len(n.Replies.Keywords) == 1 && n.Replies.Keywords[0].Enabled && n.Replies.MissedCall.Message == "sorry" && n.Replies.Window == time.Hour && len(n.Fallback) == 2
		}},
		{`{"replies":{"keywords":[{"words":["stop"],"message":"x"}]}}`, "replies.keywords.words", nil},
		{`{"replies":{"keywords":[{"word":"x"}]}}`, "replies.keywords[0].word", nil},
		{`{"fallback":[{"type":"console","destination":"x"}]}`, "fallback.type", nil},
		{`{"fallback":[{"type":"email","destination":"x","hops":1}]}`, "fallback[0].hops", nil},
		{`{"fallback":null,"fallback_after":null}`, "", func(n *wirechief.Number) bool {
			return len(n.Fallback) == 0 && (n.FallbackAfter == 0 || n.FallbackAfter == exchange.FallbackAfter) && len(n.Replies.Keywords) == 1
		}},
		{`{"replies":null}`, "", func(n *wirechief.Number) bool {
			return len(n.Replies.Keywords) == 0 && !n.Replies.MissedCall.Enabled && n.Replies.Window == wirechief.ReplyWindow
		}},
	} {
		got := ask(a, acmeToken, "PATCH", "/numbers/+13109060901", strings.NewReader(step.patch))
		if step.field != "" {
			if !strings.Contains(got.Body.String(), `"field":"`+step.field+`"`) {
				t.Errorf("%s: %d %s", step.patch, got.Code, got.Body)
			}
			continue
		}
		n, err := w.Number(t.Context(), wirechief.Principal{Tenant: "acme"}, "+13109060901")
		if got.Code != 200 || err != nil || !step.want(&n) {
			t.Errorf("%s: %d %s\n%+v %+v", step.patch, got.Code, got.Body, n.Fallback, n.Replies)
		}
	}
}
