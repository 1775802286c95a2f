package email

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/forwardtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// far is a mail server that does as it is told.
type far struct {
	t       testing.TB
	address string
	shape   func(*smtp.Server)

	mu       sync.Mutex
	server   *smtp.Server
	listener net.Listener
	answer   forwardtest.Answer
	rcpt     error // what RCPT gets
	mails    []posted
	sessions int
	logins   []string
	silent   chan struct{} // a mail waits for its answer
	release  chan struct{} // closed: no mail waits any more
}

// posted is a mail that was taken.
type posted struct {
	from, to string
	data     []byte
}

func newFar(t testing.TB, shape func(*smtp.Server)) *far {
	f := &far{t: t, address: "127.0.0.1:0", shape: shape, silent: make(chan struct{}, 100), release: make(chan struct{})}
	f.open()
	t.Cleanup(func() { f.play(forwardtest.Absent) })
	return f
}

func (f *far) open() {
	l, err := net.Listen("tcp", f.address)
	if err != nil {
		f.t.Fatal(err)
	}
	f.address = l.Addr().String()
	s := smtp.NewServer(f)
	s.Domain, s.ErrorLog, s.AllowInsecureAuth = "far.example.test", log.New(io.Discard, "", 0), true
	if f.shape != nil {
		f.shape(s)
	}
	f.server, f.listener = s, l
	go s.Serve(l)
}

// play changes how mails are answered from now on.
func (f *far) play(a forwardtest.Answer) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = a
	close(f.release)
	f.release = make(chan struct{})
	switch {
	case a == forwardtest.Absent && f.server != nil:
		f.listener.Close() // the server may not know of it yet
		f.server.Close()
		f.server = nil
	case a != forwardtest.Absent && f.server == nil:
		f.open()
	}
	return true
}

func (f *far) seen() []posted {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]posted(nil), f.mails...)
}

func (f *far) config() Config {
	host, port, _ := net.SplitHostPort(f.address)
	n, _ := net.LookupPort("tcp", port)
	return Config{Host: host, Port: n, TLS: TLSNone, From: "no-reply@example.test", Senders: []string{"acme.test"}}
}

// NewSession implements [smtp.Backend].
func (f *far) NewSession(*smtp.Conn) (smtp.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions++
	return &farSession{f: f}, nil
}

type farSession struct {
	f        *far
	from, to string
}

func (s *farSession) Reset()        {}
func (s *farSession) Logout() error { return nil }
func (s *farSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *farSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if s.f.rcpt != nil {
		return s.f.rcpt
	}
	switch s.f.answer {
	case forwardtest.Later:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"}
	case forwardtest.Never:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

func (s *farSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.f.mu.Lock()
	answer, release := s.f.answer, s.f.release
	if answer != forwardtest.Silent {
		s.f.mails = append(s.f.mails, posted{s.from, s.to, data})
	}
	s.f.mu.Unlock()
	if answer == forwardtest.Silent {
		s.f.silent <- struct{}{}
		<-release
		return errors.New("nobody waits any more")
	}
	return nil
}

const farPassword = "hunter2-of-the-mail-server"

// AuthMechanisms implements [smtp.AuthSession].
func (s *farSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements [smtp.AuthSession]; it gives away what it was told.
func (s *farSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		s.f.mu.Lock()
		s.f.logins = append(s.f.logins, name)
		s.f.mu.Unlock()
		if password != farPassword {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "not with " + password + ", " + name}
		}
		return nil
	}), nil
}

// shelf is a store of messages, in memory.
type shelf struct {
	mu       sync.Mutex
	messages map[int64]*wirechief.Message
	list     []*wirechief.Message
	files    map[string][]byte
	err      error
}

func (s *shelf) put(m *wirechief.Message) *wirechief.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.messages == nil {
		s.messages = make(map[int64]*wirechief.Message)
	}
	s.messages[m.ID] = m
	s.list = append(s.list, m)
	return m
}

func (s *shelf) Message(_ context.Context, key wirechief.MessageKey) (*wirechief.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	if m := s.messages[key.ID]; m != nil && m.Shard == key.Shard {
		return m, nil
	}
	return nil, wirechief.Errorf(wirechief.NotFound, "there is no message %d", key.ID)
}

func (s *shelf) Thread(_ context.Context, key wirechief.ConversationKey, before int64, limit int) ([]*wirechief.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*wirechief.Message
	for _, m := range s.list {
		if m.Conversation == key.ID && m.ID < before {
			out = append(out, m)
		}
	}
	return out[max(0, len(out)-limit):], nil
}

func (s *shelf) open(token string) (io.ReadCloser, error) {
	if b, ok := s.files[token]; ok {
		return io.NopCloser(bytes.NewReader(b)), nil
	}
	return nil, fs.ErrNotExist
}

var lastID atomic.Int64

// noon is when everything happens.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// arrived keeps a text from a handset in conversation 77.
func (s *shelf) arrived(text string) *wirechief.Message {
	id := lastID.Add(1)
	return s.put(&wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf("acme"), ID: id}, Tenant: "acme", Direction: wirechief.Inward,
		From: "+14155550101", To: "+13109060901", Text: text, Conversation: 77, CreatedAt: noon.Add(time.Duration(id) * time.Minute), Status: wirechief.StatusReceived,
	})
}

// mailOf is a delivery about a message.
func mailOf(m *wirechief.Message, to string, body forward.Mail) *wirechief.Delivery {
	body.Message, body.Number = m.ID, m.To
	doc, _ := json.Marshal(body)
	return &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{Shard: m.Shard, ID: lastID.Add(1)}, Tenant: m.Tenant, Message: m.ID, Kind: wirechief.KindEmail,
		Destination: to, Body: doc, CreatedAt: m.CreatedAt, Status: wirechief.DeliveryPending,
	}
}

// opened is a mail as its reader sees it.
type opened struct {
	mail.Header
	text, html string
	files      map[string][]byte
}

func openMail(t testing.TB, data []byte) *opened {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	o := &opened{Header: m.Header, files: make(map[string][]byte)}
	o.parts(t, m.Header.Get("Content-Type"), m.Body)
	return o
}

func (o *opened) parts(t testing.TB, kind string, body io.Reader) {
	t.Helper()
	_, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		kind := p.Header.Get("Content-Type")
		if strings.HasPrefix(kind, "multipart/") {
			o.parts(t, kind, p)
			continue
		}
		var in io.Reader = quotedprintable.NewReader(p)
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			in = newBase64(p)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		switch {
		case p.FileName() != "":
			o.files[p.FileName()] = b
		case strings.HasPrefix(kind, "text/plain"):
			o.text = text
		default:
			o.html = text
		}
	}
}

func (o *opened) subject(t testing.TB) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(o.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
