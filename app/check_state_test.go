package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a start would refuse of a state file, the check says before it, with
// line and key, and without asking a name server.
func TestCheckReadsReferences(t *testing.T) {
	cfg := minimal(t)
	cfg.DataDir = filepath.Join(t.TempDir(), "none")
	cfg.State = filepath.Join(t.TempDir(), "state.yaml")
	const head = "tenants:\n  - id: acme\n    campaigns: [{tcr: CABC123}]\n    webhooks: [{name: Desk, url: 'https://hooks.test/x'}]\n    numbers:\n      - number: \"+13109060901\"\n        "
	const forward = "forwards:\n          - "
	for _, tt := range []struct{ name, text, want string }{
		{"right", "carrier: sim\n        campaign: CABC123\n        webhook: Desk\n        " + forward + "{type: http, destination: 'https://h.test/'}", ""},
		{"scheme", forward + "{type: http, destination: 'ftp://x'}", ":8: tenants[0].numbers[0].forwards[0].destination: "},
		{"private", forward + "{type: http, destination: 'http://10.0.0.1/'}", ":8: tenants[0].numbers[0].forwards[0].destination: 10.0.0.1 is not public"},
		{"fallback", "fallback:\n          - {type: http, destination: 'http://127.0.0.1:1/'}", ":8: tenants[0].numbers[0].fallback[0].destination: 127.0.0.1 is not public"},
		{"prefix", forward + "{type: sms, destination: '+13105550199', prefix: '" + strings.Repeat("x", 321) + "'}", "forwards[0].prefix: the text has more than 320 octets"},
		{"itself", forward + "{type: sms, destination: '+1 310 906 0901'}", "forwards[0].destination: +13109060901 would forward to itself"},
		{"empty reply", "replies: {agents_offline: {enabled: true, message: ''}}", ":7: tenants[0].numbers[0].replies.agents_offline.message: "},
		{"campaign", "campaign: CNOPE1", ":7: tenants[0].numbers[0].campaign: there is no campaign \"CNOPE1\""},
		{"webhook", "webhook: Nope", ":7: tenants[0].numbers[0].webhook: there is no webhook \"Nope\""},
		{"carrier", "carrier: pigeon", ":7: tenants[0].numbers[0].carrier: there is no carrier \"pigeon\""},
		{"word twice", "replies: {keywords: [{words: [hours], message: x}, {words: [' Hours'], message: y}]}", "keywords[1].words[0]: this word is in the file already, in line 7"},
		{"opt-out word", "replies: {keywords: [{words: [stop], message: x}]}", ":7: tenants[0].numbers[0].replies.keywords[0].words[0]: \"stop\" is a word by which"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(cfg.State, []byte(head+tt.text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			err := CheckState(t.Context(), cfg)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
