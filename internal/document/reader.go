package document

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Reader fills structs from a file and gathers what is wrong with it.
type Reader struct {
	file     string
	problems Problems
	places   map[string]place
	budget   int // values that may still be read: aliases cannot unfold for ever
}

type place struct {
	where string
	line  int
}

// Unmarshaler is a type that reads itself from a node, for shapes that no
// struct has. It tells mistakes to the reader.
type Unmarshaler interface {
	UnmarshalNode(r *Reader, path string, n *Node)
}

// NewReader makes a reader of the file of this name.
func NewReader(file string) *Reader {
	return &Reader{file: file, places: make(map[string]place), budget: 100_000}
}

// Err is everything that was found wrong, as [Problems], or nil.
func (r *Reader) Err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return r.problems.sorted()
}

// Report adds a problem with the value of a key. Its place is that of the
// nearest key that was given.
func (r *Reader) Report(path, format string, args ...any) {
	p := Problem{Where: r.file, Key: path, Message: fmt.Sprintf(format, args...)}
	for at := path; ; at = parent(at) {
		if found, ok := r.places[at]; ok {
			p.Where, p.Line = found.where, found.line
			break
		}
		if at == "" {
			break
		}
	}
	r.problems = append(r.problems, p)
}

// Judge reports an error, if there is one, by its message for people.
func (r *Reader) Judge(path string, err error) {
	if err != nil {
		r.Report(path, "%s", messageOf(err))
	}
}

// Line is the line on which a key was given, 0 when it was not.
func (r *Reader) Line(path string) int { return r.places[path].line }

// Nearest is the line of the nearest key above that was given, 0 for none.
func (r *Reader) Nearest(path string) int {
	for at := path; ; at = parent(at) {
		if found, ok := r.places[at]; ok {
			return found.line
		}
		if at == "" {
			return 0
		}
	}
}

func messageOf(err error) string {
	if wirechief.KindOf(err) != wirechief.Internal {
		return wirechief.MessageOf(err)
	}
	return err.Error()
}

// parent cuts the last key or index off a path.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// Decode fills what into points to from the node, which stands at a path of
// the file: "" for the whole.
func (r *Reader) Decode(n *Node, path string, into any) {
	if _, ok := r.places[path]; !ok {
		r.places[path] = place{r.file, n.Line}
	}
	r.budget += 4 * n.size
	r.decode(n, path, reflect.ValueOf(into).Elem())
}

func (r *Reader) decode(n *Node, path string, v reflect.Value) {
	if !r.spend(path) {
		return
	}
	if v.Type() == reflect.TypeFor[*Node]() {
		v.Set(reflect.ValueOf(n))
		return
	}
	if n.Kind == Null {
		return
	}
	if u, ok := v.Addr().Interface().(Unmarshaler); ok {
		u.UnmarshalNode(r, path, n)
		return
	}
	switch {
	case isScalar(v.Type()):
		if r.expect(n, path, Scalar) {
			r.scalar(n.Text, path, v)
		}
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		r.decode(n, path, v.Elem())
	case v.Kind() == reflect.Struct:
		if r.expect(n, path, Mapping) {
			r.fields(n, path, v)
		}
	case v.Kind() == reflect.Slice:
		if !r.expect(n, path, Sequence) {
			return
		}
		out := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
		for i, item := range n.Items {
			at := index(path, i)
			r.places[at] = place{r.file, item.Line}
			if item.Kind == Null {
				r.Report(at, "the item is empty")
				continue
			}
			r.decode(item, at, out.Index(i))
		}
		v.Set(out)
	case v.Kind() == reflect.Map:
		if !r.expect(n, path, Mapping) {
			return
		}
		out := reflect.MakeMapWithSize(v.Type(), len(n.Entries))
		for _, e := range n.Entries {
			at := join(path, e.Key)
			r.places[at] = place{r.file, e.Line}
			item := reflect.New(v.Type().Elem()).Elem()
			r.decode(e.Value, at, item)
			out.SetMapIndex(reflect.ValueOf(e.Key).Convert(v.Type().Key()), item)
		}
		v.Set(out)
	case v.Kind() == reflect.Interface:
		v.Set(reflect.ValueOf(r.free(n, path)))
	default:
		panic("document: no rule for " + v.Type().String())
	}
}

