package email

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
)

// certificate is one for 127.0.0.1, and the roots that know it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s.TLS.Certificates[0], roots
}

func TestTLS(t *testing.T) {
	pair, roots := certificate(t)
	for _, tt := range []struct {
		name   string
		way    string
		trust  *tls.Config
		want   wirechief.Disposition
		reason wirechief.Reason
		text   string
	}{
		{"starttls", TLSStart, &tls.Config{RootCAs: roots}, wirechief.Done, "", ""},
		{"implicit", TLSImplicit, &tls.Config{RootCAs: roots}, wirechief.Done, "", ""},
		{"unknown to starttls", TLSStart, nil, wirechief.Retry, wirechief.ReasonUnreachable, "certificate"},
		{"unknown to implicit", TLSImplicit, nil, wirechief.Retry, wirechief.ReasonUnreachable, "certificate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := new(shelf)
			f := newFar(t, func(s *smtp.Server) {
				s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}}
				s.AllowInsecureAuth = false
			})
			c := f.config()
			if tt.way == TLSImplicit {
				l, err := tls.Listen("tcp", "127.0.0.1:0", f.server.TLSConfig)
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				go f.server.Serve(l)
				c.Port = l.Addr().(*net.TCPAddr).Port
			}
			c.TLS, c.Username, c.Password = tt.way, "wirechief", farPassword
			s := newSender(t, c, Options{Source: store, TLS: tt.trust})
			for range 2 {
				a, o := s.Send(t.Context(), mailOf(store.arrived("hello"), "desk@acme.test", forward.Mail{}), 5*time.Second)
				if o.Disposition != tt.want || o.Reason != tt.reason || !strings.Contains(a.Error, tt.text) {
					t.Errorf("%+v %+v", a, o)
				}
			}
			if want := map[bool]int{true: 2}[tt.want == wirechief.Done]; len(f.seen()) != want {
				t.Errorf("%d were taken", len(f.seen()))
			}
			if tt.want != wirechief.Done && len(f.logins) > 0 {
				t.Error("the login was sent to a server that nobody knows")
			}
		})
	}
}

func TestInboxStartTLS(t *testing.T) {
	pair, roots := certificate(t)
	c := new(core)
	b := newInbox(t, c, func(o *InboxOptions) { o.TLS = &tls.Config{Certificates: []tls.Certificate{pair}} })
	k, err := smtp.DialStartTLS(b.Addr().String(), &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if err := k.SendMail("ann@acme.test", []string{b.Replies.Address(key77, "ann@acme.test")}, strings.NewReader(strings.ReplaceAll(reply, "\n", "\r\n"))); err != nil || len(c.asked) != 1 {
		t.Error(err)
	}
}
