package wirechief_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

func TestErrorText(t *testing.T) {
	for _, tt := range []struct {
		err  *wirechief.Error
		want string
	}{
		{&wirechief.Error{}, "internal"},
		{&wirechief.Error{Kind: wirechief.NotOffered}, "not offered"},
		{&wirechief.Error{Op: "send", Kind: wirechief.Invalid, Message: "no text"}, "send: no text"},
		{&wirechief.Error{Op: "store", Message: "cannot be read", Err: io.ErrUnexpectedEOF}, "store: cannot be read: unexpected EOF"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// Kind and message come from the first error of ours in the chain.
func TestErrorChain(t *testing.T) {
	inner := wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "the balance is %s", wirechief.Money(0))
	outer := &wirechief.Error{Op: "send", Kind: wirechief.Unavailable, Message: "try again", Err: inner}
	for _, tt := range []struct {
		name    string
		err     error
		kind    wirechief.Kind
		message string
	}{
		{"ours", inner, wirechief.Forbidden, "the balance is 0.00"},
		{"wrapped", fmt.Errorf("tenant acme: %w", inner), wirechief.Forbidden, "the balance is 0.00"},
		{"ours around ours", outer, wirechief.Unavailable, "try again"},
		{"joined", errors.Join(io.EOF, inner), wirechief.Forbidden, "the balance is 0.00"},
		{"foreign", io.EOF, wirechief.Internal, "an internal error occurred; it has been logged"},
		{"without a message", &wirechief.Error{Err: errors.New("password hunter2")}, wirechief.Internal, "an internal error occurred; it has been logged"},
		{"none", nil, wirechief.Internal, "an internal error occurred; it has been logged"},
	} {
		if got := wirechief.KindOf(tt.err); got != tt.kind {
			t.Errorf("%s: kind %s, want %s", tt.name, got, tt.kind)
		}
		if got := wirechief.MessageOf(tt.err); got != tt.message {
			t.Errorf("%s: message %q, want %q", tt.name, got, tt.message)
		}
	}
	if !errors.Is(outer, inner) {
		t.Error("the cause is lost")
	}
	if e := wirechief.InvalidField("to", "no number"); e.Kind != wirechief.Invalid || e.Field != "to" || e.Message != "no number" {
		t.Errorf("%+v", e)
	}
}

// Every kind has a word of its own: it is in logs, and in the bodies of our API.
func TestKindNames(t *testing.T) {
	seen := make(map[string]bool)
	for k := wirechief.Internal; k <= wirechief.Unavailable; k++ {
		name := k.String()
		if seen[name] || name == "" || strings.Contains(name, "(") {
			t.Errorf("kind %d is called %q", uint8(k), name)
		}
		seen[name] = true
	}
	if got := wirechief.Kind(99).String(); got != "kind(99)" {
		t.Errorf("an unknown kind is called %q", got)
	}
}

func TestDispositionNames(t *testing.T) {
	var none wirechief.Outcome
	for d, want := range map[wirechief.Disposition]string{
		none.Disposition: "none", wirechief.Done: "done", wirechief.Retry: "retry", wirechief.Final: "final", wirechief.InDoubt: "in doubt",
	} {
		if d.String() != want {
			t.Errorf("%d is called %q, want %q", uint8(d), d, want)
		}
	}
}
