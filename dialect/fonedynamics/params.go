package fonedynamics

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// param is one parameter as it came: a value of JSON, or plain text out of a
// form, a query or the path.
type param struct {
	json  dialect.Value
	plain string
	text  bool // it is plain
}

// params are the parameters of a request by their names in lower case. Of one
// that comes twice in the same place the last counts.
type params struct {
	values map[string]param
	form   bool // the body was a form: it had no JSON to read
}

// readParams reads query and body; the body wins (docs/dialects/fonedynamics.md;
// fonedynamics: every call, request body, query parameters). The form of the
// body is what Content-Type says, where it is a form, and else JSON. With GET
// and DELETE the type is not looked at: clients send an empty one.
func readParams(r *http.Request, body []byte) (params, error) {
	in := params{values: make(map[string]param)}
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return in, wirechief.Errorf(wirechief.Invalid, "the query is malformed")
	}
	in.addForm(query)
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 {
		return in, nil
	}
	isObject := trimmed[0] == '{'
	if r.Method != http.MethodPost {
		if isObject {
			return in, in.addJSON(body)
		}
		return in, nil
	}
	kind, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "multipart/form-data":
		in.form = true
		return in, in.addMultipart(body, options["boundary"])
	case err == nil && kind == "application/x-www-form-urlencoded" && !isObject: // curl -d calls JSON this, too
		in.form = true
		form, err := parseQuery(string(bytes.TrimSpace(body)))
		if err != nil {
			return in, wirechief.Errorf(wirechief.Invalid, "the form in the request body is malformed")
		}
		for _, values := range form {
			for i := range values {
				values[i] = string(inUTF8([]byte(values[i])))
			}
		}
		in.addForm(form)
		return in, nil
	}
	return in, in.addJSON(body)
}

// parseQuery reads a query or a form. A semicolon is part of a value: it is one
// of Prompts_keys.
func parseQuery(s string) (url.Values, error) {
	return url.ParseQuery(strings.ReplaceAll(s, ";", "%3B"))
}

// inUTF8 reads what is not UTF-8 as ISO-8859-1, in which every octet is the
// character of its number.
func inUTF8(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	out := make([]byte, 0, len(b)+len(b)/4)
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

func (in *params) set(name string, v param) { in.values[strings.ToLower(name)] = v }

func (in *params) addForm(form url.Values) {
	for _, name := range slices.Sorted(maps.Keys(form)) { // "To" and "to" are one: always the same wins
		values := form[name]
		in.set(name, param{plain: values[len(values)-1], text: true})
	}
}

// addJSON adds the members of an object; null is none, alone or as a value.
func (in *params) addJSON(body []byte) error {
	body = inUTF8(body)
	if bytes.Equal(bytes.TrimSpace(body), []byte("null")) {
		return nil
	}
	members, err := dialect.ParseObject(body)
	if err != nil {
		return err
	}
	for name, v := range members {
		if !v.Absent() {
			in.set(name, param{json: v})
		}
	}
	return nil
}

// addMultipart adds the fields of a form; files are ignored.
func (in *params) addMultipart(body []byte, boundary string) error {
	malformed := &wirechief.Error{Kind: wirechief.Invalid, Message: "the form in the request body is malformed"}
	if boundary == "" || !bytes.Contains(body, []byte("--"+boundary)) {
		return malformed
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var value []byte
		if err == nil {
			value, err = io.ReadAll(part)
		}
		if err != nil {
			malformed.Err = err
			return malformed
		}
		if name := part.FormName(); name != "" && part.FileName() == "" {
			in.set(name, param{plain: string(inUTF8(value)), text: true})
		}
	}
}

// addPath adds what the path says, which wins over all else: the parameters
// of a route in their order.
func (in *params) addPath(route string, values []string) {
	for segment := range strings.SplitSeq(route, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			in.set(strings.TrimSuffix(name, "}"), param{plain: values[0], text: true})
			values = values[1:]
		}
	}
}

// path gives a parameter of the path.
func (in *params) path(name string) string { return in.values[strings.ToLower(name)].plain }
