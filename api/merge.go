package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
)

// Merge patches (RFC 7396), as the bodies of changes are.

// merge is a merge patch of a T, as it came. Its names are T's own once
// lowered has read it.
type merge[T any] map[string]any

// Schema implements [huma.SchemaProvider]: that of a T of which all may be
// absent or null.
func (merge[T]) Schema(r huma.Registry) *huma.Schema {
	s := partly(r, r.Schema(typeFor[T](), true, ""))
	s.Nullable = false
	return s
}

// partly gives a schema with nothing needed and everything nullable. The items
// of lists are whole: lists are replaced.
func partly(r huma.Registry, s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		described := s.Description
		s = r.SchemaFromRef(s.Ref)
		if described != "" {
			with := *s
			with.Description = described
			s = &with
		}
	}
	out := *s
	out.Nullable, out.Required, out.Default = true, nil, nil
	if len(s.Properties) > 0 {
		out.Properties = make(map[string]*huma.Schema, len(s.Properties))
		for name, p := range s.Properties {
			if !p.ReadOnly {
				out.Properties[name] = partly(r, p)
			}
		}
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		out.AdditionalProperties = partly(r, more)
	}
	out.PrecomputeMessages()
	return &out
}

// allowNull puts null among the values of a closed list that may be null: JSON
// Schema wants it there, and huma, which does not, would say so to people.
func allowNull(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Nullable && len(s.Enum) > 0 && !slices.Contains(s.Enum, nil) {
		s.Enum = append(slices.Clone(s.Enum), nil)
	}
	for _, p := range s.Properties {
		allowNull(p)
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		allowNull(more)
	}
}

// lowered gives a patch with its names as they are ours: encoding/json and huma
// take them in any case, and a name that is there twice cannot be meant. The
// names below a name in free are the caller's own.
func lowered(path string, m map[string]any, free ...string) (map[string]any, error) {
	out := make(map[string]any, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		name := strings.ToLower(key)
		if _, twice := out[name]; twice {
			return nil, wirechief.InvalidField(path+name, "this property is there twice, in other letters")
		}
		out[name] = m[key]
		if inner, ok := m[key].(map[string]any); ok && !slices.Contains(free, name) {
			var err error
			if out[name], err = lowered(path+name+".", inner, free...); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// mergeInto gives target as a patch changes it; it does not change target.
func mergeInto(target any, patch map[string]any) map[string]any {
	before, _ := target.(map[string]any)
	out := maps.Clone(before)
	if out == nil {
		out = make(map[string]any, len(patch))
	}
	for name, v := range patch {
		switch v := v.(type) {
		case nil:
			delete(out, name)
		case map[string]any:
			out[name] = mergeInto(out[name], v)
		default:
			out[name] = v
		}
	}
	return out
}

// patched writes into after what before is when it is patched; after holds what
// is so when nothing is said.
func patched[T any](before, after *T, patch map[string]any) error {
	doc, err := json.Marshal(before)
	if err != nil {
		return err
	}
	var members map[string]any
	if err := json.Unmarshal(doc, &members); err != nil {
		return err
	}
	if doc, err = json.Marshal(mergeInto(members, patch)); err != nil {
		return err
	}
	return strictly(doc, after)
}

// strictly reads a document without properties that nobody knows.
func strictly(doc []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return wirechief.InvalidField(wrong.Field, "the value is out of range or of the wrong type")
	}
	if err != nil {
		_, name, found := strings.Cut(err.Error(), "unknown field ")
		if !found {
			return &wirechief.Error{Kind: wirechief.Invalid, Message: "the value cannot be read", Err: err}
		}
		return wirechief.InvalidField(strings.Trim(name, `"`), "there is no such property")
	}
	return nil
}
