package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// TestGuesses: whoever shows too many wrong logins waits, with the right one,
// too; others do not, and neither does who has come from there before.
func TestGuesses(t *testing.T) {
	w := newWorld(t)
	ask := func(address, name, secret string) wirechief.Kind {
		_, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "bulkvs", Name: name, Secret: secret, Address: address})
		return wirechief.KindOf(err)
	}
	const stranger, other = "198.51.100.7", "198.51.100.8"
	guess := func(n int, name, address string) (refused int) {
		for i := range n {
			if ask(address, name, fmt.Sprint("guess ", i)) == wirechief.Unauthenticated {
				refused++
			}
		}
		return refused
	}
	entries := func() int {
		log, err := w.Audit(t.Context(), operator, wirechief.AuditFilter{All: true, Action: "key.throttled"})
		if err != nil {
			t.Fatal(err)
		}
		return len(log)
	}
	if n := guess(1000, "acme", stranger); n != 20 {
		t.Errorf("%d guesses were taken", n)
	}
	if k := ask(stranger, "acme", "bulk-secret"); k != wirechief.Exhausted {
		t.Errorf("the right login during the wait: %v", k)
	}
	if _, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret", Address: other}); err != nil {
		t.Error("from another address: ", err)
	}
	if n := entries(); n != 1 {
		t.Errorf("%d entries of one burst", n)
	}
	w.clock.advance(time.Minute)
	if n := guess(100, "acme", stranger); n != 1 || entries() != 1 {
		t.Errorf("%d guesses were taken after a minute, %d entries", n, entries())
	}
	w.clock.advance(15 * time.Minute)
	if _, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret", Address: stranger}); err != nil {
		t.Error("after a rest: ", err)
	}
	// Guesses of many names hold the address back, but not who is known there.
	taken := 0
	for i := range 1000 {
		taken += guess(1, fmt.Sprint("name", i), other)
	}
	if taken != 100 || entries() != 2 {
		t.Errorf("%d guesses were taken, %d entries", taken, entries())
	}
	if _, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret", Address: other}); err != nil {
		t.Error("who is known there: ", err)
	}
	if k := ask("198.51.100.9", "globex", "x"); k != wirechief.Unauthenticated {
		t.Errorf("from elsewhere: %v", k)
	}
}

// TestGuessesAtTheOperator: whoever guesses the operator's token from an address
// waits there, the right one included; who has shown it there before does not.
func TestGuessesAtTheOperator(t *testing.T) {
	w := newWorld(t)
	ask := func(address, token string) error {
		p, err := w.Authenticate(t.Context(), exchange.Login{Dialect: wirechief.DialectOwn, Secret: token, Address: address, Operator: token == "right"})
		if err == nil && !p.Operator {
			t.Errorf("%+v", p)
		}
		return err
	}
	const stranger, known = "198.51.100.7", "198.51.100.8"
	if err := ask(known, "right"); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{stranger, known} {
		taken := 0
		for i := range 300 {
			if wirechief.KindOf(ask(address, fmt.Sprint("guess ", i))) == wirechief.Unauthenticated {
				taken++
			}
		}
		if taken != 100 {
			t.Errorf("%s: %d guesses were taken", address, taken)
		}
	}
	if err := ask(known, "right"); err != nil {
		t.Error("who is known there: ", err)
	}
	if k := wirechief.KindOf(ask(stranger, "right")); k != wirechief.Exhausted {
		t.Errorf("the right token during the wait: %v", k)
	}
	w.clock.advance(time.Minute)
	if err := ask(stranger, "right"); err != nil {
		t.Error("after the wait: ", err)
	}
}

// TestKnownByTheNet: who is known at an address of IPv6 is known at all of its
// /64, as guesses are counted there, and nowhere else.
func TestKnownByTheNet(t *testing.T) {
	w := newWorld(t)
	ask := func(name, secret, address string) error {
		_, err := w.Authenticate(t.Context(), exchange.Login{Dialect: "bulkvs", Name: name, Secret: secret, Address: address})
		return err
	}
	if err := ask("acme", "bulk-secret", "2001:db8::1"); err != nil {
		t.Fatal(err)
	}
	for i := range 150 {
		ask(fmt.Sprint("name", i), "wrong", "2001:db8::2")
		ask(fmt.Sprint("name", i), "wrong", "2001:db8:0:1::2")
	}
	for address, known := range map[string]bool{"2001:db8::1": true, "2001:db8::3": true, "2001:db8:0:1::3": false} {
		if err := ask("acme", "bulk-secret", address); (err == nil) != known {
			t.Errorf("from %s: %v", address, err)
		}
	}
}

// BenchmarkAuthenticate is a login that is right, while nobody guesses and while
// somebody does.
func BenchmarkAuthenticate(b *testing.B) {
	for _, guessing := range []bool{false, true} {
		b.Run(fmt.Sprint("guessing=", guessing), func(b *testing.B) {
			w := newWorld(b)
			l := exchange.Login{Dialect: "bulkvs", Name: "acme", Secret: "bulk-secret", Address: "192.0.2.1"}
			if guessing {
				for i := range 200 {
					w.Authenticate(b.Context(), exchange.Login{Dialect: "bulkvs", Name: "acme", Secret: fmt.Sprint(i), Address: "192.0.2.2"})
				}
			}
			for b.Loop() {
				if _, err := w.Authenticate(b.Context(), l); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
