package client_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// TestBulk: each method about bulk sends makes the request of its operation.
func TestBulk(t *testing.T) {
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := r.Method + " " + strings.TrimPrefix(r.URL.String(), "/wirechief/v1")
		if r.URL.Path == "/wirechief/v1/bulk/upload" {
			for _, name := range []string{"from", "text", "name", "at", "rate", "validity"} {
				line += " " + r.FormValue(name)
			}
			f, _, err := r.FormFile("file")
			if err != nil {
				t.Error(err)
				return
			}
			data, _ := io.ReadAll(f)
			line += fmt.Sprintf(" %q", data)
		}
		asked = append(asked, line)
		switch {
		case strings.HasSuffix(r.URL.Path, ".csv"):
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			io.WriteString(w, "row\n")
			return
		case strings.HasSuffix(r.URL.Path, "/rows"), strings.HasSuffix(r.URL.Path, "/bulk"):
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `[{}]`)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{}`)
	}))
	defer s.Close()
	c, err := client.New(s.URL, wirechief.Secret("t"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var table strings.Builder
	var last int64
	d := wire.BulkDraft{From: "+1", Text: "Hi", Name: "S", At: time.Date(2026, 9, 17, 8, 0, 0, 0, time.UTC), Rate: 0.5, Validity: "4h"}
	for _, call := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := c.BulkDraft(ctx, "acme", d, []byte("to\n+2\n"), func(done, _ int64) { last = done })
			return err
		},
		func(ctx context.Context) error {
			_, err := c.BulkDraft(ctx, "", wire.BulkDraft{From: "+1", Text: "Hi"}, []byte("to\n"), nil)
			return err
		},
		func(ctx context.Context) error {
			_, err := c.BulkSends(ctx, "acme", []string{"draft", "done"}, 9, 5)
			return err
		},
		func(ctx context.Context) error { _, err := c.BulkSend(ctx, "", 7); return err },
		func(ctx context.Context) error { _, err := c.BulkRows(ctx, "acme", 7, "bad", 3, 5); return err },
		func(ctx context.Context) error { _, err := c.ChangeBulk(ctx, "acme", 7, "pause"); return err },
		func(ctx context.Context) error { return c.BulkResults(ctx, "acme", 7, &table) },
	} {
		if err := call(t.Context()); err != nil {
			t.Error(err)
		}
	}
	want := []string{
		`POST /bulk/upload?tenant=acme +1 Hi S 2026-09-17T08:00:00Z 0.5 4h "to\n+2\n"`,
		`POST /bulk/upload +1 Hi     "to\n"`,
		"GET /bulk?before=9&limit=5&state=draft%2Cdone&tenant=acme",
		"GET /bulk/7",
		"GET /bulk/7/rows?after=3&limit=5&state=bad&tenant=acme",
		"POST /bulk/7/pause?tenant=acme",
		"GET /bulk/7/results.csv?tenant=acme",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked:\n%s", strings.Join(asked, "\n"))
	}
	if table.String() != "row\n" || last == 0 {
		t.Errorf("%q, %d octets", table.String(), last)
	}
}
