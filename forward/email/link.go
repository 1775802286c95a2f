package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// How long the steps may take; a whole try has its own limit, a minute unless
// the operator says otherwise.
const (
	connectTime = 10 * time.Second
	commandTime = 30 * time.Second
	dataTime    = 10 * time.Minute // RFC 5321 4.5.3.2.6: the server may be slow to take it
)

// link is a connection to the server, logged in.
type link struct {
	*smtp.Client
	conn  *bounded
	peer  string
	used  int       // mails that went over it
	since time.Time // of its rest in the pool
}

// bounded is a connection whose deadlines are never later than the end of the
// try that uses it.
type bounded struct {
	net.Conn
	mu  sync.Mutex
	end time.Time
	cut bool // ctx ended
}

var longAgo = time.Unix(1, 0)

// SetDeadline implements [net.Conn].
func (b *bounded) SetDeadline(t time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.IsZero() || t.After(b.end) {
		t = b.end
	}
	if b.cut {
		t = longAgo
	}
	return b.Conn.SetDeadline(t)
}

// until gives it to a try that ends then.
func (b *bounded) until(end time.Time) {
	b.mu.Lock()
	b.end, b.cut = end, false
	b.mu.Unlock()
	b.SetDeadline(end)
}

// stop ends whatever waits for the connection.
func (b *bounded) stop() {
	b.mu.Lock()
	b.cut = true
	b.mu.Unlock()
	b.SetDeadline(longAgo)
}

// setupError is what kept a connection from being made, before it is about any
// mail.
type setupError struct {
	step string // in words
	peer string
	err  error
}

func (e *setupError) Error() string { return e.step + ": " + e.err.Error() }
func (e *setupError) Unwrap() error { return e.err }

var (
	errNoStartTLS = errors.New("the server does not offer STARTTLS, and smtp.tls asks for it")
	errOpenLogin  = errors.New("a login would be readable on the way: set smtp.tls to starttls or tls")
	errNoLogin    = errors.New("the server offers no login that we know (PLAIN, LOGIN)")
	errNoUTF8     = errors.New("the mail server takes addresses in ASCII only (it offers no SMTPUTF8)")
)

// dial connects, secures the connection and logs in.
func (s *Sender) dial(ctx context.Context, end time.Time) (*link, error) {
	dialing, cancel := context.WithDeadline(ctx, earliest(end, time.Now().Add(connectTime)))
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(dialing, "tcp", s.server.address())
	if err != nil {
		return nil, &setupError{"the mail server cannot be reached", "", err}
	}
	peer := c.RemoteAddr().String()
	b := &bounded{Conn: c}
	b.until(end)
	goOn := context.AfterFunc(ctx, b.stop)
	k, err := s.greet(b)
	if err == nil && !goOn() {
		err = &setupError{"connecting", peer, ctx.Err()}
	}
	if err != nil {
		goOn()
		c.Close()
		if e, ok := errors.AsType[*setupError](err); ok {
			e.peer = peer
		}
		return nil, err
	}
	k.peer = peer
	return k, nil
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (s *Sender) greet(b *bounded) (*link, error) {
	settings := s.TLS.Clone()
	if settings == nil {
		settings = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if settings.ServerName == "" {
		settings.ServerName = s.server.Host
	}
	var client *smtp.Client
	switch s.server.TLS {
	case TLSImplicit:
		secure := tls.Client(b, settings)
		if err := secure.Handshake(); err != nil {
			return nil, &setupError{"TLS with the mail server", "", err}
		}
		client = smtp.NewClient(secure)
	case TLSStart:
		// The library says hello for itself, finds out what is offered and
		// begins TLS; the handshake is made with the next command.
		var err error
		if client, err = smtp.NewClientStartTLS(b, settings); err != nil {
			if !isAnswer(err) && strings.Contains(err.Error(), "STARTTLS") {
				err = errNoStartTLS
			}
			return nil, &setupError{"TLS with the mail server", "", err}
		}
	default:
		client = smtp.NewClient(b)
	}
	client.CommandTimeout, client.SubmissionTimeout = commandTime, dataTime
	if err := client.Hello(heloName(b.LocalAddr())); err != nil {
		return nil, &setupError{"the greeting of the mail server", "", err}
	}
	if s.server.Username != "" {
		if err := s.login(client, b.RemoteAddr()); err != nil {
			return nil, &setupError{"the login at the mail server", "", err}
		}
	}
	return &link{Client: client, conn: b}, nil
}

// login authenticates, where nobody can listen.
func (s *Sender) login(c *smtp.Client, peer net.Addr) error {
	if _, secure := c.TLSConnectionState(); !secure && !isLoopback(peer) {
		return errOpenLogin
	}
	name, password := s.server.Username, s.server.Password.Reveal()
	switch {
	case c.SupportsAuth(sasl.Plain):
		return c.Auth(sasl.NewPlainClient("", name, password))
	case c.SupportsAuth(sasl.Login):
		return c.Auth(sasl.NewLoginClient(name, password))
	}
	return errNoLogin
}

func isLoopback(a net.Addr) bool {
	p, err := netip.ParseAddrPort(a.String())
	return err == nil && p.Addr().Unmap().IsLoopback()
}

// heloName is what we call ourselves: our full name, or the address that we
// speak from (RFC 5321 4.1.3).
func heloName(local net.Addr) string {
	if name, err := os.Hostname(); err == nil && strings.Contains(name, ".") && !strings.ContainsAny(name, " \t\r\n") {
		return name
	}
	p, err := netip.ParseAddrPort(local.String())
	if err != nil {
		return "localhost"
	}
	a := p.Addr().Unmap().WithZone("")
	if a.Is4() {
		return "[" + a.String() + "]"
	}
	return "[IPv6:" + a.String() + "]"
}

// hand gives a mail to the server. committed says that all of it was sent, so
// that the server may have taken it whatever it answers.
func (k *link) hand(m *posting) (answer string, committed bool, err error) {
	if offered, _ := k.Extension("SMTPUTF8"); m.utf8 && !offered {
		return "", false, errNoUTF8
	}
	var o smtp.MailOptions
	if sized, _ := k.Extension("SIZE"); sized {
		o.Size = int64(len(m.data))
	}
	o.UTF8 = m.utf8
	if err := k.Mail(m.from, &o); err != nil {
		return "", false, &mailError{err}
	}
	if err := k.Rcpt(m.to, nil); err != nil {
		return "", false, err
	}
	w, err := k.Data()
	if err != nil {
		return "", false, err
	}
	if _, err := w.Write(m.data); err != nil {
		return "", false, err
	}
	got, err := w.CloseWithResponse()
	if err != nil {
		return "", true, err
	}
	return got.StatusText, true, nil
}

// mailError is a failure of the first command of a mail: nothing of it has been
// sent yet.
type mailError struct{ error }

func (e *mailError) Unwrap() error { return e.error }

// posting is a mail and its envelope.
type posting struct {
	from, to string
	utf8     bool // an address has other than ASCII
	id       string
	data     []byte
}

func isAnswer(err error) bool {
	_, ok := errors.AsType[*smtp.SMTPError](err)
	return ok
}

// leave says goodbye, in so far as that takes no time.
func (k *link) leave() {
	k.conn.until(time.Now().Add(time.Second))
	if k.Quit() != nil {
		k.Close()
	}
}
