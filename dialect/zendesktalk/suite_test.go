package zendesktalk_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/dialecttest"
)

const (
	prefix = "/api/v2/channels/voice"
	token  = "Basic $agent@acme.test/token:zen-secret"
)

// authorize shows credentials. After "Basic $" they are in clear.
func authorize(value string) func(*http.Request) {
	return func(r *http.Request) {
		const clear = "Basic $"
		if len(value) > len(clear) && value[:len(clear)] == clear {
			r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(value[len(clear):])))
			return
		}
		r.Header.Set("Authorization", value)
	}
}

// conformance runs the suite with what is particular to some calls: Calls,
// Unknown and Absent. The state is that of the world in which they are made; in
// it agent@acme.test has the token zen-secret.
func conformance(t *testing.T, state string, s dialecttest.Suite) {
	t.Helper()
	s.New = func(t *testing.T) (http.Handler, func(error)) {
		w, core := newCore(t, state)
		return newServer(w, core), func(err error) { core.err = err }
	}
	s.Silent = []wirechief.Kind{wirechief.NotFound}
	s.Login = authorize(token)
	s.Wrong = []func(*http.Request){
		authorize("Basic $agent@acme.test/token:wrong"),
		authorize("Basic $agent@acme.test:zen-secret"),
		authorize("Basic $boss@globex.test/token:zen-secret"),
		authorize("Basic $/token:zen-secret"),
		authorize("Basic $agent@acme.test"),
		authorize("Basic"),
		authorize("Basic !"),
		authorize("Bearer zen-secret"),
		authorize("Bearer"),
		authorize("Digest username=agent"),
		authorize("zen-secret"),
	}
	s.Refusal = checkRefusal
	s.Secrets = []string{"zen-secret", "globex", "Globex", "Theirs"}
	s.Run(t)
}

// refusals are the statuses that every client takes for a failure.
var refusals = map[int]bool{400: true, 401: true, 403: true, 404: true, 405: true, 409: true, 422: true, 429: true, 500: true, 503: true}

// checkRefusal holds a refusal against the shapes of docs/dialects/zendesktalk.md
// and against what breaks clients.
func checkRefusal(t *testing.T, status int, header http.Header, body []byte) {
	t.Helper()
	if !refusals[status] {
		t.Errorf("%d is no status for a refusal: node-zendesk takes it for a success", status)
	}
	if got := header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("%d has content type %q", status, got)
	}
	if got := header.Get("Retry-After"); (got != "") != (status == 429 || status == 503) {
		t.Errorf("%d with Retry-After %q", status, got)
	}
	var b struct {
		Error       any
		Description string
		Details     map[string][]struct{ Error, Description string }
	}
	if err := json.Unmarshal(body, &b); err != nil {
		t.Errorf("%d %s: %v", status, body, err)
		return
	}
	switch e := b.Error.(type) {
	case string:
		if e == "" || status == 403 || status != 401 && b.Description == "" {
			t.Errorf("%d %s is not the refusal of docs/dialects/zendesktalk.md", status, body)
		}
	case map[string]any:
		if status != 403 || e["title"] != "Forbidden" || e["message"] == "" {
			t.Errorf("%d %s is not the refusal of docs/dialects/zendesktalk.md", status, body)
		}
	default: // null makes node-zendesk crash
		t.Errorf("%d %s: error is neither a text nor an object", status, body)
	}
	if (len(b.Details) > 0) != (status == 422) || status == 422 && b.Error != "RecordInvalid" {
		t.Errorf("%d %s: details belong to RecordInvalid", status, body)
	}
	for property, list := range b.Details {
		for _, d := range list {
			if property == "" || d.Description == "" || d.Error == "" {
				t.Errorf("%d %s: a detail lacks something", status, body)
			}
		}
	}
	if status == 401 && header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}
