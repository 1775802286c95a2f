package dialect_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

func TestTable(t *testing.T) {
	routes := []dialect.Route[string]{
		{Method: "GET", Path: "/webHooks", Handle: "list"},
		{Method: "PUT", Path: "/webHooks", Handle: "put"},
	}
	for _, tt := range []struct {
		fold         bool
		method, path string
		handle       string
		allowed      string
	}{
		{true, "GET", "/api/v1.0/webHooks", "list", ""},
		{true, "PUT", "/API/V1.0/webhooks", "put", ""},
		{true, "POST", "/api/v1.0/WEBHOOKS", "", "GET PUT"},
		{true, "HEAD", "/api/v1.0/webHooks", "list", ""},
		{true, "GET", "/api/v1.0/webHooks/", "", ""},
		{true, "GET", "/webHooks", "", ""},
		{false, "GET", "/api/v1.0/webHooks", "list", ""},
		{false, "GET", "/api/v1.0/webhooks", "", ""},
	} {
		r, allowed := dialect.NewTable("/api/v1.0", tt.fold, routes).Find(tt.method, tt.path)
		got := ""
		if r != nil {
			got = r.Handle
		}
		if got != tt.handle || strings.Join(allowed, " ") != tt.allowed {
			t.Errorf("%s %s (fold %t) = %q, allowed %q; want %q, %q", tt.method, tt.path, tt.fold, got, allowed, tt.handle, tt.allowed)
		}
	}
}

func TestReadBody(t *testing.T) {
	full := strings.Repeat("x", dialect.MaxBody)
	for _, tt := range []struct {
		name, body string
		length     int64 // that the client announces; -1: none
		ok         bool
	}{
		{"small", "{}", 2, true},
		{"none", "", 0, true},
		{"chunked", "{}", -1, true},
		{"the largest", full, dialect.MaxBody, true},
		{"one more", full + "x", dialect.MaxBody + 1, false},
		{"one more, chunked", full + "x", -1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
			r.ContentLength = tt.length
			buf := bytes.NewBufferString("left over")
			err := dialect.ReadBody(httptest.NewRecorder(), r, buf)
			if (err == nil) != tt.ok || tt.ok && buf.String() != tt.body {
				t.Errorf("%d octets, %v", buf.Len(), err)
			}
			if err != nil && wirechief.KindOf(err) != wirechief.Invalid {
				t.Errorf("kind %v, want invalid", wirechief.KindOf(err))
			}
		})
	}
}

// A call may take more.
func TestReadBodyOf(t *testing.T) {
	for size, ok := range map[int]bool{3 << 20: true, 3<<20 + 1: false} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", size)))
		buf := new(bytes.Buffer)
		err := dialect.ReadBodyOf(httptest.NewRecorder(), r, buf, 3<<20)
		if (err == nil) != ok || ok && buf.Len() != size || !ok && wirechief.MessageOf(err) != "the request body is larger than 3145728 octets" {
			t.Errorf("%d octets: %d read, %v", size, buf.Len(), err)
		}
	}
}

// TestTooBigBodies: a body that is too big is read to its end, so that the
// client can read why it is refused, but not without end, nor when it asks first.
func TestTooBigBodies(t *testing.T) {
	for _, tt := range []struct {
		name     string
		size     int
		announce bool
		expect   string
		all      bool
	}{
		{"announced", 8 << 20, true, "", true},
		{"chunked", 8 << 20, false, "", true},
		{"without end", 32 << 20, false, "", false},
		{"asked first", 8 << 20, true, "100-continue", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := strings.NewReader(strings.Repeat("x", tt.size))
			r := httptest.NewRequest("POST", "/", io.NopCloser(body))
			if r.ContentLength = -1; tt.announce {
				r.ContentLength = int64(tt.size)
			}
			if tt.expect != "" {
				r.Header.Set("Expect", tt.expect)
			}
			err := dialect.ReadBody(httptest.NewRecorder(), r, new(bytes.Buffer))
			if want := "the request body is larger than 1048576 octets"; wirechief.MessageOf(err) != want || (body.Len() == 0) != tt.all {
				t.Errorf("%v, %d octets are left", err, body.Len())
			}
		})
	}
}

