package flow

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fields reads the keys of one node, and notes what is wrong with them.
type fields struct {
	node, kind string
	values     map[string]any
	known      []string
	problems   *Problems
}

func (f *fields) wrong(key, format string, args ...any) {
	path := f.kind
	if key != "" {
		path += "." + key
	}
	*f.problems = append(*f.problems, Problem{Node: f.node, Key: path, Message: fmt.Sprintf(format, args...)})
}

// take gives a value and notes that its key is known.
func (f *fields) take(key string) (any, bool) {
	f.known = append(f.known, key)
	v, ok := f.values[key]
	return v, ok && v != nil
}

func (f *fields) text(key, otherwise string) string {
	v, ok := f.take(key)
	if !ok {
		return otherwise
	}
	switch v := v.(type) {
	case string:
		return v
	case int64, float64, int, bool:
		return fmt.Sprint(v) // 16 and "16" are one word in a file
	}
	f.wrong(key, "a text is needed here")
	return otherwise
}

func (f *fields) oneOf(key string, allowed ...string) string {
	s := f.text(key, allowed[0])
	if !slices.Contains(allowed, s) {
		f.wrong(key, "%q is not known; allowed: %s", s, strings.Join(allowed, ", "))
		return allowed[0]
	}
	return s
}

func (f *fields) flag(key string) bool {
	v, ok := f.take(key)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		f.wrong(key, "true or false is needed here")
	}
	return b
}

func (f *fields) number(key string, otherwise, least, most int64) int64 {
	v, ok := f.take(key)
	if !ok {
		return otherwise
	}
	n, ok := whole(v)
	if !ok || n < least || n > most {
		f.wrong(key, "a whole number from %d to %d is needed here", least, most)
		return otherwise
	}
	return n
}

// whole reads a whole number, as YAML and JSON give it.
func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

func (f *fields) span(key string, otherwise, least, most time.Duration) time.Duration {
	s := f.text(key, "")
	if s == "" {
		return otherwise
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < least || d > most {
		f.wrong(key, "%q is not a time span from %v to %v, such as %v", s, least, most, otherwise)
		return otherwise
	}
	return d
}

// words reads a list of texts; one alone is a list, too.
func (f *fields) words(key string) []string {
	v, ok := f.take(key)
	if !ok {
		return nil
	}
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				f.wrong(key, "a list of texts is needed here; put numbers in quotes")
				return nil
			}
			out = append(out, s)
		}
		return out
	}
	f.wrong(key, "a list of texts is needed here; put numbers in quotes")
	return nil
}

func (f *fields) table(key string) map[string]string {
	v, ok := f.take(key)
	if !ok {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		f.wrong(key, "a mapping is needed here")
		return nil
	}
	out := make(map[string]string, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		s, ok := m[k].(string)
		if !ok || s == "" {
			f.wrong(key+"."+k, "a text is needed here")
			continue
		}
		out[k] = s
	}
	return out
}

// stock is the form of the names of greetings that are there without anybody's
// doing (zendesk: default_greeting_ids).
var stock = regexp.MustCompile(`^(voicemail|available|wait|hold|ivr|callback|callback-confirmation|call-recording-opt-out|call-recording-opt-in)_([a-z]{2}|none)(_voicemail_config|_digital_lines)?$`)

// IsStockGreeting says whether a name is of a greeting that every tenant has.
func IsStockGreeting(name string) bool { return stock.MatchString(name) }

// prompt reads {file: …}, {greeting: …} or {text: …}. A word alone is a
// greeting where it has the form of one, and otherwise a text.
func (f *fields) prompt(key string) Prompt {
	v, ok := f.take(key)
	if !ok {
		return Prompt{}
	}
	switch v := v.(type) {
	case string:
		if _, err := strconv.ParseInt(v, 10, 64); err == nil || IsStockGreeting(v) {
			return Prompt{Greeting: v}
		}
		return Prompt{Text: v}
	case int64, float64, int:
		if n, ok := whole(v); ok {
			return Prompt{Greeting: strconv.FormatInt(n, 10)}
		}
	case map[string]any:
		in := &fields{node: f.node, kind: f.kind + "." + key, values: v, problems: f.problems}
		p := in.sound()
		in.rest()
		return p
	}
	f.wrong(key, "a prompt is needed here: {greeting: …}, {file: …} or {text: …}")
	return Prompt{}
}

// sound reads the three keys of which one is given.
func (f *fields) sound() Prompt {
	p := Prompt{File: f.text("file", ""), Greeting: f.text("greeting", ""), Text: f.text("text", "")}
	given := 0
	for _, s := range []string{p.File, p.Greeting, p.Text} {
		if s != "" {
			given++
		}
	}
	if given != 1 {
		f.wrong("", "one of file, greeting and text is needed")
	}
	return p
}

// rest reports keys that nobody has asked for.
func (f *fields) rest() {
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if !slices.Contains(f.known, key) {
			f.wrong(key, "unknown key; known here: %s", strings.Join(f.known, ", "))
		}
	}
}
