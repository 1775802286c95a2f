package email

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/forwardtest"
)

// Connections are used again, also after a refusal, and not for ever.
func TestConnectionsAreUsedAgain(t *testing.T) {
	store, f := new(shelf), newFar(t, nil)
	s := newSender(t, f.config(), Options{Source: store})
	send := func(want wirechief.Disposition) {
		t.Helper()
		if a, o := s.Send(t.Context(), mailOf(store.arrived("hello"), "desk@acme.test", forward.Mail{}), time.Minute); o.Disposition != want {
			t.Fatalf("%+v %+v", a, o)
		}
	}
	sessions := func(want int) {
		t.Helper()
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.sessions != want {
			t.Fatalf("there were %d connections, not %d", f.sessions, want)
		}
	}
	send(wirechief.Done)
	f.play(forwardtest.Never)
	send(wirechief.Final)
	f.play(forwardtest.Later)
	send(wirechief.Retry)
	f.play(forwardtest.Take)
	for range mailsEach - 3 {
		send(wirechief.Done)
	}
	sessions(1)
	send(wirechief.Done)
	sessions(2)
	s.Tidy()
	send(wirechief.Done)
	sessions(2)
	s.pool.idle[0].since = time.Now().Add(-keepIdle)
	s.Tidy()
	if len(s.pool.idle) != 0 {
		t.Error("a connection rests for ever")
	}
	send(wirechief.Done)
	sessions(3)
}

// Where all connections are busy, a try waits, as long as it may.
func TestNoConnectionIsFree(t *testing.T) {
	store, f := new(shelf), newFar(t, nil)
	s := newSender(t, f.config(), Options{Source: store})
	for range connections {
		if err := s.pool.enter(t.Context(), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	d := mailOf(store.arrived("hello"), "desk@acme.test", forward.Mail{})
	a, o := s.Send(t.Context(), d, 20*time.Millisecond)
	if o.Disposition != wirechief.Retry || o.Reason != wirechief.ReasonThrottled || !strings.Contains(a.Error, "busy") {
		t.Errorf("%+v %+v", a, o)
	}
	ended := make(chan wirechief.Outcome)
	go func() {
		_, o := s.Send(t.Context(), d, time.Minute)
		ended <- o
	}()
	s.pool.leave()
	if o := <-ended; o.Disposition != wirechief.Done {
		t.Errorf("%+v", o)
	}
	for range connections - 1 {
		s.pool.leave()
	}
}

// What a server says before it has heard of a mail is not about the mail.
func TestGreetings(t *testing.T) {
	for _, tt := range []struct {
		greeting string
		reason   wirechief.Reason
		text     string
	}{
		{"421 4.7.0 too many connections\r\n", wirechief.ReasonTemporary, "the greeting of the mail server: 421 4.7.0 too many connections"},
		{"554 no service\r\n", wirechief.ReasonTemporary, "554 no service"},
		{"HTTP/1.1 400 Bad Request\r\n\r\n", wirechief.ReasonProtocol, "the greeting of the mail server"},
		{"", wirechief.ReasonDisconnected, "it closed the connection"},
	} {
		t.Run(tt.greeting, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				if c, err := l.Accept(); err == nil {
					c.Write([]byte(tt.greeting))
					c.Close()
				}
			}()
			store := new(shelf)
			c := Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: TLSNone, From: "no-reply@example.test"}
			a, o := newSender(t, c, Options{Source: store}).Send(t.Context(), mailOf(store.arrived("hello"), "desk@acme.test", forward.Mail{}), 5*time.Second)
			if o.Disposition != wirechief.Retry || o.Reason != tt.reason || !strings.Contains(a.Error, tt.text) || a.Peer == "" {
				t.Errorf("%+v %+v", a, o)
			}
		})
	}
}

// The words of a server are short and on one line, and never our password.
func TestWordsOfServers(t *testing.T) {
	s := New(Config{Username: "me", Password: "hunter2-secret"}, Options{})
	for _, text := range []string{"not with hunter2-secret", "not with AG1lAGh1bnRlcjItc2VjcmV0", "not with aHVudGVyMi1zZWNyZXQ="} {
		if got := s.said(text); got != "not with <hidden>" {
			t.Errorf("%q is kept as %q", text, got)
		}
	}
	if got := s.said("a\r\nb\x00" + strings.Repeat("ä", 2000)); len(got) > words+5 || strings.ContainsAny(got, "\r\n\x00") {
		t.Errorf("%d octets: %.20q", len(got), got)
	}
	if _, reason := judge(&smtp.SMTPError{Code: 354}); reason != wirechief.ReasonProtocol {
		t.Error(reason)
	}
	if reasonOf(errors.New("x")) != wirechief.ReasonProtocol {
		t.Error("an unknown error has a reason")
	}
}
