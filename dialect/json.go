package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// Value is one JSON value in its text form, as cut out of a document that
// [ParseObject] has found valid. The zero Value stands for a property that is
// absent; null does too, for vendors' clients send it in place of leaving out.
//
// A Value points into the document: what [Value.Text] returns does not.
type Value []byte

// Problems of a single value.
var (
	// ErrType means that the value has another JSON type than the one asked for.
	ErrType = errors.New("wrong JSON type")
	// ErrText means that a string is no text: it holds a NUL, invalid UTF-8 or
	// half a surrogate pair.
	ErrText = errors.New("a NUL or invalid UTF-8")
)

// ParseObject checks that a document is one JSON object (RFC 8259) and goes
// through its properties in order. Names are given as written: "from" is not
// "From". When a name comes twice, both come.
func ParseObject(doc []byte) (iter.Seq2[string, Value], error) {
	if !json.Valid(doc) {
		var skip json.RawMessage
		err := json.Unmarshal(doc, &skip)
		if s, ok := errors.AsType[*json.SyntaxError](err); ok && len(bytes.TrimSpace(doc)) > 0 {
			return nil, &wirechief.Error{
				Kind: wirechief.Invalid, Err: err,
				Message: fmt.Sprintf("the request body is not JSON: it breaks at octet %d", s.Offset),
			}
		}
		return nil, &wirechief.Error{Kind: wirechief.Invalid, Message: "the request body is not JSON: it is empty", Err: err}
	}
	v := Value(bytes.TrimLeft(doc, " \t\r\n"))
	if v[0] != '{' {
		return nil, wirechief.Errorf(wirechief.Invalid, "the request body is not a JSON object")
	}
	return v.properties, nil
}

func (v Value) properties(yield func(string, Value) bool) {
	for at := 1; ; {
		at = skipSpace(v, at)
		if v[at] == '}' {
			return
		}
		if v[at] == ',' {
			at++
			continue
		}
		end := skipValue(v, at)
		name, err := v[at:end].Text()
		at = skipSpace(v, skipSpace(v, end)+1) // the colon
		end = skipValue(v, at)
		if err == nil && !yield(name, v[at:end]) {
			return
		}
		at = end
	}
}

// Absent says that there is no value, or null.
func (v Value) Absent() bool { return len(v) == 0 || v[0] == 'n' }

// IsArray says whether the value is an array.
func (v Value) IsArray() bool { return len(v) > 0 && v[0] == '[' }

// Elements gives the elements of an array; other values have none.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if !v.IsArray() {
			return
		}
		for at := 1; ; {
			at = skipSpace(v, at)
			switch v[at] {
			case ']':
				return
			case ',':
				at++
				continue
			}
			end := skipValue(v, at)
			if !yield(v[at:end]) {
				return
			}
			at = end
		}
	}
}

// Text gives the text of a string. An absent value is the empty text. The
// error is [ErrType] or [ErrText].
func (v Value) Text() (string, error) {
	if v.Absent() {
		return "", nil
	}
	if v[0] != '"' {
		return "", ErrType
	}
	body := v[1 : len(v)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		if !utf8.Valid(body) {
			return "", ErrText
		}
		return string(body), nil
	}
	// encoding/json puts U+FFFD in the place of what is no text; look first.
	if !utf8.Valid(body) || !pairedSurrogates(body) {
		return "", ErrText
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil || strings.IndexByte(s, 0) >= 0 {
		return "", ErrText
	}
	return s, nil
}

// Bool gives true or false; an absent value is false. The error is [ErrType].
func (v Value) Bool() (bool, error) {
	if v.Absent() {
		return false, nil
	}
	if v[0] != 't' && v[0] != 'f' {
		return false, ErrType
	}
	return v[0] == 't', nil
}

// skipSpace gives the index of the first octet from at that is no white space.
func skipSpace(v []byte, at int) int {
	for v[at] == ' ' || v[at] == '\t' || v[at] == '\r' || v[at] == '\n' {
		at++
	}
	return at
}

// skipValue gives the index after the value that begins at at. The document
// is valid, so quotes and brackets are balanced.
func skipValue(v []byte, at int) int {
	depth := 0
	for ; at < len(v); at++ {
		switch v[at] {
		case '"':
			for at++; v[at] != '"'; at++ {
				if v[at] == '\\' {
					at++
				}
			}
			if depth == 0 {
				return at + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return at // ended a number or word before it
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return at
			}
		}
	}
	return at
}

// pairedSurrogates says whether every \u escape of half a surrogate pair has
// its other half.
func pairedSurrogates(s []byte) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '\\' {
			continue
		}
		i++
		if s[i] != 'u' {
			continue
		}
		switch hex4(s[i+1:]) & 0xFC00 {
		case 0xD800:
			if len(s) < i+11 || s[i+5] != '\\' || s[i+6] != 'u' || hex4(s[i+7:])&0xFC00 != 0xDC00 {
				return false
			}
			i += 10
		case 0xDC00:
			return false
		default:
			i += 4
		}
	}
	return true
}

// hex4 reads four hexadecimal digits.
func hex4(s []byte) (n rune) {
	for _, c := range s[:4] {
		n <<= 4
		if c <= '9' {
			n |= rune(c - '0')
		} else {
			n |= rune(c|0x20-'a') + 10
		}
	}
	return n
}

// AppendString appends s as a JSON string. Unlike encoding/json it leaves
// characters alone that only HTML minds.
func AppendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}
