package crosstalk

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

// What our own API sets of a number and of a tenant is what a state file sets,
// as the core has it, which the console shows.
func TestOwnSettingsAndStateFile(t *testing.T) {
	byAPI, byFile := newHouse(t), newHouse(t)
	byAPI.must("acme", `PATCH /wirechief/v1/numbers/%2B13105550100 {"fallback":[{"type":"email","destination":"desk@acme.test"}],"fallback_after":2,`+
		`"replies":{"missed_call":{"message":"Sorry that we missed you.","enabled":true},"keywords":[{"words":["hours"],"message":"Nine to five.","enabled":true}],"window":"6h"}}`)
	byAPI.must("acme", `PATCH /wirechief/v1/tenant {"quiet_hours":"21:00-08:00","sending_window":"mon-fri 09:00-18:00","time_zone":"America/Los_Angeles",`+
		`"opt_out":{"replies":true,"languages":["en","es"],"message":"No more texts.","start_message":"Welcome back.","help_message":"Call us."},"retention":{"texts":"90d","media":"36h"}}`)
	byFile.ApplyState(`
tenants:
  - id: acme
    quiet_hours: "21:00-08:00"
    sending_window: mon-fri 09:00-18:00
    time_zone: America/Los_Angeles
    opt_out: {replies: true, languages: [en, es], message: No more texts., start_message: Welcome back., help_message: Call us.}
    retention: {texts: 90d, media: 36h}
    numbers:
      - number: "+13105550100"
        fallback: [{type: email, destination: desk@acme.test}]
        fallback_after: 2
        replies:
          missed_call: {message: Sorry that we missed you., enabled: true}
          keywords: [{words: [hours], message: Nine to five., enabled: true}]
          window: 6h
`)
	core := func(h *house) string {
		tenant, err := h.Tenant(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		n, err := h.NumberAnyState(t.Context(), wirechief.Principal{Operator: true}, ours)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := json.MarshalIndent([]any{tenant, n.Fallback, n.FallbackAfter, n.Replies}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		return string(doc)
	}
	if d := cmp.Diff(core(byFile), core(byAPI)); d != "" {
		t.Errorf("by the state file (-) and over the API (+):\n%s", d)
	}
	for _, h := range []*house{byAPI, byFile} {
		if got := h.must("acme", "GET /wirechief/v1/tenant"); at(got, "retention/texts") != "90d" || at(got, "opt_out/languages/1") != "es" {
			t.Error(got)
		}
	}
}
