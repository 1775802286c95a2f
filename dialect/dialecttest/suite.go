package dialecttest

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Suite is what a dialect tells about itself to be judged.
type Suite struct {
	// New makes the handler. Once fail has been called with an error, every
	// call of the core returns it, Authenticate excepted; nil ends that.
	New func(t *testing.T) (h http.Handler, fail func(error))
	// Calls are the calls of the dialect, each with what makes it succeed.
	Calls []Call
	// Unknown are requests that have no route: another path, another method.
	Unknown []Call
	// Absent ask for what another tenant has, or nobody: the same answer.
	Absent []Call
	// AbsentStatus is the status of that answer; 0: 404.
	AbsentStatus int
	// Silent are the kinds whose answer the vendor has fixed to the letter: there
	// is no room for the message in it.
	Silent []wirechief.Kind
	// Takes names the odd bodies that are none to this dialect, as "null": it may
	// take them or refuse them.
	Takes []string
	// Login sets good credentials; Wrong sets one kind of bad ones after another.
	Login func(r *http.Request)
	Wrong []func(r *http.Request)
	// Refusal checks that an answer is a refusal in the dialect's shape.
	Refusal func(t *testing.T, status int, header http.Header, body []byte)
	// Secrets appear in no answer: passwords, other tenants' names.
	Secrets []string
}

// Call is one request.
type Call struct {
	Name   string
	Method string
	Target string
	Body   string // empty: it takes none
}

// Run runs the suite.
func (s *Suite) Run(t *testing.T) {
	t.Run("Succeeds", s.testSucceeds)
	t.Run("EveryKind", s.testEveryKind)
	t.Run("Unknown", s.testUnknown)
	t.Run("Absent", s.testAbsent)
	t.Run("Credentials", s.testCredentials)
	t.Run("OddBodies", s.testOddBodies)
}

