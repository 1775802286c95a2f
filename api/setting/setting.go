package setting

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// kind is how a value is written.
type kind int

const (
	text    kind = iota
	literal      // a number, true or false
	texts        // a list of texts
	numbers      // a list of numbers
	whole        // JSON
)

// setting is one that has a value of its own.
type setting struct {
	name string // "voice.calls.outbound"
	kind kind
	is   reflect.Kind // of a literal
}

// settings lists those of a type in their order.
func settings(t reflect.Type, path string) (out []setting) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, settings(f.Type, path)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		s := setting{name: path + name, kind: whole, is: f.Type.Kind()}
		switch f.Type.Kind() {
		case reflect.Struct:
			out = append(out, settings(f.Type, s.name+".")...)
			continue
		case reflect.String:
			s.kind = text
		case reflect.Slice:
			switch f.Type.Elem().Kind() {
			case reflect.String:
				s.kind = texts
			case reflect.Int64:
				s.kind = numbers
			}
		case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
			s.kind = literal
		}
		out = append(out, s)
	}
	return out
}

// Names lists the names of what a number says, in the order of the API.
func Names() []string {
	all := settings(reflect.TypeFor[wire.Settings](), "")
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.name
	}
	return out
}

// Reader reads settings into a merge patch.
type Reader struct {
	known map[string]setting
	sep   string
	names []string // of what can be set, for who mistypes one; nil: those of a number
}

// NewReader makes a reader of values whose lists have the separator. It knows
// what a number says, and the changes of single forwards.
func NewReader(sep string) *Reader {
	r := &Reader{known: make(map[string]setting), sep: sep}
	for _, s := range settings(reflect.TypeFor[wire.Patch](), "") {
		r.known[s.name] = s
	}
	return r
}

// NewTenantReader makes a reader of what a tenant says of itself.
func NewTenantReader(sep string) *Reader {
	r := &Reader{known: make(map[string]setting), sep: sep}
	for _, s := range settings(reflect.TypeFor[wire.Tenant](), "") {
		if s.name != "id" {
			r.known[s.name] = s
			r.names = append(r.names, s.name)
		}
	}
	return r
}

// Knows says whether there is a setting of the name.
func (r *Reader) Knows(name string) bool { _, ok := r.known[name]; return ok }

// Set adds a setting to a patch. Its error names it.
func (r *Reader) Set(patch wire.MergePatch, name, value string) error {
	s, ok := r.known[name]
	if !ok {
		return r.unknown(name)
	}
	v, err := r.read(s, value)
	if err != nil {
		return err
	}
	return put(patch, name, v)
}

// Clear adds to a patch that a setting, or all below a name, is set back.
func (r *Reader) Clear(patch wire.MergePatch, name string) error {
	if !r.Knows(name) && !r.isBranch(name) {
		return r.unknown(name)
	}
	return put(patch, name, nil)
}

func (r *Reader) isBranch(name string) bool {
	for known := range r.known {
		if strings.HasPrefix(known, name+".") {
			return true
		}
	}
	return false
}

func (r *Reader) unknown(name string) error {
	if r.isBranch(name) {
		return wirechief.InvalidField(name, "name what is meant of it, as %s.…", name)
	}
	if r.names == nil && slices.Contains([]string{"number", "carrier", "type", "location", "price", "capabilities", "toll_free_verification"}, name) {
		return wirechief.InvalidField(name, "only the operator sets this, with numbers import")
	}
	names := slices.Clone(r.names)
	if names == nil {
		names = Names()
	}
	slices.SortStableFunc(names, func(a, b string) int { return distance(a, name) - distance(b, name) })
	if distance(names[0], name) > len(name)/3+1 && r.names != nil {
		return wirechief.InvalidField(name, "there is no such setting; there are %s", strings.Join(r.names, ", "))
	}
	if distance(names[0], name) > len(name)/3+1 { // nothing is like it
		return wirechief.InvalidField(name, "there is no such setting; numbers show N --json names those that there are")
	}
	return wirechief.InvalidField(name, "there is no such setting; is %s meant?", names[0])
}

func (r *Reader) read(s setting, value string) (any, error) {
	switch s.kind {
	case text:
		return value, nil
	case literal:
		return readLiteral(s, strings.TrimSpace(value))
	case texts, numbers:
		trimmed := strings.TrimSpace(value)
		if !strings.HasPrefix(trimmed, "[") {
			return readList(s, trimmed, r.sep)
		}
	}
	var v any
	if err := json.Unmarshal([]byte(value), &v); err != nil {
		return nil, wirechief.InvalidField(s.name, "the value is not JSON, as this setting needs it")
	}
	if err := fits(s, v); err != nil {
		return nil, err
	}
	return v, nil
}

// fits says whether a value in JSON is of the right shape.
func fits(s setting, v any) error {
	list, isList := v.([]any)
	if _, isMap := v.(map[string]any); s.is == reflect.Map && isMap || s.is == reflect.Slice && isList && s.kind == whole {
		return nil
	}
	if isList && (s.kind == texts || s.kind == numbers) {
		for _, e := range list {
			_, isText := e.(string)
			n, isNumber := e.(float64)
			if isText != (s.kind == texts) || isNumber && n != float64(int64(n)) {
				return wirechief.InvalidField(s.name, "an entry of the list is of the wrong type")
			}
		}
		return nil
	}
	return wirechief.InvalidField(s.name, "the value is JSON of the wrong type")
}

func readLiteral(s setting, value string) (any, error) {
	switch s.is {
	case reflect.Bool:
		switch strings.ToLower(value) { // spreadsheets write TRUE
		case "true", "yes", "on":
			return true, nil
		case "false", "no", "off":
			return false, nil
		}
		return nil, wirechief.InvalidField(s.name, "the value is true or false")
	case reflect.Float64:
		if f, err := strconv.ParseFloat(value, 64); err == nil && f-f == 0 { // neither infinite nor NaN
			return f, nil
		}
		return nil, wirechief.InvalidField(s.name, "the value is a number")
	}
	return readWhole(s.name, value)
}

// readWhole reads a number as far as JavaScript reads it exactly.
func readWhole(name, value string) (any, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n >= 1<<53 || n <= -1<<53 {
		return nil, wirechief.InvalidField(name, "the value is a whole number")
	}
	return n, nil
}

func readList(s setting, value, sep string) (any, error) {
	out := []any{}
	if value == "" {
		return out, nil
	}
	for entry := range strings.SplitSeq(value, sep) {
		entry = strings.TrimSpace(entry)
		var v any = entry
		if s.kind == numbers {
			var err error
			if v, err = readWhole(s.name, entry); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// put puts a value into nested objects along a dotted name.
func put(into map[string]any, name string, v any) error {
	first, rest, more := strings.Cut(name, ".")
	old, there := into[first]
	if !more {
		if there {
			return wirechief.InvalidField(name, "this setting is given twice")
		}
		into[first] = v
		return nil
	}
	inner, ok := old.(map[string]any)
	if there && !ok {
		return wirechief.InvalidField(name, "this setting is given twice")
	}
	if inner == nil {
		inner = make(map[string]any)
		into[first] = inner
	}
	return put(inner, rest, v)
}

// distance is how far two names are apart, in letters to change (Levenshtein).
func distance(a, b string) int {
	if last := a[strings.LastIndexByte(a, '.')+1:]; last == b {
		return 0
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
