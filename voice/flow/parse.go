package flow

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// MostNodes is how many nodes a flow has at most.
const MostNodes = 1000

// Kinds are the words for what nodes do.
func Kinds() []string {
	return []string{
		"play", "menu", "collect", "schedule", "condition", "ring", "queue", "voicemail", "sms", "webhook", "set",
		"record", "consent", "transfer", "hangup",
	}
}

// Parse reads the nodes of a flow. The graph holds what could be read; the
// problems are everything that could not, in the order of the nodes' names.
func Parse(f *wirechief.Flow) (*Graph, Problems) {
	g := &Graph{ID: f.ID, Name: f.Name, Revision: f.Revision, Start: f.Start, Nodes: make(map[string]*Node, len(f.Nodes))}
	var problems Problems
	if len(f.Nodes) > MostNodes {
		return g, append(problems, Problem{Key: "nodes", Message: fmt.Sprintf("a flow has at most %d nodes", MostNodes)})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Nodes)) {
		if n := parseNode(name, f.Nodes[name], &problems); n != nil {
			g.Nodes[name] = n
		}
	}
	return g, problems
}

func parseNode(name string, v any, problems *Problems) *Node {
	wrong := func(key, format string, args ...any) {
		*problems = append(*problems, Problem{Node: name, Key: key, Message: fmt.Sprintf(format, args...)})
	}
	m, ok := v.(map[string]any)
	if !ok {
		wrong("", "a node is a mapping of one kind and its exits, as {play: {greeting: available_en}, next: menu}")
		return nil
	}
	kind := ""
	for _, key := range slices.Sorted(maps.Keys(m)) {
		switch {
		case !slices.Contains(Kinds(), key):
		case kind != "":
			wrong(key, "a node has one kind, and this one has %s already", kind)
			return nil
		default:
			kind = key
		}
	}
	if kind == "" {
		given := slices.DeleteFunc(slices.Sorted(maps.Keys(m)), func(k string) bool { return slices.Contains([]string{ExitNext, ExitFailure, ExitTimeout}, k) })
		wrong(strings.Join(given, ", "), "a node has one of the kinds %s", strings.Join(Kinds(), ", "))
		return nil
	}
	before := len(*problems)
	f := &fields{node: name, kind: kind, problems: problems, values: unfold(kind, m[kind])}
	if f.values == nil {
		f.wrong("", "a mapping of its keys is needed here")
		return nil
	}
	n := &Node{Name: name, Exits: make(map[string]string)}
	n.Do = f.step()
	allowed := append(exitsOf(kind), ExitFailure, ExitTimeout)
	exit := func(key string, v any) {
		target, ok := v.(string)
		if !ok || target == "" {
			wrong(key, "the name of a node is needed here")
			return
		}
		n.Exits[key] = target
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		switch {
		case key == kind:
		case kind == "hangup" || !slices.Contains(allowed, key):
			wrong(key, "a %s has no such exit; it has %s", kind, exitWords(kind, allowed))
		default:
			exit(key, m[key])
		}
	}
	// Exits stand beside the kind, and may stand with its keys, where no key has their name.
	for _, key := range allowed {
		if v, given := f.values[key]; given && kind != "hangup" && !slices.Contains(f.known, key) {
			f.known = append(f.known, key)
			exit(key, v)
		}
	}
	f.rest()
	if len(*problems) > before && n.Do == nil {
		return nil
	}
	return n
}

func exitWords(kind string, exits []string) string {
	if kind == "hangup" {
		return "none"
	}
	return strings.Join(exits, ", ")
}

// unfold gives the keys of a kind. What has one key of note can be written
// without it: {schedule: 1}, {record: on}, {hangup: 17}.
func unfold(kind string, v any) map[string]any {
	if m, ok := v.(map[string]any); ok {
		return m
	}
	if v == nil {
		return map[string]any{}
	}
	short := map[string]string{"schedule": "schedule", "hangup": "cause", "transfer": "to", "record": "mode"}[kind]
	switch v.(type) {
	case string, int64, float64, int, bool:
		if short != "" {
			return map[string]any{short: v}
		}
	}
	return nil
}