// do sends a request and looks for secrets in the answer.
func (s *Suite) do(t *testing.T, h http.Handler, c Call, login func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(c.Method, c.Target, strings.NewReader(c.Body))
	// Each call from an address of its own: who guesses again and again has to wait.
	digest := fnv.New32a()
	digest.Write([]byte(c.Name + c.Method + c.Target + c.Body))
	n := digest.Sum(nil)
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:4711", n[1], n[2], n[3])
	if c.Body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if login != nil {
		login(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	answer := fmt.Sprint(w.Header(), w.Body)
	for _, secret := range s.Secrets {
		if strings.Contains(answer, secret) {
			t.Errorf("%s: the answer holds the secret %q: %s", c.Name, secret, answer)
		}
	}
	return w
}

func (s *Suite) refused(t *testing.T, h http.Handler, c Call, login func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	w := s.do(t, h, c, login)
	if w.Code < 400 {
		t.Errorf("%s: %d %s, want a refusal", c.Name, w.Code, w.Body)
		return w
	}
	s.Refusal(t, w.Code, w.Header(), w.Body.Bytes())
	return w
}

func (s *Suite) testSucceeds(t *testing.T) {
	for _, c := range s.Calls {
		h, _ := s.New(t)
		if w := s.do(t, h, c, s.Login); w.Code >= 300 {
			t.Errorf("%s: %d %s", c.Name, w.Code, w.Body)
		}
	}
}

// testEveryKind lets the core fail in every way there is: the answer tells the
// message, never the cause, and passing trouble says when to come again.
func (s *Suite) testEveryKind(t *testing.T) {
	const message, cause = "the message for people", "the cause for the log"
	h, fail := s.New(t)
	fails := 0
	try := func(name string, err error, check func(*httptest.ResponseRecorder)) {
		for _, c := range s.Calls {
			fail(err)
			c.Name += ", " + name
			w := s.do(t, h, c, s.Login)
			if w.Code < 400 {
				continue // this call asks nothing of the core that can fail
			}
			fails++
			s.Refusal(t, w.Code, w.Header(), w.Body.Bytes())
			if strings.Contains(w.Body.String(), cause) {
				t.Errorf("%s: the answer gives the cause away: %s", c.Name, w.Body)
			}
			check(w)
		}
	}
	for kind := wirechief.Internal; kind <= wirechief.Unavailable; kind++ {
		try(kind.String(), &wirechief.Error{Kind: kind, Message: message, Err: errors.New(cause)}, func(w *httptest.ResponseRecorder) {
			if !slices.Contains(s.Silent, kind) && !strings.Contains(w.Body.String(), message) {
				t.Errorf("%v: the answer lacks the message: %s", kind, w.Body)
			}
			if again := kind == wirechief.Exhausted || kind == wirechief.Unavailable; again && w.Header().Get("Retry-After") == "" {
				t.Errorf("%v: %d without Retry-After", kind, w.Code)
			}
			switch server := w.Code >= 500; {
			case server && kind != wirechief.Internal && kind != wirechief.Unavailable && kind != wirechief.NotOffered:
				t.Errorf("%v: %d blames us for what the client can mend", kind, w.Code)
			case !server && (kind == wirechief.Internal || kind == wirechief.Unavailable):
				t.Errorf("%v: %d blames the client for our trouble", kind, w.Code)
			}
		})
	}
	try("foreign error", errors.New(cause), func(*httptest.ResponseRecorder) {})
	if fails == 0 {
		t.Error("no call failed: does the core of New fail when told to?")
	}
}

func (s *Suite) testUnknown(t *testing.T) {
	h, _ := s.New(t)
	for _, c := range s.Unknown {
		w := s.refused(t, h, c, s.Login)
		if w.Code != http.StatusNotFound && w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d, want 404 or 405", c.Name, w.Code)
		}
	}
}

func (s *Suite) testAbsent(t *testing.T) {
	h, _ := s.New(t)
	status := s.AbsentStatus
	if status == 0 {
		status = http.StatusNotFound
	}
	var first string
	for _, c := range s.Absent {
		w := s.refused(t, h, c, s.Login)
		if w.Code != status {
			t.Errorf("%s: %d, want %d", c.Name, w.Code, status)
		}
		if first == "" {
			first = c.Name
		}
	}
	if first == "" {
		t.Error("the suite names nothing that is absent")
	}
}

func (s *Suite) testCredentials(t *testing.T) {
	h, fail := s.New(t)
	fail(errors.New("the core was asked before the credentials were judged"))
	for i, wrong := range append([]func(*http.Request){nil}, s.Wrong...) {
		for _, c := range s.Calls {
			c.Name = fmt.Sprintf("%s with wrong credentials %d", c.Name, i)
			if w := s.refused(t, h, c, wrong); w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden {
				t.Errorf("%s: %d", c.Name, w.Code)
			}
			if c.Body != "" {
				c.Body = "{"
				if w := s.refused(t, h, c, wrong); w.Code == http.StatusBadRequest {
					t.Errorf("%s: the body is judged before the credentials", c.Name)
				}
			}
		}
	}
}

// testOddBodies sends to every call that takes a body what is none.
func (s *Suite) testOddBodies(t *testing.T) {
	for _, c := range s.Calls {
		if c.Body == "" {
			continue
		}
		huge := append([]byte(c.Body[:len(c.Body)-1]), bytes.Repeat([]byte(" "), dialect.MaxBody)...)
		for name, body := range map[string]string{
			"cut off":       c.Body[:len(c.Body)-1],
			"two documents": c.Body + c.Body,
			"an array":      "[" + c.Body + "]",
			"null":          "null",
			"text":          "Hello",
			"white space":   " \r\n\t",
			"a deep nest":   strings.Repeat(`{"a":`, 100_000),
			"huge":          string(append(huge, '}')),
			"invalid UTF-8": strings.ReplaceAll(c.Body, `":"`, "\":\"\xff"),
			"NUL":           strings.ReplaceAll(c.Body, `":"`, `":"\u0000`),
			"half a pair":   strings.ReplaceAll(c.Body, `":"`, `":"\ud83d`),
			"numbers":       numbers(c.Body),
		} {
			h, _ := s.New(t)
			odd := Call{c.Name + " with " + name, c.Method, c.Target, body}
			if slices.Contains(s.Takes, name) {
				if w := s.do(t, h, odd, s.Login); w.Code >= 500 || w.Code == http.StatusUnauthorized {
					t.Errorf("%s: %d %s", odd.Name, w.Code, w.Body)
				}
				continue
			}
			if w := s.refused(t, h, odd, s.Login); w.Code >= 500 || w.Code == http.StatusUnauthorized {
				t.Errorf("%s: %d %s, want a refusal of the body", odd.Name, w.Code, w.Body)
			}
		}
	}
}

// numbers puts a number in the place of every string value.
func numbers(body string) string {
	var b strings.Builder
	for i, part := range strings.Split(body, `":"`) {
		if i > 0 {
			b.WriteString(`":17`)
			_, part, _ = strings.Cut(part, `"`)
		}
		b.WriteString(part)
	}
	return b.String()
}
