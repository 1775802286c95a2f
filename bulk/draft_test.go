package bulk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/bulk"
)

// optOut has a handset want nothing any more.
func (h *house) optOut(handset string) {
	h.t.Helper()
	err := h.Inbound(h.t.Context(), wirechief.Inbound{Carrier: "sim", From: handset, To: desk, Text: "STOP"})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestDraft(t *testing.T) {
	h := newHouse(t)
	h.optOut("+13105550003")
	b, rows, err := h.Draft(t.Context(), ann, bulk.Request{
		From: "+1 (310) 906-0901", Text: "Hi {{name}},\r\nwe move.", Rate: 5, Validity: time.Hour,
		File: strings.NewReader("name,to\nAnn,+13105550001\nZoë’s,+13105550002\nCy,+13105550003\nDi,1-310-555-0001\nEd,Ed\n" +
			"Me,+13109060901\n" + strings.Repeat("x", 1600) + ",+13105550004\n" + strings.Repeat("x", 5000) + ",+13105550005\nshort\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := *b
	got.ID, got.CreatedAt = 0, time.Time{}
	want := wirechief.Bulk{
		Tenant: "acme", Name: "Hi {{name}}, we move.", From: desk, Text: "Hi {{name}},\nwe move.", State: wirechief.BulkDraft,
		Rate: 5, Validity: "1h0m0s", By: "ann@acme.test", Rows: 9, Bad: 6, Suppressed: 1, Segments: 2, Cost: 20_000, Unicode: 1, Character: "ë",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	type line struct {
		Seq             int
		State           wirechief.BulkRowState
		Encoding, Error string
	}
	var lines []line
	for _, r := range rows {
		lines = append(lines, line{r.Seq, r.State, r.Encoding, r.Error})
	}
	tooLong := "the text needs 11 segments as GSM-7; at most 10 are sent (1530 characters of GSM-7, 670 of UCS-2)"
	if d := cmp.Diff([]line{
		{1, "ready", "GSM-7", ""},
		{2, "ready", "UCS-2", ""},
		{3, "ready", "GSM-7", lines[2].Error}, // the exchange's own words
		{4, "bad", "", "the same number as row 1"},
		{5, "bad", "", "Ed has letters and is no number"},
		{6, "bad", "GSM-7", "the recipient is the sender"},
		{7, "bad", "GSM-7", tooLong},
		{8, "bad", "", "the text is longer than the 10 segments that are sent"},
		{9, "bad", "", "the row has fewer cells than there are columns"},
	}, lines); d != "" {
		t.Error(d)
	}
	if lines[2].Error == "" {
		t.Error("nobody is told that a recipient has opted out")
	}
	// What is kept is what was shown.
	kept, err := h.Rows(t.Context(), ann, b.ID, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(rows, kept); d != "" {
		t.Error(d)
	}
	if bad, err := h.Rows(t.Context(), ann, b.ID, wirechief.RowBad, 4, 2); err != nil || len(bad) != 2 || bad[0].Seq != 5 {
		t.Errorf("%+v, %v", bad, err)
	}
	if n := h.sends.Load(); n != 0 || len(h.messages("acme")) != 0 {
		t.Errorf("%d sends of a draft", n)
	}
}

func TestDraftRefused(t *testing.T) {
	h := newHouse(t)
	for _, tt := range []struct {
		name   string
		change func(*bulk.Request)
		kind   wirechief.Kind
		rule   wirechief.Rule
		field  string
	}{
		{"no sender", func(q *bulk.Request) { q.From = "" }, wirechief.Invalid, "", "from"},
		{"no number", func(q *bulk.Request) { q.From = "a number of ours" }, wirechief.Invalid, "", "from"},
		{"another's sender", func(q *bulk.Request) { q.From = "+12125550100" }, wirechief.NotFound, wirechief.RuleSender, "from"},
		{"a sender without texts", func(q *bulk.Request) { q.From = "+13109060902" }, wirechief.NotFound, wirechief.RuleSender, "from"},
		{"no text", func(q *bulk.Request) { q.Text = " " }, wirechief.Invalid, "", "text"},
		{"NUL", func(q *bulk.Request) { q.Text = "a\x00" }, wirechief.Invalid, "", "text"},
		{"unknown field", func(q *bulk.Request) { q.Text = "{{x}}" }, wirechief.Invalid, "", "text"},
		{"rate", func(q *bulk.Request) { q.Rate = -1 }, wirechief.Invalid, "", "rate"},
		{"rate of a geologist", func(q *bulk.Request) { q.Rate = 1e-9 }, wirechief.Invalid, "", "rate"},
		{"validity", func(q *bulk.Request) { q.Validity = -1 }, wirechief.Invalid, "", "validity"},
		{"too far ahead", func(q *bulk.Request) { q.At = time.Now().AddDate(2, 0, 0) }, wirechief.Invalid, "", "at"},
		{"name", func(q *bulk.Request) { q.Name = "a\nb" }, wirechief.Invalid, "", "name"},
		{"no file", func(q *bulk.Request) { q.File = nil }, wirechief.Invalid, "", "file"},
		{"no rows", func(q *bulk.Request) { q.File = strings.NewReader("to,name\n") }, wirechief.Invalid, "", "file"},
		{"too many rows", func(q *bulk.Request) { q.File = strings.NewReader("to,name\n" + strings.Repeat("x,y\n", 100_001)) }, wirechief.Invalid, "", "file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := bulk.Request{From: desk, Text: "Hi", File: strings.NewReader("to,name\n+13105550001,Ann\n")}
			tt.change(&q)
			_, _, err := h.Draft(t.Context(), ann, q)
			wantError(t, err, tt.kind, tt.rule, tt.field)
		})
	}
	if kept, err := h.List(t.Context(), ann, nil, 0, 0); err != nil || len(kept) != 0 {
		t.Errorf("%d are kept, %v", len(kept), err)
	}
}

// TestRights: who may not send to many may not look either, and what is another
// tenant's is not there.
func TestRights(t *testing.T) {
	h := newHouse(t)
	b := h.draft(list(3))
	ask := map[string]func(p wirechief.Principal) error{
		"progress": func(p wirechief.Principal) error { _, err := h.Progress(t.Context(), p, b.ID); return err },
		"rows":     func(p wirechief.Principal) error { _, err := h.Rows(t.Context(), p, b.ID, "", 0, 0); return err },
		"results":  func(p wirechief.Principal) error { return h.Results(t.Context(), p, b.ID, &strings.Builder{}) },
		"launch":   func(p wirechief.Principal) error { _, err := h.Launch(t.Context(), p, b.ID); return err },
		"pause":    func(p wirechief.Principal) error { _, err := h.Pause(t.Context(), p, b.ID); return err },
		"resume":   func(p wirechief.Principal) error { _, err := h.Resume(t.Context(), p, b.ID); return err },
		"cancel":   func(p wirechief.Principal) error { _, err := h.Cancel(t.Context(), p, b.ID); return err },
	}
	for name, do := range ask {
		t.Run(name, func(t *testing.T) {
			wantError(t, do(clerk), wirechief.Forbidden, wirechief.RuleRole, "")
			wantError(t, do(globex), wirechief.NotFound, "", "")
			wantError(t, do(wirechief.Principal{Operator: true}), wirechief.Invalid, "", "tenant")
		})
	}
	_, _, err := h.Draft(t.Context(), clerk, bulk.Request{})
	wantError(t, err, wirechief.Forbidden, wirechief.RuleRole, "")
	_, err = h.List(t.Context(), clerk, nil, 0, 0)
	wantError(t, err, wirechief.Forbidden, wirechief.RuleRole, "")
	if l, err := h.List(t.Context(), globex, nil, 0, 0); err != nil || len(l) != 0 {
		t.Errorf("%v, %v", l, err)
	}
	if l, err := h.List(t.Context(), key, []wirechief.BulkState{wirechief.BulkDraft}, 0, 0); err != nil || len(l) != 1 {
		t.Errorf("%v, %v", l, err)
	}
}