func TestAuthorization(t *testing.T) {
	for _, tt := range []struct{ header, scheme, rest string }{
		{"Basic YTpi", "basic", "YTpi"},
		{"bAsIc   YTpi ", "basic", "YTpi"},
		{"Bearer Basic YTpi", "bearer", "Basic YTpi"},
		{"Bearer", "bearer", ""},
		{"", "", ""},
	} {
		if scheme, rest := dialect.SplitAuthorization(tt.header); scheme != tt.scheme || rest != tt.rest {
			t.Errorf("%q = %q, %q", tt.header, scheme, rest)
		}
	}
	for _, tt := range []struct {
		credentials, user, password string
		ok                          bool
	}{
		{"QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame", true}, // RFC 7617 2
		{"YTpiOmM=", "a", "b:c", true},                                   // the password may have colons
		{"YTo=", "a", "", true},
		{"OmI=", "", "b", false},
		{"YQ==", "", "", false},
		{"not base64", "", "", false},
		{"", "", "", false},
	} {
		user, password, ok := dialect.DecodeBasic(tt.credentials)
		if ok != tt.ok || ok && (user != tt.user || password != tt.password) {
			t.Errorf("%q = %q, %q, %t", tt.credentials, user, password, ok)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []string
		key    string
		ok     bool
	}{
		{"none", nil, "", true},
		{"one", []string{"order 17"}, "order 17", true},
		{"longest", []string{strings.Repeat("é", 255)}, strings.Repeat("é", 255), true},
		{"too long", []string{strings.Repeat("x", 256)}, "", false},
		{"empty", []string{""}, "", false},
		{"two", []string{"a", "b"}, "", false},
		{"not UTF-8", []string{"\xff"}, "", false},
	} {
		h := http.Header{}
		if tt.values != nil {
			h["Idempotency-Key"] = tt.values
		}
		key, err := dialect.IdempotencyKey(h)
		if key != tt.key || (err == nil) != tt.ok {
			t.Errorf("%s: %q, %v", tt.name, key, err)
		}
	}
}

func TestFingerprintKeepsPartsApart(t *testing.T) {
	ab := dialect.Fingerprint([]byte("a"), []byte("b"))
	if ab != dialect.Fingerprint([]byte("a"), []byte("b")) {
		t.Error("the same parts, another fingerprint")
	}
	if ab == dialect.Fingerprint([]byte("ab"), nil) || ab == dialect.Fingerprint([]byte("ab")) {
		t.Error("other parts, the same fingerprint")
	}
}

func TestRequestID(t *testing.T) {
	for in, want := range map[string]string{
		"abc-1": "abc-1", "": "", "two words": "", "caf\u00e9": "", strings.Repeat("x", 129): "",
	} {
		if got := dialect.RequestID(http.Header{"X-Request-Id": {in}}); got != want {
			t.Errorf("%q = %q, want %q", in, got, want)
		}
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		value, text string
		err         error
	}{
		{`"Hi"`, "Hi", nil},
		{`""`, "", nil},
		{`null`, "", nil},
		{`"a\"b\\c\/d\n\u00e9"`, "a\"b\\c/d\né", nil},
		{`"\ud83d\ude00"`, "😀", nil},
		{`"😀"`, "😀", nil},
		{`"\\ud83d"`, `\ud83d`, nil}, // an escaped backslash before it
		{`"\ud83d"`, "", dialect.ErrText},
		{`"\ude00\ud83d"`, "", dialect.ErrText},
		{`"\ud83dx\ude00"`, "", dialect.ErrText},
		{`"\ufffd"`, "\ufffd", nil},
		{`"a\u0000b"`, "", dialect.ErrText},
		{"\"\xff\"", "", dialect.ErrText},
		{"\"\\n\xff\"", "", dialect.ErrText},
		{`1`, "", dialect.ErrType},
		{`true`, "", dialect.ErrType},
		{`["a"]`, "", dialect.ErrType},
		{`{}`, "", dialect.ErrType},
	} {
		if text, err := dialect.Value(tt.value).Text(); text != tt.text || !errors.Is(err, tt.err) {
			t.Errorf("%s = %q, %v; want %q, %v", tt.value, text, err, tt.text, tt.err)
		}
	}
}

func TestParseObject(t *testing.T) {
	doc := ` { "a" : 1 ,"b":[ "x" , {"c":[1,"]"]}, null,-1.5e3] , "A":{"}":"{\""},"a":false,"":null } `
	props, err := dialect.ParseObject([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for name, v := range props {
		got = append(got, name+"="+string(v))
		for e := range v.Elements() {
			got = append(got, "  "+string(e))
		}
	}
	want := []string{
		`a=1`, `b=[ "x" , {"c":[1,"]"]}, null,-1.5e3]`, `  "x"`, `  {"c":[1,"]"]}`, `  null`, `  -1.5e3`,
		`A={"}":"{\""}`, `a=false`, `=null`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for doc, message := range map[string]string{
		"":            "the request body is not JSON: it is empty",
		" \n":         "the request body is not JSON: it is empty",
		`{"a":1`:      "the request body is not JSON: it breaks at octet 6",
		`{"a":1}}`:    "the request body is not JSON: it breaks at octet 8",
		`{a:1}`:       "the request body is not JSON: it breaks at octet 2",
		`[]`:          "the request body is not a JSON object",
		`"From"`:      "the request body is not a JSON object",
		"\ufeff{}":    "the request body is not JSON: it breaks at octet 1",
		`{"a":1,}`:    "the request body is not JSON: it breaks at octet 8",
		`From=1&To=2`: "the request body is not JSON: it breaks at octet 1",
		"{\"a\":\"\n": "the request body is not JSON: it breaks at octet 7",
	} {
		if _, err := dialect.ParseObject([]byte(doc)); wirechief.KindOf(err) != wirechief.Invalid || wirechief.MessageOf(err) != message {
			t.Errorf("%q: %v, want %q", doc, err, message)
		}
	}
}

func TestBool(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "false": false, "null": false, "": false} {
		if got, err := dialect.Value(value).Bool(); got != want || err != nil {
			t.Errorf("%q = %t, %v", value, got, err)
		}
	}
	for _, value := range []string{`"true"`, `1`, `[]`, `{}`} {
		if _, err := dialect.Value(value).Bool(); !errors.Is(err, dialect.ErrType) {
			t.Errorf("%s: %v, want a type error", value, err)
		}
	}
}

// FuzzParseObject compares with encoding/json: what one takes the other takes,
// and properties, elements and texts are the same wherever encoding/json does
// not mend.
func FuzzParseObject(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"From":"13109060901","To":["13105551212"],"Message":"Hi \ud83d\ude00"}`, `{"a":[[],{"b":"\\"}],"c":-1e9}`,
		`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `{"a":1 , "b" : null}`, `{"":{"":""}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var want map[string]json.RawMessage
		wantErr := json.Unmarshal(doc, &want)
		props, err := dialect.ParseObject(doc)
		if bytes.Equal(bytes.TrimSpace(doc), []byte("null")) {
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, encoding/json says %v", err, wantErr)
		}
		if err != nil {
			return
		}
		got := make(map[string]json.RawMessage)
		for name, v := range props {
			got[name] = json.RawMessage(v)
		}
		for name, v := range got {
			if string(want[name]) != string(v) {
				t.Fatalf("%q = %s, encoding/json says %s", name, v, want[name])
			}
			var elements []json.RawMessage
			if json.Unmarshal(v, &elements) == nil && elements != nil {
				n := slices.Collect(dialect.Value(v).Elements())
				if len(n) != len(elements) {
					t.Fatalf("%s has %d elements, encoding/json says %d", v, len(n), len(elements))
				}
			}
			var s string
			if text, err := dialect.Value(v).Text(); err == nil {
				if json.Unmarshal(v, &s) != nil || s != text || !utf8.ValidString(text) {
					t.Fatalf("%s = %q, encoding/json says %q", v, text, s)
				}
			}
		}
	})
}

// FuzzAppendString: what is written reads back, as far as it is text.
func FuzzAppendString(f *testing.F) {
	f.Add("Hi <b>&\"\\\n\r\t\x01\x7f é 😀 \xff \u2028")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(dialect.AppendString(nil, s), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") && utf8.ValidString(s) {
			t.Fatalf("%q came back as %q: %v", s, back, err)
		}
	})
}