var (
	menuKey    = regexp.MustCompile(`^[0-9*#]$`)
	terminator = regexp.MustCompile(`^[0-9*#]?$`)
	variable   = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]{0,31}$`)
	subject    = regexp.MustCompile(`^(caller|prefix|attestation|variable(\.[a-zA-Z][a-zA-Z0-9_]{0,31})?|attribution(\.(source|medium|campaign|content))?)$`)
)

// step reads the keys of a kind, with their defaults.
func (f *fields) step() Step {
	switch f.kind {
	case "play":
		return &Play{f.sound()}
	case "menu":
		m := &Menu{Digits: f.table("digits"), Prompt: f.prompt("prompt"), Timeout: f.span("timeout", 5*time.Second, time.Second, time.Minute), Retries: int(f.number("retries", 3, 1, 10))}
		for _, key := range slices.Sorted(maps.Keys(m.Digits)) {
			if !menuKey.MatchString(key) {
				f.wrong("digits."+key, "%q is not a key: 0 to 9, * or #", key)
			}
		}
		if len(m.Digits) == 0 {
			f.wrong("digits", "a menu needs a key")
		}
		return m
	case "collect":
		c := &Collect{Prompt: f.prompt("prompt"), Max: int(f.number("max", 16, 1, 64)), Terminator: f.text("terminator", "#"), Timeout: f.span("timeout", 5*time.Second, time.Second, time.Minute), As: f.text("as", "")}
		if !terminator.MatchString(c.Terminator) {
			f.wrong("terminator", "%q is not a key: 0 to 9, * or #", c.Terminator)
		}
		if c.As != "" && !variable.MatchString(c.As) {
			f.wrong("as", "%q is no name of a variable: up to 32 letters, digits and _", c.As)
		}
		return c
	case "schedule":
		s := &Schedule{ID: f.number("schedule", 0, 1, 1<<53)}
		if _, given := f.values["schedule"]; !given {
			f.wrong("schedule", "the id of a schedule is needed")
		}
		return s
	case "condition":
		return f.condition()
	case "ring":
		r := &Ring{
			Numbers: f.words("numbers"), Group: f.number("group", 0, 1, 1<<53), Order: f.oneOf("order", OrderAll, OrderIn, OrderRoundRobin, OrderIdle),
			Timeout: f.span("timeout", 25*time.Second, time.Second, 10*time.Minute), Confirm: f.flag("confirm"), CallerID: f.oneOf("caller_id", CallerOriginal, CallerOwn),
		}
		if (len(r.Numbers) == 0) == (r.Group == 0) {
			f.wrong("", "either numbers or a group is needed")
		}
		return r
	case "queue":
		q := &Queue{Group: f.number("group", 0, 1, 1<<53), Limit: int(f.number("limit", 5, 0, 1000)), Wait: f.span("wait", time.Minute, time.Second, 24*time.Hour), Music: f.prompt("music"), Position: f.flag("position")}
		if q.Group == 0 {
			f.wrong("group", "the id of a group is needed")
		}
		return q
	case "voicemail":
		return &Voicemail{Greeting: f.prompt("greeting"), Max: f.span("max", 2*time.Minute, time.Second, time.Hour), Silence: f.span("silence", 5*time.Second, time.Second, time.Minute), Transcribe: f.flag("transcribe")}
	case "sms":
		s := &SMS{To: f.text("to", "caller"), Text: f.text("text", "")}
		if strings.TrimSpace(s.Text) == "" || len(s.Text) > 1600 {
			f.wrong("text", "a text of 1 to 1600 octets is needed")
		}
		return s
	case "webhook":
		w := &Webhook{URL: f.text("url", ""), Timeout: f.span("timeout", 3*time.Second, 100*time.Millisecond, 30*time.Second)}
		if w.URL == "" {
			f.wrong("url", "a URL is needed")
		}
		return w
	case "set":
		return f.set()
	case "record":
		return f.record()
	case "consent":
		return &Consent{Prompt: f.prompt("prompt"), Ask: f.flag("ask")}
	case "transfer":
		t := &Transfer{To: f.text("to", "")}
		if t.To == "" {
			f.wrong("to", "a number or a SIP URI is needed")
		}
		return t
	}
	return &End{Cause: int(f.number("cause", 16, 1, 127))}
}

func (f *fields) condition() Step {
	c := &Condition{If: f.text("if", ""), Equals: f.words("equals"), Prefix: f.words("prefix")}
	if !subject.MatchString(c.If) {
		f.wrong("if", "%q is not known; allowed: caller, prefix, attribution, attribution.source (medium, campaign, content), attestation, variable, variable.NAME", c.If)
	}
	if (len(c.Equals) == 0) == (len(c.Prefix) == 0) {
		f.wrong("", "either equals or prefix is needed")
	}
	return c
}

func (f *fields) set() Step {
	s := &Set{Tags: f.words("tags"), Attribution: f.table("attribution")}
	for _, tag := range s.Tags {
		if tag == "" || len(tag) > 64 {
			f.wrong("tags", "%q has not 1 to 64 octets", tag)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Attribution)) {
		if !slices.Contains([]string{"source", "medium", "campaign", "content"}, key) || len(s.Attribution[key]) > 255 {
			f.wrong("attribution."+key, "source, medium, campaign or content, of up to 255 octets, is needed here")
		}
	}
	return s
}

func (f *fields) record() Step {
	modes := []string{"on", "off", "pause", "resume"}
	if v, given := f.values["mode"]; given {
		if on, is := v.(bool); is { // YAML's older reading of on and off
			f.known = append(f.known, "mode")
			return &Record{Mode: map[bool]string{true: "on", false: "off"}[on]}
		}
		return &Record{Mode: f.oneOf("mode", modes...)}
	}
	r := &Record{}
	for _, mode := range modes {
		if f.flag(mode) {
			if r.Mode != "" {
				f.wrong(mode, "it is %s already", r.Mode)
			}
			r.Mode = mode
		}
	}
	if r.Mode == "" {
		f.wrong("", "one of on, off, pause and resume is needed")
	}
	return r
}
