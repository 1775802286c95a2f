package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/test/world"
)

// rolled is a tenant with numbers of every kind of setting, and an empty one
// with the same things to refer to.
func rolled(t *testing.T) (*api, func(tenant string) string) {
	t.Helper()
	const things = `
    campaigns: [{tcr: CW1549, brand: Brand 1, approved: true}]
    webhooks: [{name: Default, url: "https://hooks.test/acme", dlr: true, method: POST}]
    brands: [{id: 1, name: Acme}]
    groups: [{id: 1, name: Sales}, {id: 2, name: Help}]
`
	w := world.New(t, `
tenants:
  - id: acme
    credentials: [{dialect: wirechief, token: acme-secret, scopes: [all]}]`+things+`
    numbers:
      - {number: "+13109060901", carrier: main, capabilities: [voice, sms, mms, fax]}
      - {number: "+13109060902", carrier: main, capabilities: [voice, sms]}
      - {number: "+18005550199", type: toll-free, toll_free_verification: pending, capabilities: [sms]}
  - id: globex
    credentials: [{dialect: wirechief, token: globex-secret, scopes: [all]}]`+things)
	o := worldOptions(nil)
	o.Core = w.Exchange
	a := build(o)
	return a, func(tenant string) string {
		r := ask(a, adminToken, "GET", "/numbers/export?tenant="+tenant, nil)
		if r.Code != 200 {
			t.Fatal(r.Code, r.Body)
		}
		return r.Body.String()
	}
}

// What is exported is imported to the same, whatever the texts are.
func TestExportedIsImported(t *testing.T) {
	a, export := rolled(t)
	for number, patch := range map[string]string{
		"+13109060901": `{
			"enabled": ["fax"], "name": "=HYPERLINK(\"http://x\")", "tags": ["a|b", "+c", "'"], "notes": "'quoted', \"twice\"\nand ; more\tand more",
			"reference": "-1", "protected": true, "throughput": 0.5, "campaign": "CW1549", "webhook": "Default", "brand": 1, "groups": [2, 1],
			"default_group": 2, "priority": -7, "attribution": {"source": "@home", "content": "\ttab"},
			"forwards": [{"type": "http", "destination": "https://a.test/x?a=1&b=<>", "enabled": false, "encoding": "form"}, {"type": "email", "destination": "a@b.test", "history": 0},
				{"type": "sms", "destination": "+13105550199", "prefix": "=1|", "suffix": "'"}],
			"receipts": {"url": "https://a.test/dlr"}, "replies": {"agents_online": {"enabled": true, "message": "@ once"}, "window": "90m"},
			"voice": {"route": "endpoint", "endpoint": "+13105550123", "recording": "call", "consent": "opt_out", "forwards": [{"destination": "sip:a@b.test", "notify_sms": true}],
				"failover": "+13105550124", "greeting_settings": {"available": {"voicemail_on": "available_en"}}, "calls": {"queue_size": 0, "wrap_up": false, "overflow": {"enabled": true, "number": "+13105550125"}}},
			"line": {"caller_name": "=ACME"}, "ai": {"post_call": true}}`,
		"+13109060902": `{"enabled": [], "tags": ["[", "x"], "name": "+13105550100", "notes": "12"}`,
	} {
		if w := ask(a, acmeToken, "PATCH", "/numbers/"+number, strings.NewReader(patch)); w.Code != 200 {
			t.Fatal(w.Body)
		}
	}
	table := export("acme")
	for _, cell := range strings.FieldsFunc(table, func(r rune) bool { return r == ',' || r == '\n' }) {
		if cell = strings.Trim(cell, `"`); cell != "" && strings.ContainsRune("=@", rune(cell[0])) {
			t.Errorf("a spreadsheet would calculate %s", cell)
		}
	}
	imported := func(tenant, table string) (out wire.Imported) {
		t.Helper()
		w := ask(a, adminToken, "POST", "/numbers/import?tenant="+tenant, strings.NewReader(table))
		if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &out) != nil {
			t.Fatal(w.Code, w.Body)
		}
		return out
	}
	// Onto itself it changes nothing.
	if got := imported("acme", table); got.Unchanged != 3 || !got.Applied {
		t.Errorf("%+v", got)
	}
	if again := export("acme"); again != table {
		t.Errorf("it became\n%s\nfrom\n%s", again, table)
	}
	// Other numbers of another tenant become the same.
	moved := strings.NewReplacer("+1310906", "+1310907", "+18005550199", "+18005550198").Replace(table)
	if got := imported("globex", moved); got.Created != 3 || got.Refused != 0 || !got.Applied {
		t.Errorf("%+v", got)
	}
	if got := export("globex"); got != moved {
		t.Errorf("it became\n%s\nfrom\n%s", got, moved)
	}
}

