package flow

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

// world is what the flows of these tests refer to.
type world struct{ speech bool }

func (world) Group(id int64) bool     { return id == 1 }
func (world) Schedule(id int64) bool  { return id == 1 }
func (world) Greeting(id string) bool { return id == "77" }
func (world) File(name string) bool   { return name == "hello.wav" }
func (w world) Speech() bool          { return w.speech }
func (world) Numbers() []string       { return []string{"+13109060901"} }
func (world) URL(u string) error {
	if strings.HasPrefix(u, "https://") {
		return nil
	}
	return wirechief.Errorf(wirechief.Invalid, "not a URL that is told anything")
}

// read makes a flow of JSON.
func read(t testing.TB, start, nodes string) *wirechief.Flow {
	t.Helper()
	f := &wirechief.Flow{ID: "1001", Start: start, Revision: 3}
	if err := json.Unmarshal([]byte(nodes), &f.Nodes); err != nil {
		t.Fatal(err)
	}
	return f
}

// desk is the example of a state file.
const desk = `{
	"hello": {"play": {"greeting": "available_en"}, "next": "menu"},
	"menu": {"menu": {"digits": {"1": "sales", "2": "message"}, "timeout": "5s", "retries": 3, "otherwise": "message"}},
	"sales": {"ring": {"numbers": ["+13105550123"], "order": "all", "timeout": "25s"}, "failure": "message"},
	"message": {"voicemail": {"max": "120s"}}}`

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name, start, nodes string
		want               []string
	}{
		{"the example", "hello", desk, nil},
		{"every kind", "a", `{
			"a": {"collect": {"prompt": {"file": "hello.wav"}, "max": 4, "terminator": "*", "as": "pin"}, "next": "b", "timeout": "b"},
			"b": {"schedule": {"schedule": 1}, "open": "c", "closed": "d", "holiday": "d"},
			"c": {"condition": {"if": "variable.pin", "equals": ["1", "2"]}, "yes": "e", "no": "d"},
			"d": {"queue": {"group": 1, "limit": 2, "wait": "2m", "music": {"greeting": "hold_en"}, "position": true}, "overflow": "f", "timeout": "f"},
			"e": {"consent": {"prompt": {"greeting": "77"}, "ask": true}, "yes": "g", "no": "h"},
			"f": {"sms": {"text": "Sorry"}, "next": "h"},
			"g": {"record": {"on": true}, "next": "i"},
			"h": {"hangup": {"cause": 17}},
			"i": {"set": {"tags": ["vip"], "attribution": {"source": "web"}}, "next": "j"},
			"j": {"webhook": {"url": "https://example.test/x", "timeout": "2s"}, "next": "k", "failure": "k"},
			"k": {"transfer": {"to": "sip:desk@pbx.example"}, "failure": "l"},
			"l": {"ring": {"group": 1, "order": "longest-idle", "confirm": true, "caller_id": "own"}, "timeout": "h"}}`, nil},
		{"nothing", "", `{}`, []string{"nodes: a flow needs a node"}},
		{"no start", "", `{"a": {"hangup": {}}}`, []string{"start: the name of the node is needed at which calls begin"}},
		{"a start that is not", "z", `{"a": {"hangup": {}}}`, []string{`start: there is no node "z"`}},
		{"an unknown kind", "a", `{"a": {"plai": {}, "next": "b"}}`, []string{"node a: plai: a node has one of the kinds " + strings.Join(Kinds(), ", ")}},
		{"two kinds", "a", `{"a": {"play": {}, "menu": {}}}`, []string{"node a: play: a node has one kind, and this one has menu already"}},
		{"an unknown key, exit and value", "a", `{"a": {"ring": {"numbers": ["+13105550123"], "order": "any", "tries": 2}, "next": "a", "timeout": 3}}`, []string{
			`node a: ring.order: "any" is not known; allowed: all, in-order, round-robin, longest-idle`,
			"node a: next: a ring has no such exit; it has failure, timeout",
			"node a: timeout: the name of a node is needed here",
			"node a: ring.tries: unknown key; known here: numbers, group, order, timeout, confirm, caller_id",
		}},
		{"a word for a number", "a", `{"a": {"collect": {"max": "many", "timeout": "1h"}}}`, []string{
			"node a: collect.max: a whole number from 1 to 64 is needed here",
			`node a: collect.timeout: "1h" is not a time span from 1s to 1m0s, such as 5s`,
		}},
		{"targets, orphans, references", "a", `{
			"a": {"play": {"text": "Hi"}, "next": "b"},
			"b": {"menu": {"digits": {"1": "nowhere"}, "prompt": {"greeting": "78"}}},
			"c": {"ring": {"group": 2}},
			"d": {"webhook": {"url": "gopher://x"}}}`, []string{
			"node a: play: a text cannot be spoken here: no speech.synthesis_url is configured; name a greeting or a file",
			`node b: menu.digits.1: there is no node "nowhere"`,
			`node b: menu.prompt: there is no greeting "78": name the id of one of your own, or a stock one such as available_en`,
			"node c: no call comes to this node",
			"node c: ring.group: there is no group 2",
			"node d: no call comes to this node",
			"node d: webhook.url: not a URL that is told anything",
		}},
		{"a number that calls itself", "a", `{"a": {"ring": {"numbers": ["+13109060901", "12"]}}}`, []string{
			"node a: ring.numbers[0]: +13109060901 would call itself: its calls go through this flow",
			`node a: ring.numbers[1]: "12" is neither a number such as +13105550100 nor a SIP URI`,
		}},
		{"a circle in which nobody waits", "a", `{
			"a": {"set": {"tags": ["x"]}, "next": "b"}, "b": {"condition": {"if": "caller", "prefix": "+1"}, "yes": "a", "no": "c"}, "c": {"hangup": {}}}`, []string{
			"node a: calls would go round for ever: a → b → a; nothing there waits for the caller",
		}},
		{"a circle with a menu in it", "a", `{"a": {"menu": {"digits": {"1": "b"}}}, "b": {"set": {"tags": ["x"]}, "next": "a"}}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := Judge(read(t, c.start, c.nodes), world{})
			var got []string
			for _, p := range problems {
				got = append(got, p.Error())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	g, problems := Parse(read(t, "a", `{"a": {"menu": {"digits": {"1": "a"}}}, "b": {"ring": {"group": 1}}, "c": {"queue": {"group": 1}}, "d": {"voicemail": null}, "e": {"hangup": null}, "f": {"record": "pause"}}`))
	if problems != nil {
		t.Fatal(problems)
	}
	for name, want := range map[string]Step{
		"a": &Menu{Digits: map[string]string{"1": "a"}, Timeout: 5 * time.Second, Retries: 3},
		"b": &Ring{Group: 1, Order: OrderAll, Timeout: 25 * time.Second, CallerID: CallerOriginal},
		"c": &Queue{Group: 1, Limit: 5, Wait: time.Minute},
		"d": &Voicemail{Max: 2 * time.Minute, Silence: 5 * time.Second},
		"e": &End{Cause: 16},
		"f": &Record{Mode: "pause"},
	} {
		if diff := cmp.Diff(want, g.Nodes[name].Do); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Both changes of daylight saving in Los Angeles, 2026: on March 8th there is
// no hour from two, on November 1st that from one is there twice.
func TestScheduleOverDaylightSaving(t *testing.T) {
	s := &wirechief.Schedule{
		TimeZone:  "America/Los_Angeles",
		Intervals: []wirechief.Interval{{StartTime: 90, EndTime: 180}, {StartTime: 1980, EndTime: 2460}}, // Sunday 01:30 to 03:00, Monday 09:00 to 17:00
		Holidays:  []wirechief.Holiday{{From: "2026-11-24", Until: "2026-11-26"}, {From: "2026-12-29"}},
	}
	for at, want := range map[string]Opening{
		"2026-03-08T09:29:59Z": Closed, // 01:29:59 PST
		"2026-03-08T09:30:00Z": Open,
		"2026-03-08T09:59:59Z": Open,   // 01:59:59 PST
		"2026-03-08T10:00:00Z": Closed, // 03:00 PDT
		"2026-11-01T08:30:00Z": Open,   // 01:30 PDT
		"2026-11-01T08:59:59Z": Open,
		"2026-11-01T09:00:00Z": Closed, // 01:00 PST again
		"2026-11-01T09:30:00Z": Open,
		"2026-11-01T11:00:00Z": Closed, // 03:00 PST
		"2026-03-09T16:00:00Z": Open,   // Monday 09:00 PDT
		"2026-03-02T16:59:59Z": Closed, // Monday 08:59:59 PST
		"2026-03-02T17:00:00Z": Open,
		"2026-11-24T18:00:00Z": Holiday,
		"2026-11-27T07:59:59Z": Holiday, // still the 26th there
		"2026-11-27T08:00:00Z": Closed,
		"2026-12-29T18:00:00Z": Holiday,
	} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := StateAt(s, when); got != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", at, got, err, want)
		}
	}
	if _, err := StateAt(&wirechief.Schedule{TimeZone: "Mars/Base"}, time.Time{}); err == nil {
		t.Error("a zone that there is not: no error")
	}
}

func TestTry(t *testing.T) {
	start := time.Date(2026, 3, 3, 18, 0, 0, 0, time.UTC)
	facts := Facts{Caller: "+13105550177", Schedule: func(int64) *wirechief.Schedule { return nil }}
	for _, c := range []struct {
		name, start, nodes string
		script             Script
		path               string
		outcome            ActionType
	}{
		{"sales takes it", "hello", desk, Script{Keys: []Press{{Keys: "1"}}, Answers: map[string]time.Duration{"+13105550123": 4 * time.Second}}, "hello/next menu/1 sales/", DoTalk},
		{"sales is busy", "hello", desk, Script{Keys: []Press{{Keys: "1"}}, Busy: map[string]bool{"+13105550123": true}}, "hello/next menu/1 sales/failure message/next", DoHangup},
		{"sales does not take it", "hello", desk, Script{Keys: []Press{{Keys: "1"}}}, "hello/next menu/1 sales/failure message/next", DoHangup},
		{"the third key fits", "hello", desk, Script{Keys: []Press{{Keys: "7"}, {}, {Keys: "2"}}}, "hello/next menu/2 message/next", DoHangup},
		{"nothing is pressed", "hello", desk, Script{}, "hello/next menu/otherwise message/next", DoHangup},
		{"too late", "hello", desk, Script{Keys: []Press{{Keys: "1", After: 6 * time.Second}}}, "hello/next menu/otherwise message/next", DoHangup},
		{
			"keys are compared", "a", `{"a": {"collect": {"as": "pin", "max": 4}, "next": "b"}, "b": {"condition": {"if": "variable.pin", "equals": "4711"}, "yes": "c"}, "c": {"hangup": 17}}`,
			Script{Keys: []Press{{Keys: "4711#"}}},
			"a/next b/yes c/", DoHangup,
		},
		{"a schedule that has gone", "a", `{"a": {"schedule": 9, "open": "b"}, "b": {"hangup": {}}}`, Script{}, "a/", DoFailover},
		{"a schedule that has gone, with an exit", "a", `{"a": {"schedule": 9, "failure": "b"}, "b": {"hangup": {}}}`, Script{}, "a/failure b/", DoHangup},
		{"an endless circle", "a", `{"a": {"set": {"tags": ["x"]}, "next": "a"}}`, Script{}, "", DoFailover},
		{"a node that has gone", "a", `{"a": {"play": {"greeting": "hold_en"}, "next": "b"}}`, Script{}, "a/next", DoFailover},
		{"a caller who says no", "a", `{"a": {"consent": {"ask": true}, "yes": "b", "no": "c"}, "b": {"hangup": 16}, "c": {"hangup": 21}}`, Script{Refuses: true}, "a/no c/", DoHangup},
		{
			"one after the other", "a", `{"a": {"ring": {"numbers": ["+13105550123", "+13105550124"], "order": "in-order", "timeout": "20s"}}}`,
			Script{Answers: map[string]time.Duration{"+13105550124": 2 * time.Second}},
			"a/", DoTalk,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, problems := Parse(read(t, c.start, c.nodes))
			if problems != nil {
				t.Fatal(problems)
			}
			c.script.At = start
			got := Try(g, facts, c.script)
			var way []string
			for _, p := range got.Path {
				way = append(way, p.Node+"/"+p.Exit)
			}
			if path := strings.Join(way, " "); c.path != "" && path != c.path {
				t.Errorf("path %s, want %s", path, c.path)
			}
			if got.Outcome != c.outcome || got.Revision != 3 {
				t.Errorf("outcome %s of revision %d, want %s of 3", got.Outcome, got.Revision, c.outcome)
			}
		})
	}
}

// A walk is told that a node cannot be done: without an exit for that, the
// number's failover decides; whoever is over stays over.
func TestFailure(t *testing.T) {
	g, _ := Parse(read(t, "a", `{"a": {"play": {"greeting": "hold_en"}}, "b": {"play": {"greeting": "hold_en"}, "failure": "a"}}`))
	w := NewWalk(g, Facts{})
	w.Step(time.Time{}, Input{Type: Began})
	if a := w.Step(time.Time{}, Input{Type: Failed, Because: "no sound"}); a.Do != DoFailover || !strings.Contains(a.Because, "no sound") {
		t.Errorf("%+v", a)
	}
	if a := w.Step(time.Time{}, Input{Type: Done}); a.Do != DoHangup || !w.Over() {
		t.Errorf("after the end: %+v", a)
	}
	g.Start = "b"
	w = NewWalk(g, Facts{})
	w.Step(time.Time{}, Input{Type: Began})
	if a := w.Step(time.Time{}, Input{Type: Failed}); a.Do != DoPlay || a.Name != "a" {
		t.Errorf("with an exit: %+v", a)
	}
	if a := w.Step(time.Time{}, Input{Type: Gone}); a.Do != DoHangup || !w.Over() {
		t.Errorf("hung up: %+v", a)
	}
}

func TestFromIVR(t *testing.T) {
	v := &wirechief.IVR{ID: 5, Menus: []wirechief.IVRMenu{
		{ID: 2, Name: "Second", Routes: []wirechief.IVRRoute{{ID: 24, Keypress: "*", Action: "menu", Menu: 1}, {ID: 25, Keypress: "1", Action: "textback", Text: "Hi", TextFrom: 9}}},
		{ID: 1, Name: "Main", Default: true, Greeting: "ivr_en", Routes: []wirechief.IVRRoute{
			{ID: 21, Keypress: "1", Action: "group", Groups: []int64{1, 2}, Tags: []string{"sales"}, Greeting: "wait_en"},
			{ID: 22, Keypress: "2", Action: "menu", Menu: 2},
			{ID: 23, Keypress: "3", Action: "phone_number", Number: "+13105550123"},
			{ID: 26, Keypress: "default", Action: "voicemail"},
		}},
	}}
	calls := wirechief.DefaultCalls()
	calls.Overflow = wirechief.Overflow{Enabled: true, Number: "+13105550199"}
	g := FromIVR(v, calls)
	if problems := Check(g, everything{}); problems != nil {
		t.Fatal(problems)
	}
	way := func(s Script) string {
		var way []string
		for _, p := range Try(g, Facts{}, s).Path {
			way = append(way, p.Node)
		}
		return strings.Join(way, " ")
	}
	for _, c := range []struct {
		keys []Press
		want string
	}{
		{[]Press{{Keys: "1"}}, "menu-1 tags-21 greeting-21 route-21 route-21-2 overflow voicemail"},
		{[]Press{{Keys: "2"}, {Keys: "*"}, {Keys: "3"}}, "menu-1 menu-2 menu-1 route-23 overflow voicemail"},
		{[]Press{{Keys: "2"}, {Keys: "1"}}, "menu-1 menu-2 route-25"},
		{nil, "menu-1 route-26"},
	} {
		if got := way(Script{Keys: c.keys}); got != c.want {
			t.Errorf("%v: %s, want %s", c.keys, got, c.want)
		}
	}
}

// everything is there.
type everything struct{}

func (everything) Group(int64) bool     { return true }
func (everything) Schedule(int64) bool  { return true }
func (everything) Greeting(string) bool { return true }
func (everything) File(string) bool     { return true }
func (everything) Speech() bool         { return true }
func (everything) URL(string) error     { return nil }
func (everything) Numbers() []string    { return nil }

// Whatever a flow holds, reading it ends, each mistake names its place, and
// what is found good can be walked to an end.
func FuzzFlow(f *testing.F) {
	f.Add("hello", desk)
	f.Add("a", `{"a": {"set": {"tags": ["x"]}, "next": "a"}}`)
	f.Add("a", `{"a": {"condition": {"if": "attribution", "equals": "x"}, "yes": "a", "no": "hangup"}}`)
	f.Fuzz(func(t *testing.T, start, nodes string) {
		v := &wirechief.Flow{Start: start}
		if json.Unmarshal([]byte(nodes), &v.Nodes) != nil {
			return
		}
		g, problems := Judge(v, everything{})
		if slices.ContainsFunc(problems, func(p Problem) bool { return p.Message == "" || p.Node == "" && p.Key == "" && v.Nodes[""] == nil }) {
			t.Fatalf("a mistake without words or place: %q", problems)
		}
		got := Try(g, Facts{}, Script{Keys: []Press{{Keys: "1"}, {Keys: "2"}}})
		if len(problems) == 0 && got.Outcome == DoFailover && !strings.Contains(got.Lines[len(got.Lines)-1].Text, "schedule") {
			t.Errorf("a good flow ends so: %s", got.Lines[len(got.Lines)-1].Text)
		}
	})
}
