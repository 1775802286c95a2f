package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/bulk"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/inbox"
	"github.com/wirechief/wirechief/presence"
	"github.com/wirechief/wirechief/report"
	"github.com/wirechief/wirechief/test/world"
)

func worldOptions(c *core) Options {
	return Options{
		Core: c, AdminToken: adminToken, Version: wire.Version{Version: "1.2.3", Commit: "abc", Go: "go1.26"},
		Link: func(m wirechief.MediaItem) wirechief.MediaLink {
			return wirechief.MediaLink{URL: "https://w.test/media/" + m.Token + m.Ext, Type: m.Type, Size: m.Size}
		},
		Reports: report.New(report.Options{Store: tallies{}, Now: func() time.Time { return tallied.Add(time.Hour) }}).Report,
	}
}

// TestWire plays testdata: every operation and every refusal. A request may
// name a token as "Token: acme"; the section "asked" is what the core was asked
// since the last one. An archive that begins with the section "given", a state
// file, is played over a whole core with that state instead; there "advance"
// lets time pass, "arrives" brings a text, and $NAME in a request is what "grab" took from the last
// answer. With UPDATE_ARCHIVES set, the files are written anew.
func TestWire(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no archives", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			want, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, want)
			if os.Getenv("UPDATE_ARCHIVES") != "" {
				if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for i, f := range want.Files {
				if d := cmp.Diff(string(f.Data), string(got.Files[i].Data)); d != "" {
					t.Errorf("section %d (%s), -want +got:\n%s", i+1, f.Name, d)
				}
			}
		})
	}
}

// archives gives the text of each archive.
func archives(t *testing.T) (out []string) {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

func play(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	out := &txtar.Archive{Comment: archive.Comment, Files: slices.Clone(archive.Files)}
	c := newCore()
	a := build(worldOptions(c))
	var w *world.World
	var last *httptest.ResponseRecorder
	grabbed := make(map[string]string)
	for i, f := range archive.Files {
		switch f.Name {
		case "given":
			o := worldOptions(nil)
			w = peopled(t, string(f.Data), &o)
			o.Core = w.Exchange
			// It is not started: what is launched stays as it was.
			o.Bulk = bulk.New(bulk.Options{Store: w.Exchange.Store, Sender: w.Exchange, Judge: w.Exchange, IDs: w.IDs, Now: w.Clock.Now})
			a = build(o)
		case "arrives": // FROM TO TEXT
			from, rest, _ := strings.Cut(strings.TrimSpace(string(f.Data)), " ")
			to, text, _ := strings.Cut(rest, " ")
			if err := w.Main.Bring(t.Context(), wirechief.Inbound{From: from, To: to, Text: text, At: w.Clock.Now()}); err != nil {
				t.Fatal(err)
			}
		case "advance":
			d, err := time.ParseDuration(strings.TrimSpace(string(f.Data)))
			if err != nil {
				t.Fatal(err)
			}
			w.Advance(d)
		case "grab": // NAME PATTERN
			name, pattern, _ := strings.Cut(strings.TrimSpace(string(f.Data)), " ")
			found := regexp.MustCompile(pattern).FindSubmatch(last.Body.Bytes())
			if len(found) < 2 {
				t.Fatalf("section %d: nothing in %s is like %s", i+1, last.Body, pattern)
			}
			grabbed[name] = string(found[1])
		case "request":
			last = httptest.NewRecorder()
			r := parseRequest(t, []byte(os.Expand(string(f.Data), func(name string) string { return grabbed[name] })))
			a.mux.ServeHTTP(last, r)
			checkAnswer(t, a, r, last)
		case "response":
			out.Files[i].Data = formatResponse(t, last)
		case "asked":
			out.Files[i].Data = []byte(c.asked.String())
			c.asked.Reset()
		default:
			t.Fatalf("section %d: %q is no section: given, request, response, asked, advance, arrives, grab", i+1, f.Name)
		}
	}
	return out
}

// plainly writes what customers are told.
type plainly struct{}

func (plainly) Format(n wirechief.Notice) (wirechief.Payload, error) {
	return wirechief.Payload{Method: "POST", ContentType: "text/plain", Body: []byte(n.Message.Text)}, nil
}

// peopled is a world with what people do beside the exchange.
func peopled(t *testing.T, yaml string, o *Options) *world.World {
	t.Helper()
	var desk *inbox.Desk
	var there *presence.Tracker
	var clock *world.World
	now := func() time.Time {
		if clock == nil {
			return world.Start()
		}
		return clock.Clock.Now()
	}
	w := world.New(t, yaml, func(x *exchange.Options) {
		there = presence.New(presence.Options{Store: x.Store, IDs: x.IDs, Now: now})
		x.Store = feed.Watch(x.Store, feed.New(feed.Options{}), there.Committed)
		x.Formats = map[string]wirechief.Formatter{wirechief.DialectBulkVS: plainly{}, wirechief.DialectOwn: plainly{}}
		x.Blocked = func(tenant, peer string) bool { return desk != nil && desk.Blocked(tenant, peer) }
	})
	clock = w
	desk = inbox.New(inbox.Options{
		Store: w.Exchange.Store, Sender: w.Exchange, People: w.Agents(), Numbers: w.Exchange, Ledger: w.Exchange, IDs: w.IDs, Now: w.Clock.Now,
	})
	if err := errors.Join(desk.Load(t.Context()), there.Load(t.Context())); err != nil {
		t.Fatal(err)
	}
	o.Desk, o.Presence = desk, there
	return w
}

func parseRequest(t *testing.T, data []byte) *http.Request {
	t.Helper()
	head, body, _ := strings.Cut(string(data), "\n\n")
	lines := strings.Split(strings.TrimRight(head, "\n"), "\n")
	method, target, _ := strings.Cut(lines[0], " ")
	r := httptest.NewRequest(method, Prefix+target, strings.NewReader(strings.TrimSuffix(body, "\n")))
	for _, line := range lines[1:] {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if field == "Token" {
			field, value = "Authorization", "Bearer "+value+"-secret"
		}
		r.Header.Add(field, value)
	}
	return r
}

func formatResponse(t *testing.T, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintln(&b, w.Code)
	for _, field := range []string{"Content-Type", "WWW-Authenticate", "Retry-After", "Allow", "X-Total-Count", "X-Next"} {
		if v := w.Header().Get(field); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", field, v)
		}
	}
	if w.Header().Get("Content-Type") == csvType {
		b.WriteByte('\n')
		b.Write(w.Body.Bytes())
	} else if w.Body.Len() > 0 {
		b.WriteByte('\n')
		if err := json.Indent(&b, w.Body.Bytes(), "", "  "); err != nil {
			t.Fatalf("%d %q: %v", w.Code, w.Body, err)
		}
	}
	return b.Bytes()
}