// A thousand rows are one answer, and one bad row among them is named.
func TestImportOfMany(t *testing.T) {
	a, _ := rolled(t)
	var b strings.Builder
	b.WriteString("number,name\n")
	for i := range 1200 {
		fmt.Fprintf(&b, "+1212555%04d,Line %d\n", i, i)
	}
	table := b.String()
	var got wire.Imported
	w := ask(a, adminToken, "POST", "/numbers/import?tenant=globex", strings.NewReader(table+"+12,x\n"))
	if json.Unmarshal(w.Body.Bytes(), &got); got.Created != 1200 || got.Refused != 1 || got.Applied || got.Rows[1200].Line != 1202 {
		t.Fatalf("%d %.300s", w.Code, w.Body)
	}
	if w = ask(a, globexToken, "GET", "/numbers", nil); w.Header().Get("X-Total-Count") != "0" {
		t.Errorf("a table with a bad row made numbers: %.200s", w.Body)
	}
	w = ask(a, adminToken, "POST", "/numbers/import?tenant=globex&partial=true", strings.NewReader(table+"+12,x\n"))
	if json.Unmarshal(w.Body.Bytes(), &got); got.Created != 1200 || !got.Applied {
		t.Fatalf("%d %.300s", w.Code, w.Body)
	}
	w = ask(a, globexToken, "GET", "/numbers?limit=1", nil)
	if w.Header().Get("X-Total-Count") != "1200" {
		t.Errorf("%s numbers", w.Header().Get("X-Total-Count"))
	}
}

// FuzzTable: whatever comes is read or refused.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"number,name\n+13105550301,'=1+1\n", "\xef\xbb\xbfnumber;tags\r\n+13105550301;a|b\r\n", "number,forwards\n+12,\"[{\"\"type\"\":\"\"http\"\"}]\"",
		"number\n", "number,number", "\"number", "number,voice.calls.outbound,price\n+13105550301,TRUE,1.25\n", "number,priority\n+13105550301,-5,,\n", "\x00", "number,\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, table string) {
		read, err := readTable([]byte(table))
		if err != nil {
			return
		}
		if len(read.lines) != len(read.rows) {
			t.Fatalf("%d lines, %d rows", len(read.lines), len(read.rows))
		}
		for _, r := range read.rows {
			if len(r.Number) > 110 || r.Err == nil && !strings.HasPrefix(r.Number, "+") {
				t.Errorf("%+v", r)
			}
		}
	})
}

// FuzzPatch: whatever comes as a change of a number is made or refused with a
// problem document, and what a number then says can be said again.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`{"name":"a","tags":["b"],"voice":{"calls":{"queue_size":10}}}`, `{"forwards":[{"type":"console","destination":"x"}],"put_forwards":[]}`,
		`{"voice":null,"replies":null,"attribution":{"source":null}}`, `{"NAME":"a","name":"b"}`, `{"put_voice_forwards":[{"destination":"+13105550123"}]}`,
		`{"voice":{"greeting_settings":{"a":{"b":"c"},"d":null}}}`, `[]`, `null`, `{"priority":9e99}`, `{"tags":[null]}`, `{"enabled":null}`,
		`{"replies":{"window":"1e9h"}}`, `{"drop_forwards":[{"destination":"x"}],"drop_voice_forwards":["x"]}`,
	} {
		f.Add(seed)
	}
	w := world.New(f, `
tenants:
  - id: acme
    credentials: [{dialect: wirechief, token: acme-secret, scopes: [all]}]
    numbers: [{number: "+13109060901", carrier: main, capabilities: [voice, sms]}]
`)
	o := worldOptions(nil)
	o.Core = w.Exchange
	a := build(o)
	patch := func(t *testing.T, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("PATCH", Prefix+"/numbers/+13109060901", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+acmeToken)
		w := httptest.NewRecorder()
		a.mux.ServeHTTP(w, r)
		checkAnswer(t, a, r, w)
		return w
	}
	f.Fuzz(func(t *testing.T, body string) {
		w := patch(t, body)
		if w.Code != 200 {
			if w.Code != 400 && w.Code != 409 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			return
		}
		var n wire.Number
		if err := json.Unmarshal(w.Body.Bytes(), &n); err != nil {
			t.Fatal(err)
		}
		same, err := json.Marshal(n.Settings)
		if err != nil {
			t.Fatal(err)
		}
		w = patch(t, string(same))
		var again wire.Number
		if err := json.Unmarshal(w.Body.Bytes(), &again); err != nil || w.Code != 200 {
			t.Fatalf("%s is refused: %d %s", same, w.Code, w.Body)
		}
		if back, _ := json.Marshal(again.Settings); string(back) != string(same) {
			t.Errorf("%s becomes %s", same, back)
		}
	})
}

// Whatever reads tables reads the export.
func TestTableIsRFC4180(t *testing.T) {
	_, export := rolled(t)
	r := csv.NewReader(strings.NewReader(export("acme")))
	if rows, err := r.ReadAll(); err != nil || len(rows) != 4 {
		t.Errorf("%d rows: %v", len(rows), err)
	}
}
