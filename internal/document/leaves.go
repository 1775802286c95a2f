package document

import (
	"encoding"
	"fmt"
	"io"
	"iter"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/wirechief/wirechief"
)

// Leaves gives every single value, and every list of single values, in a
// struct with its path, in order: what a variable or a flag can set.
func Leaves(of any) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) {
		leaves(reflect.ValueOf(of).Elem(), "", yield)
	}
}

func leaves(v reflect.Value, path string, yield func(string, reflect.Value) bool) bool {
	switch {
	case isScalar(v.Type()), v.Kind() == reflect.Slice && isScalar(v.Type().Elem()):
		return yield(path, v)
	case v.Kind() == reflect.Struct:
		known := fieldsOf(v.Type())
		for _, name := range known.names {
			if !leaves(v.Field(known.index[name]), join(path, name), yield) {
				return false
			}
		}
	}
	return true
}

// Set sets a leaf from the text of a variable or flag, whose name is where.
// The items of a list are separated by commas.
func (r *Reader) Set(where, path string, leaf reflect.Value, text string) {
	r.places[path] = place{where: where}
	if leaf.Kind() != reflect.Slice {
		r.scalar(text, path, leaf)
		return
	}
	out := reflect.MakeSlice(leaf.Type(), 0, 0)
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		item := reflect.New(leaf.Type().Elem()).Elem()
		r.scalar(part, path, item)
		out = reflect.Append(out, item)
	}
	leaf.Set(out)
}

// Write prints a struct as YAML under its yaml tags; what a field tagged
// ",inline" holds is printed among its neighbours. A [wirechief.Secret] is
// printed as "set" or "not set", and so is a password inside a URL.
func Write(w io.Writer, v any) error {
	data, err := yaml.MarshalWithOptions(plain(reflect.ValueOf(v)), yaml.IndentSequence(true))
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// Printer is a type that prints as something else.
type Printer interface{ Printed() any }

// plain turns a value into what the encoder prints without our tags.
func plain(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	switch x := v.Interface().(type) {
	case Printer:
		return plain(reflect.ValueOf(x.Printed()))
	case *Node:
		return x.printed("")
	case wirechief.Secret:
		return secret(string(x))
	case time.Duration:
		return duration(x)
	case encoding.TextMarshaler: // as it is read: what is printed can be given back
		if isScalar(v.Type()) {
			if text, err := x.MarshalText(); err == nil {
				return string(text)
			}
		}
	case fmt.Stringer:
		if isScalar(v.Type()) {
			return x.String()
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		out := yaml.MapSlice{}
		known := fieldsOf(v.Type())
		for _, name := range known.names {
			out = append(out, yaml.MapItem{Key: name, Value: plain(v.Field(known.index[name]))})
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("yaml") == ",inline" {
				inner, _ := plain(v.Field(i)).(yaml.MapSlice)
				out = append(out, inner...)
			}
		}
		return out
	case reflect.Slice:
		out := make([]any, 0, v.Len())
		for i := range v.Len() {
			out = append(out, plain(v.Index(i)))
		}
		return out
	case reflect.String:
		return withoutPassword(v.String())
	}
	return v.Interface()
}

func secret(s string) string {
	if s == "" {
		return "not set"
	}
	return "set"
}

// duration writes 24h rather than 24h0m0s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// withoutPassword hides the password of a URL. In what only looks like a URL
// everything before the last @ goes, for a password may hold anything.
func withoutPassword(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !strings.Contains(rest, "@") {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return scheme + "://set@" + rest[strings.LastIndexByte(rest, '@')+1:]
	}
	if _, has := u.User.Password(); !has {
		return s
	}
	_, afterUser, _ := strings.Cut(u.Redacted(), "@")
	return scheme + "://" + u.User.Username() + ":set@" + afterUser
}

// printed gives a raw value, with what its key calls a secret hidden.
func (n *Node) printed(key string) any {
	switch n.Kind {
	case Mapping:
		out := yaml.MapSlice{}
		for _, e := range n.Entries {
			out = append(out, yaml.MapItem{Key: e.Key, Value: e.Value.printed(e.Key)})
		}
		return out
	case Sequence:
		out := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			out = append(out, item.printed(key))
		}
		return out
	case Scalar:
		for _, word := range [...]string{"password", "secret", "token", "key", "bearer"} {
			if strings.Contains(key, word) {
				return secret(n.Text)
			}
		}
		return withoutPassword(n.Text)
	}
	return nil
}