var secret = regexp.MustCompile(`[a-z]+-secret`)

// checkAnswer holds an answer against the description of its operation.
func checkAnswer(t testing.TB, a *api, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	if found := secret.Find(w.Body.Bytes()); found != nil {
		t.Errorf("%s %s shows %s", r.Method, r.URL, found)
	}
	if w.Code >= 400 {
		checkProblem(t, a, w)
		return
	}
	method, path, _ := strings.Cut(r.Pattern, " ")
	item := a.OpenAPI().Paths[path]
	if item == nil {
		t.Fatalf("%s is not described", r.Pattern)
	}
	op := map[string]*huma.Operation{
		"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete,
	}[method]
	response := op.Responses[fmt.Sprint(w.Code)]
	if response == nil {
		t.Fatalf("%s answers %d, which is not described", r.Pattern, w.Code)
	}
	if len(response.Content) == 0 {
		if w.Body.Len() > 0 {
			t.Errorf("%s answers %q, which is not described", r.Pattern, w.Body)
		}
		return
	}
	media := response.Content[w.Header().Get("Content-Type")]
	if media == nil {
		t.Fatalf("%s answers %s, which is not described", r.Pattern, w.Header().Get("Content-Type"))
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be cached", r.Pattern)
	}
	if w.Header().Get("Content-Type") != csvType {
		validate(t, a, media.Schema, w.Body.Bytes())
	}
}

func validate(t testing.TB, a *api, schema *huma.Schema, body []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	res := &huma.ValidateResult{}
	huma.Validate(a.OpenAPI().Components.Schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, res)
	for _, err := range res.Errors {
		t.Errorf("the answer is not as described: %v", err)
	}
}

// checkProblem says whether a refusal is a problem document of ours.
func checkProblem(t testing.TB, a *api, w *httptest.ResponseRecorder) wire.Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%d has content type %s", w.Code, got)
	}
	validate(t, a, a.OpenAPI().Components.Schemas.Map()["Problem"], w.Body.Bytes())
	var p wire.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != w.Code || p.Title == "" || p.Detail == "" || p.Kind == "" || p.Type != "about:blank" {
		t.Errorf("%d has the problem %+v", w.Code, p)
	}
	return p
}
