package dialecttest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// Subject is what an archive is played to.
type Subject struct {
	Handler http.Handler
	State   func() string // what has become of it, as text; nil: archives have no state
}

// Archives plays every archive that the pattern names, each to a new subject
// made from the archive's given section.
func Archives(t *testing.T, pattern string, reset func(t *testing.T, given string) Subject) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no archive matches %s (%v)", pattern, err)
	}
	update := os.Getenv("UPDATE_ARCHIVES") != ""
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := txtar.Parse(data)
			got := play(t, want, reset)
			if update {
				if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for i, f := range want.Files {
				if d := cmp.Diff(string(f.Data), string(got.Files[i].Data)); d != "" {
					t.Errorf("%s, section %d (%s), -want +got:\n%s", name, i+1, f.Name, d)
				}
			}
		})
	}
}

// play gives the archive as it comes out.
func play(t *testing.T, a *txtar.Archive, reset func(*testing.T, string) Subject) *txtar.Archive {
	t.Helper()
	out := &txtar.Archive{Comment: a.Comment, Files: slices.Clone(a.Files)}
	var given string
	if len(a.Files) > 0 && a.Files[0].Name == "given" {
		given = string(a.Files[0].Data)
	}
	subject := reset(t, given)
	var response *httptest.ResponseRecorder
	for i, f := range a.Files {
		switch f.Name {
		case "given":
			if i != 0 {
				t.Fatal("given is not the first section")
			}
		case "request":
			if response != nil {
				t.Fatalf("section %d: a request, where the response to the last is due", i+1)
			}
			r, err := parseRequest(f.Data)
			if err != nil {
				t.Fatalf("section %d: %v", i+1, err)
			}
			response = httptest.NewRecorder()
			subject.Handler.ServeHTTP(response, r)
			if r.Method == http.MethodHead { // whose body a server leaves out
				response.Body.Reset()
				response.Header().Del("Content-Length")
			}
		case "response":
			if response == nil {
				t.Fatalf("section %d: a response without a request", i+1)
			}
			out.Files[i].Data = formatResponse(response)
			response = nil
		case "state":
			out.Files[i].Data = withNewline([]byte(subject.State()))
		default:
			t.Fatalf("section %d: %q is no section: given, request, response, state", i+1, f.Name)
		}
	}
	if response != nil {
		t.Fatal("the last request has no response")
	}
	return out
}

var encoded = regexp.MustCompile(`\$base64\(([^)]*)\)`)

// parseRequest reads a request: the line, header fields, an empty line, the
// body without the newline that ends the section.
func parseRequest(data []byte) (*http.Request, error) {
	head, body, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(strings.TrimRight(head, "\n"), "\n")
	method, target, ok := strings.Cut(lines[0], " ")
	if !ok {
		return nil, fmt.Errorf("%q is no request line", lines[0])
	}
	r := httptest.NewRequest(method, target, strings.NewReader(strings.TrimSuffix(body, "\n")))
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%q is no header field", line)
		}
		value = encoded.ReplaceAllStringFunc(strings.TrimSpace(value), func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte(encoded.FindStringSubmatch(s)[1]))
		})
		r.Header.Add(textproto.TrimString(name), value)
	}
	return r, nil
}

// formatResponse writes what matters of a response.
func formatResponse(w *httptest.ResponseRecorder) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, w.Code)
	h := w.Header()
	if n := h.Get("Content-Length"); n != "" && n != strconv.Itoa(w.Body.Len()) {
		fmt.Fprintf(&b, "Content-Length: %s, but the body has %d octets\n", n, w.Body.Len())
	}
	for _, name := range []string{"Content-Type", "WWW-Authenticate", "Retry-After", "Allow", "Location"} {
		if v := h.Get(name); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	if w.Body.Len() > 0 {
		b.WriteByte('\n')
		b.Write(w.Body.Bytes())
	}
	return withNewline(b.Bytes())
}

func withNewline(b []byte) []byte {
	if len(b) == 0 || b[len(b)-1] == '\n' {
		return b
	}
	return append(b, '\n')
}
