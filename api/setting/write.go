package setting

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief/api/wire"
)

// Values writes what a number says, one value for each of [Names]. What reads
// as if nothing were said is empty.
func Values(s *wire.Settings, sep string) ([]string, error) {
	var out []string
	err := values(reflect.ValueOf(s).Elem(), sep, &out)
	return out, err
}

func values(v reflect.Value, sep string, out *[]string) error {
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Struct {
			if err := values(f, sep, out); err != nil {
				return err
			}
			continue
		}
		text, err := write(f, sep)
		if err != nil {
			return err
		}
		*out = append(*out, text)
	}
	return nil
}

func write(v reflect.Value, sep string) (string, error) {
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64), nil
	}
	if v.Len() == 0 {
		return "", nil
	}
	switch list := v.Interface().(type) {
	case []string:
		plain := func(s string) bool {
			return s != "" && s == strings.TrimSpace(s) && s[0] != '[' && !strings.Contains(s, sep)
		}
		if !slices.ContainsFunc(list, func(s string) bool { return !plain(s) }) {
			return strings.Join(list, sep), nil
		}
	case []int64:
		words := make([]string, len(list))
		for i, n := range list {
			words[i] = strconv.FormatInt(n, 10)
		}
		return strings.Join(words, sep), nil
	}
	doc, err := json.Marshal(v.Interface())
	return string(doc), err
}