// spend takes one value off the budget and says whether there was one left.
func (r *Reader) spend(path string) bool {
	if r.budget--; r.budget == -1 {
		r.Report(path, "the aliases of the file unfold into too many values")
	}
	return r.budget >= 0
}

// expect reports a value of another kind.
func (r *Reader) expect(n *Node, path string, k Kind) bool {
	if n.Kind != k {
		r.Report(path, "%s is needed here, not %s", k, n.Kind)
	}
	return n.Kind == k
}

func (r *Reader) fields(n *Node, path string, v reflect.Value) {
	known := fieldsOf(v.Type())
	for _, e := range n.Entries {
		at := join(path, e.Key)
		if i, ok := known.index[e.Key]; ok {
			r.places[at] = place{r.file, e.Line}
			r.decode(e.Value, at, v.Field(i))
			continue
		}
		hint := "known here: " + strings.Join(known.names, ", ")
		if near := nearest(e.Key, known.names); near != "" {
			hint = "did you mean " + near + "?"
		}
		r.problems = append(r.problems, Problem{Where: r.file, Line: e.Line, Key: at, Message: "unknown key; " + hint})
	}
}

type fieldSet struct {
	names []string
	index map[string]int
}

func fieldsOf(t reflect.Type) fieldSet {
	s := fieldSet{index: make(map[string]int, t.NumField())}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		s.names = append(s.names, name)
		s.index[name] = i
	}
	return s
}

// isScalar says whether a single value is wanted for the type.
func isScalar(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return true
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	}
	return false
}

// scalar sets one value from its text.
func (r *Reader) scalar(text, path string, v reflect.Value) {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		r.Judge(path, u.UnmarshalText([]byte(text)))
		return
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		if text == "" {
			v.SetInt(0)
			return
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			r.Report(path, "%q is not a time span such as 500ms, 30s or 24h", text)
			return
		}
		v.SetInt(int64(d))
		return
	}
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.Kind() == reflect.Bool:
		switch text {
		case "true", "false":
			v.SetBool(text == "true")
		default:
			r.Report(path, "%q is neither true nor false", text)
		}
	case v.Kind() == reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			r.Report(path, "%q is not a number", text)
			return
		}
		v.SetFloat(f)
	case v.CanInt():
		i, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			r.Report(path, "%q is not a whole number", text)
			return
		}
		v.SetInt(i)
	default:
		u, err := strconv.ParseUint(text, 10, v.Type().Bits())
		if err != nil {
			r.Report(path, "%q is not a whole number from 0", text)
			return
		}
		v.SetUint(u)
	}
}

// free reads a value whose shape nobody prescribes into what encoding/json
// would make of it.
func (r *Reader) free(n *Node, path string) any {
	if !r.spend(path) {
		return nil
	}
	switch n.Kind {
	case Sequence:
		out := make([]any, 0, len(n.Items))
		for i, item := range n.Items {
			out = append(out, r.free(item, index(path, i)))
		}
		return out
	case Mapping:
		out := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			r.places[join(path, e.Key)] = place{r.file, e.Line}
			out[e.Key] = r.free(e.Value, join(path, e.Key))
		}
		return out
	case Scalar:
		if !n.Plain {
			return n.Text
		}
		switch n.Text {
		case "true", "false":
			return n.Text == "true"
		}
		if i, err := strconv.ParseInt(n.Text, 10, 64); err == nil && strconv.FormatInt(i, 10) == n.Text {
			return i
		}
		return n.Text
	}
	return nil
}
