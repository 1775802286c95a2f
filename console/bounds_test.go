package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestSignInReadsLittle: who is not signed in has no more read than a sign-in takes.
func TestSignInReadsLittle(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.get("/signin")
	if p := b.post("/signin", "email", "ann@acme.test", "password", strings.Repeat("x", 65<<10)); p.status != http.StatusUnprocessableEntity && p.status != http.StatusBadRequest {
		t.Errorf("65 kB answer %d", p.status)
	}
}

// TestRefusedLooks: the audit log has one entry of a page that somebody may not
// see and asks for again and again; forms that are refused are all noted.
func TestRefusedLooks(t *testing.T) {
	h := newHouse(t)
	b := h.signIn("eve@acme.test", "eve-secret")
	for range 5 {
		if p := b.get("/settings/audit"); p.status != http.StatusForbidden {
			t.Fatalf("it answers %d", p.status)
		}
	}
	b.get("/settings/keys")
	r, err := http.NewRequest(http.MethodGet, h.URL()+"/wirechief/v1/audit?action=role.refused", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer acme-token")
	resp, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var log []struct{ Subject string }
	if err := json.NewDecoder(resp.Body).Decode(&log); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for _, e := range log {
		seen[e.Subject]++
	}
	// The clock is the real one: a minute may end between the five.
	if n := seen["GET /settings/audit"]; n < 1 || n > 2 || seen["GET /settings/keys"] != 1 {
		t.Errorf("%v", seen)
	}
}

// TestStreamsOfSession: one session has sixteen streams, and a new one when one ends.
func TestStreamsOfSession(t *testing.T) {
	h := newHouse(t)
	b := h.signIn("ann@acme.test", "ann-secret")
	open := func() (status int, stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.h.URL()+"/stream?topics=count", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := b.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		bufio.NewReader(resp.Body).ReadString('\n')
		return resp.StatusCode, func() { cancel(); resp.Body.Close() }
	}
	var stops []func()
	for range 16 {
		status, stop := open()
		stops = append(stops, stop)
		if status != http.StatusOK {
			t.Fatalf("it answers %d", status)
		}
	}
	status, stop := open()
	stop()
	if status != http.StatusTooManyRequests {
		t.Errorf("the seventeenth answers %d", status)
	}
	for _, stop := range stops {
		stop()
	}
}
