package zendesktalk

import (
	"errors"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// object is a JSON object as a client sent it. Of a name that comes twice the
// last counts.
type object map[string]dialect.Value

func readObject(doc []byte) (object, error) {
	properties, err := dialect.ParseObject(doc)
	if err != nil {
		return nil, err
	}
	o := make(object)
	for name, v := range properties {
		o[name] = v
	}
	return o, nil
}

// wrapped reads a body such as {"phone_number":{…}}: the record, and the whole
// for what stands beside it.
func (c *call) wrapped(name string) (record, all object, err error) {
	if all, err = readObject(c.body); err != nil {
		return nil, nil, err
	}
	if v := all[name]; v.Absent() || v[0] != '{' {
		return nil, nil, missing(name)
	}
	record, err = readObject(all[name])
	return record, all, err
}

// wrongValue is the refusal of a value that is no text or of another JSON type.
func wrongValue(property, want string, err error) error {
	if errors.Is(err, dialect.ErrText) {
		return wirechief.InvalidField(property, "the value holds a NUL or is not valid UTF-8")
	}
	return wirechief.InvalidField(property, "the value is not %s", want)
}

// The readers below give what a property is to become. One that is absent is
// left alone. null clears where nullable is so; where it is not, null is taken
// for absent, for clients send it in place of leaving out.

func (o object) text(name string, nullable bool, to *wirechief.Patch[string]) error {
	return read(o, name, nullable, "a string", dialect.Value.Text, to)
}

func (o object) flag(name string, to *wirechief.Patch[bool]) error {
	return read(o, name, false, "true or false", dialect.Value.Bool, to)
}

func (o object) integer(name string, to *wirechief.Patch[int]) error {
	return read(o, name, false, "an integer", func(v dialect.Value) (int, error) {
		n, err := strconv.ParseInt(string(v), 10, 32)
		return int(n), err
	}, to)
}

// id reads a reference. 0 is no id.
func (o object) id(name string, to *wirechief.Patch[int64]) error {
	return read(o, name, true, "an id", readID, to)
}

// ids reads a list of references, each once.
func (o object) ids(name string, to *wirechief.Patch[[]int64]) error {
	return read(o, name, true, "an array of ids", func(v dialect.Value) ([]int64, error) {
		if !v.IsArray() {
			return nil, dialect.ErrType
		}
		out, seen := []int64{}, make(map[int64]bool)
		for e := range v.Elements() {
			id, err := readID(e)
			if err != nil {
				return nil, err
			}
			if !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
		return out, nil
	}, to)
}

func readID(v dialect.Value) (int64, error) {
	id, err := strconv.ParseInt(string(v), 10, 64)
	if err == nil && id <= 0 {
		return 0, dialect.ErrType
	}
	return id, err
}

func read[T any](o object, name string, nullable bool, want string, value func(dialect.Value) (T, error), to *wirechief.Patch[T]) error {
	v, there := o[name]
	switch {
	case !there:
		return nil
	case v.Absent():
		if nullable {
			*to = wirechief.Clear[T]()
		}
		return nil
	}
	t, err := value(v)
	if err != nil {
		return wrongValue(name, want, err)
	}
	*to = wirechief.Set(t)
	return nil
}
