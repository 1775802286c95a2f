package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// marshal writes an answer. It is made before the first octet of it leaves; that
// the client has gone meanwhile is no error.
func marshal(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	w.Write(b.Bytes())
	return nil
}

// unmarshal is encoding/json, made strict about what it would mend: octets
// that are not UTF-8, halves of surrogate pairs, and NULs. huma has it read
// every body twice, first into an any.
func unmarshal(data []byte, v any) error {
	if _, first := v.(*any); first {
		if !json.Valid(data) {
			return syntaxOf(data)
		}
		if !isText(data) {
			return &bodyFault{findFault(data, "", 0), "the value holds a NUL or is not valid UTF-8"}
		}
	}
	err := json.Unmarshal(data, v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return &bodyFault{"", "a value is out of range or of the wrong type, near octet " + strconv.FormatInt(wrong.Offset, 10)}
		}
		return &bodyFault{wrong.Field, "the value is out of range or of the wrong type"}
	}
	return err
}

// bodyFault is what is wrong with a property of a body. huma carries errors
// about bodies as text, so the text holds both halves; see [splitFault].
type bodyFault struct{ field, message string }

const faultMark = "\x1f"

func (f *bodyFault) Error() string { return f.field + faultMark + f.message }

// splitFault takes the text of a [bodyFault] apart; of other texts it is the message.
func splitFault(text string) (field, message string) {
	if field, message, ok := strings.Cut(text, faultMark); ok {
		return field, message
	}
	return "", text
}

func syntaxOf(data []byte) error {
	var skip json.RawMessage
	err := json.Unmarshal(data, &skip)
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("the body is not JSON: it breaks at octet %d", s.Offset)
	}
	return errors.New("the body is not JSON")
}

// isText says whether the strings of a valid document are text. A NUL can
// only be there as an escape.
func isText(data []byte) bool {
	return utf8.Valid(data) && (!bytes.Contains(data, []byte(`\u`)) || textEscapes(data))
}

// textEscapes says whether no \u escape is a NUL, or half a surrogate pair
// without its other half. Escapes are in strings only, and valid.
func textEscapes(s []byte) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		i++
		if s[i] != 'u' {
			continue
		}
		switch r := hex4(s[i+1:]); {
		case r == 0, 0xDC00 <= r && r <= 0xDFFF:
			return false
		case 0xD800 <= r && r <= 0xDBFF:
			if len(s) < i+11 || s[i+5] != '\\' || s[i+6] != 'u' || hex4(s[i+7:])&0xFC00 != 0xDC00 {
				return false
			}
			i += 10
		default:
			i += 4
		}
	}
	return true
}

// hex4 reads four hexadecimal digits.
func hex4(s []byte) rune {
	n, _ := strconv.ParseUint(string(s[:4]), 16, 16) // the document is valid
	return rune(n)
}

// maxFaultDepth is how deep findFault looks: every body of ours is shallower.
const maxFaultDepth = 4

// findFault gives the path of a value that is not text, in a document that has one.
func findFault(data []byte, path string, depth int) string {
	data = bytes.TrimSpace(data)
	if depth == maxFaultDepth {
		return path
	}
	switch data[0] {
	case '{':
		var m map[string]json.RawMessage
		if json.Unmarshal(data, &m) != nil {
			return path
		}
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !isText(m[key]) {
				return findFault(m[key], strings.TrimPrefix(path+"."+key, "."), depth+1)
			}
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) != nil {
			return path
		}
		for i := range list {
			if !isText(list[i]) {
				return findFault(list[i], path+"["+strconv.Itoa(i)+"]", depth+1)
			}
		}
	}
	return path
}
