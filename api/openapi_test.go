package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// described is what the tests read of an OpenAPI document.
type described struct {
	OpenAPI    string `json:"openapi"`
	Paths      map[string]map[string]operation
	Components struct {
		Schemas         map[string]json.RawMessage
		SecuritySchemes map[string]struct{ Type, Scheme string }
	}
	Security []map[string][]string
}

type operation struct {
	OperationID, Summary, Description string
	Parameters                        []struct{ Name, In string }
	Responses                         map[string]struct {
		Description string
		Content     map[string]json.RawMessage
	}
}

func describedBy(t *testing.T, h http.Handler) (described, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", Prefix+"/openapi.json", nil)) // without a token
	var d described
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != 200 {
		t.Fatal(w.Code, err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/openapi+json" {
		t.Errorf("content type %s", got)
	}
	return d, w.Body.Bytes()
}

// What is served is described, and what is described is served.
func TestDocumentIsWhatIsServed(t *testing.T) {
	a := build(worldOptions(newCore()))
	d, _ := describedBy(t, a.mux)
	if d.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
	var described []string
	ids := make(map[string]bool)
	for path, methods := range d.Paths {
		for method, op := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" || op.Description == "" {
				t.Errorf("%s %s is described poorly: %+v", method, path, op)
			}
			ids[op.OperationID] = true
			if _, ok := op.Responses["default"].Content["application/problem+json"]; !ok {
				t.Errorf("%s %s does not say how it refuses", method, path)
			}
			if len(op.Responses) != 2 {
				t.Errorf("%s %s has %d answers, want its own and the refusal", method, path, len(op.Responses))
			}
		}
	}
	served := slices.DeleteFunc(slices.Clone(a.mux.patterns), func(p string) bool {
		return p == "/" || strings.HasSuffix(p, "/openapi.json")
	})
	slices.Sort(served)
	slices.Sort(described)
	if !slices.Equal(served, described) {
		t.Errorf("served:\n%s\ndescribed:\n%s", strings.Join(served, "\n"), strings.Join(described, "\n"))
	}
	if len(served) != 145 {
		t.Errorf("%d operations; is one without a test in testdata?", len(served))
	}
}

// Every schema that is referred to is there, huma's own errors are not, and
// every operation needs a token.
func TestDocumentIsWhole(t *testing.T) {
	d, text := describedBy(t, New(worldOptions(newCore())))
	for _, m := range regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllSubmatch(text, -1) {
		if _, ok := d.Components.Schemas[string(m[1])]; !ok {
			t.Errorf("schema %s is referred to and is not there", m[1])
		}
	}
	for name := range d.Components.Schemas {
		if strings.HasPrefix(name, "Error") {
			t.Errorf("schema %s is not ours", name)
		}
	}
	if s := d.Components.SecuritySchemes["token"]; s.Type != "http" || s.Scheme != "bearer" || len(d.Security) != 1 {
		t.Errorf("security %+v %v", s, d.Security)
	}
	if strings.Contains(string(text), `"security":[]`) {
		t.Error("an operation needs no token")
	}
	if regexp.MustCompile(`-secret`).Match(text) {
		t.Error("the document holds a secret")
	}
}

// Every operation that testdata does not play would go untested.
func TestEveryOperationIsPlayed(t *testing.T) {
	a := build(worldOptions(newCore()))
	played := make(map[string]bool)
	for _, text := range archives(t) {
		for line := range strings.Lines(text) {
			method, target, ok := strings.Cut(strings.TrimSpace(line), " /")
			if !ok || strings.ToUpper(method) != method {
				continue
			}
			target, _, _ = strings.Cut(target, " ")
			if _, pattern := a.mux.Handler(httptest.NewRequest(method, Prefix+"/"+target, nil)); pattern != "" {
				played[pattern] = true
			}
		}
	}
	for _, p := range a.mux.patterns {
		if !played[p] && !strings.HasSuffix(p, "/openapi.json") {
			t.Errorf("no archive plays %s", p)
		}
	}
}

// What may be null in a change says so, also to those who hold to the letter of
// JSON Schema; what is not to be changed is not there.
func TestDocumentOfChanges(t *testing.T) {
	var d struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]struct {
					Schema struct {
						Required   []string
						Properties map[string]struct {
							Type       any
							Enum       []any
							Properties map[string]struct {
								Type any
								Enum []any
							}
						}
					}
				}
			}
		}
	}
	_, text := describedBy(t, New(worldOptions(newCore())))
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	number := d.Paths[Prefix+"/numbers/{number}"]["patch"].RequestBody.Content["application/json"].Schema
	recording := number.Properties["voice"].Properties["recording"]
	if len(number.Required) > 0 || fmt.Sprint(recording.Type) != "[string null]" || !slices.Contains(recording.Enum, nil) || !slices.Contains(recording.Enum, any("call")) {
		t.Errorf("%v %+v", number.Required, recording)
	}
	for _, name := range []string{"number", "state", "id", "tenant"} {
		if _, there := number.Properties[name]; there {
			t.Errorf("%s can be changed", name)
		}
	}
	agent := d.Paths[Prefix+"/agents"]["post"].RequestBody.Content["application/json"].Schema
	if _, there := agent.Properties["password"]; !there {
		t.Error("an agent gets no password")
	}
	if _, there := agent.Properties["id"]; there {
		t.Error("an agent chooses its id")
	}
}
