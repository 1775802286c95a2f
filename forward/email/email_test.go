package email

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/forwardtest"
)

func newBase64(r io.Reader) io.Reader { return base64.NewDecoder(base64.StdEncoding, r) }

func newSender(t testing.TB, c Config, o Options) *Sender {
	s := New(c, o)
	t.Cleanup(s.Close)
	return s
}

func TestConformance(t *testing.T) {
	forwardtest.Run(t, func(t *testing.T) *forwardtest.Member {
		store, f := new(shelf), newFar(t, nil)
		c := f.config()
		c.Username, c.Password = "wirechief", farPassword
		return &forwardtest.Member{
			Sender: newSender(t, c, Options{Source: store}),
			Delivery: func(_ *testing.T, text string) *wirechief.Delivery {
				return mailOf(store.arrived(text), "desk@acme.test", forward.Mail{})
			},
			Play:    f.play,
			Silence: func(*testing.T) { <-f.silent },
			Seen: func() (out []forwardtest.Seen) {
				for _, m := range f.seen() {
					o := openMail(t, m.data)
					out = append(out, forwardtest.Seen{ID: o.Get("Message-Id"), Text: o.text, Raw: string(m.data)})
				}
				return out
			},
			Inert:   inert,
			Secrets: []string{farPassword, base64.StdEncoding.EncodeToString([]byte("\x00wirechief\x00" + farPassword))},
		}
	})
}

// inert says that a text has become neither header nor markup nor a line that
// SMTP understands.
func inert(t *testing.T, text string, s forwardtest.Seen) {
	o := openMail(t, []byte(s.Raw))
	if len(o.Header) != 10 {
		t.Errorf("%q made the header %v", text, o.Header)
	}
	for line := range strings.SplitSeq(s.Raw, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("%q made the line %.100q", text, line)
		}
	}
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(o.html, -1) {
		if !regexp.MustCompile(`^<(/?(html|head|title|body|p|br)|!DOCTYPE html|meta charset="utf-8"|body style="[^"]*"|p (dir="auto" )?style="[^"]*")>$`).MatchString(tag) {
			t.Errorf("%q made the tag %s", text, tag)
		}
	}
	if strings.ContainsFunc(o.text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }) {
		t.Errorf("%q arrived as %q", text, o.text)
	}
}

func TestLetter(t *testing.T) {
	store, f := new(shelf), newFar(t, nil)
	store.files = map[string][]byte{"abc": []byte("\xff\xd8\xffpicture"), "big": make([]byte, 10)}
	replies := &Replies{domain: "in.example.test"}
	s := newSender(t, f.config(), Options{Source: store, Open: store.open, Replies: replies})
	store.arrived("one")
	out := store.arrived("two\nlines")
	out.From, out.To, out.Direction = out.To, out.From, wirechief.Outward
	refused := store.arrived("never left")
	refused.Status = wirechief.StatusSuppressed
	m := store.arrived("Grüße <b>")
	m.Also = []string{"+14155550103"}
	m.Media = []wirechief.MediaItem{
		{Token: "abc", Type: "image/jpeg", Ext: ".jpg", Size: 10},
		{Token: "old", Type: "image/png", Ext: ".png", Size: 5},
		{Token: "smil", Type: "application/smil", Ext: ".smil"},
		{Token: "big", Type: "video/mp4", Ext: ".mp4", Size: 20 << 20},
		{Type: "image/gif", Ext: ".gif"},
	}
	later := store.arrived("not yet")
	m.Record(wirechief.Event{At: m.CreatedAt, Type: wirechief.EventMediaLost})
	d := mailOf(m, "Desk@ACME.test", forward.Mail{History: 3, Timezone: "America/Los_Angeles"})
	for range 2 {
		if a, o := s.Send(t.Context(), d, time.Minute); o.Disposition != wirechief.Done || a.StatusCode != 250 || a.Class != "2xx" || a.Peer != f.address || a.Body == "" {
			t.Fatalf("%+v %+v", a, o)
		}
	}
	mails := f.seen()
	if !bytes.Equal(mails[0].data, mails[1].data) {
		t.Error("two tries have other bytes")
	}
	if f.sessions != 1 {
		t.Errorf("two mails took %d connections", f.sessions)
	}
	if mails[0].from != "no-reply@example.test" || mails[0].to != "Desk@acme.test" {
		t.Errorf("the envelope is %+v", mails[0])
	}
	o := openMail(t, mails[0].data)
	for name, want := range map[string]string{
		"From": `"+14155550101" <no-reply@example.test>`, "To": "<Desk@acme.test>", "Subject": "SMS from 14155550101 to 13109060901",
		"Auto-Submitted": "auto-generated", "References": "<conversation.77@example.test>", "In-Reply-To": "<conversation.77@example.test>",
		"Reply-To": "<" + replies.Address(wirechief.ConversationKey{Shard: m.Shard, ID: 77}, "desk@acme.test") + ">",
		"Date":     m.CreatedAt.Format("Mon, 02 Jan 2006 15:04:05 +0000"), "Mime-Version": "1.0",
	} {
		if got := o.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	at := func(m *wirechief.Message) string {
		zone, _ := time.LoadLocation("America/Los_Angeles")
		return m.CreatedAt.In(zone).Format("2006-01-02 15:04 MST")
	}
	want := "Grüße <b>\n\n[sent to +14155550103 as well]\n[a picture could not be fetched]\n" +
		"[file-2.png is not attached: it is not kept any more]\n" +
		"[file-3.mp4 is not attached: the files of this message are too large for one mail (20971520 octets)]\n" +
		"[file-4.gif is not attached: it could not be fetched from the carrier]\n" +
		"\nPrevious messages\n\n" +
		at(store.list[0]) + "  +14155550101: one\n" + at(out) + "  +13109060901: two lines\n"
	if o.text != want {
		t.Errorf("the text is\n%s\nwant\n%s", o.text, want)
	}
	if !strings.Contains(o.html, "Grüße &lt;b&gt;") || !strings.Contains(o.html, "two<br>\nlines") || strings.Contains(o.html, "not yet") {
		t.Errorf("the HTML is %s", o.html)
	}
	if string(o.files["file-1.jpg"]) != "\xff\xd8\xffpicture" || len(o.files) != 1 {
		t.Errorf("the files are %q", o.files)
	}
	// Nothing of the conversation is asked for.
	if _, out := s.Send(t.Context(), mailOf(later, "desk@acme.test", forward.Mail{From: "shop@acme.test"}), time.Minute); out.Disposition != wirechief.Done {
		t.Fatal(out)
	}
	last := f.seen()[2]
	if o := openMail(t, last.data); o.text != "not yet\n" || !strings.Contains(o.Get("From"), "<shop@acme.test>") || last.from != "no-reply@example.test" {
		t.Errorf("%q from %s, %s", o.text, o.Get("From"), last.from)
	}
}

func TestNamesInHeaders(t *testing.T) {
	store, f := new(shelf), newFar(t, nil)
	s := newSender(t, f.config(), Options{Source: store})
	m := store.arrived("hello")
	m.From = "Käse\r\nBcc: x@example.test \u202e"
	if _, o := s.Send(t.Context(), mailOf(m, "desk@acme.test", forward.Mail{}), time.Minute); o.Disposition != wirechief.Done {
		t.Fatal(o)
	}
	data := f.seen()[0].data
	o := openMail(t, data)
	if o.subject(t) != "SMS from Käse Bcc: x@example.test to 13109060901" || o.Get("Bcc") != "" {
		t.Errorf("%q %v", o.subject(t), o.Header)
	}
	from, err := o.AddressList("From")
	if err != nil || from[0].Name != "Käse Bcc: x@example.test" {
		t.Errorf("%v %v", from, err)
	}
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	if bytes.ContainsFunc(head, func(r rune) bool { return r > 126 }) || !bytes.Contains(head, []byte("Subject: =?utf-8?q?")) {
		t.Errorf("the header is not RFC 2047's: %s", head)
	}
}

func TestAnswers(t *testing.T) {
	answer := func(code, a, b, c int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: "words"}
	}
	for _, tt := range []struct {
		err    error
		want   wirechief.Disposition
		reason wirechief.Reason
		text   string
	}{
		{answer(450, 4, 2, 0), wirechief.Retry, wirechief.ReasonTemporary, "450 4.2.0 words"},
		{answer(452, 4, 3, 1), wirechief.Retry, wirechief.ReasonQueueFull, "452 4.3.1 words"},
		{answer(421, 4, 7, 0), wirechief.Retry, wirechief.ReasonThrottled, "421 4.7.0 words"},
		{answer(550, 5, 1, 1), wirechief.Final, wirechief.ReasonDestination, "550 5.1.1 words"},
		{answer(550, 5, 1, 8), wirechief.Final, wirechief.ReasonSource, "550 5.1.8 words"},
		{answer(552, 5, 3, 4), wirechief.Final, wirechief.ReasonContent, "552 5.3.4 words"},
		{answer(554, 5, 7, 1), wirechief.Final, wirechief.ReasonRejected, "554 5.7.1 words"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			store, f := new(shelf), newFar(t, nil)
			f.rcpt = tt.err
			s := newSender(t, f.config(), Options{Source: store})
			a, o := s.Send(t.Context(), mailOf(store.arrived("hello"), "desk@acme.test", forward.Mail{}), time.Minute)
			if o.Disposition != tt.want || o.Reason != tt.reason || a.Error != tt.text || a.Class != tt.text[:1]+"xx" || a.StatusCode == 0 || o.Code != tt.text[:3] {
				t.Errorf("%+v %+v", a, o)
			}
		})
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	store, f := new(shelf), newFar(t, nil)
	m := store.arrived("hello")
	other := store.arrived("hello")
	other.Tenant = "other"
	foreign := mailOf(other, "desk@acme.test", forward.Mail{})
	foreign.Tenant = "acme"
	gone := mailOf(m, "desk@acme.test", forward.Mail{})
	gone.Body = []byte(`{"message":999999}`)
	for _, tt := range []struct {
		name   string
		d      *wirechief.Delivery
		change func(*Config)
		err    error
		want   wirechief.Disposition
		reason wirechief.Reason
		text   string
	}{
		{"no server", mailOf(m, "desk@acme.test", forward.Mail{}), func(c *Config) { c.Host = "" }, nil, wirechief.Final, wirechief.ReasonUnsupported, "smtp.host"},
		{"no address", mailOf(m, "desk@acme.test>\r\nRCPT TO:<x@y", forward.Mail{}), nil, nil, wirechief.Final, wirechief.ReasonDestination, "not a mail address"},
		{"no sender", mailOf(m, "desk@acme.test", forward.Mail{}), func(c *Config) { c.From = "" }, nil, wirechief.Final, wirechief.ReasonSource, "smtp.from"},
		{"not ASCII", mailOf(m, "käse@acme.test", forward.Mail{}), nil, nil, wirechief.Final, wirechief.ReasonUnsupported, "SMTPUTF8"},
		{"another tenant's", foreign, nil, nil, wirechief.Final, wirechief.ReasonContent, "not kept"},
		{"not kept", gone, nil, nil, wirechief.Final, wirechief.ReasonContent, "not kept"},
		{"store down", mailOf(m, "desk@acme.test", forward.Mail{}), nil, errors.New("disk"), wirechief.Retry, wirechief.ReasonTemporary, "cannot be read now"},
		{"login refused", mailOf(m, "desk@acme.test", forward.Mail{}), func(c *Config) { c.Username, c.Password = "me", "wrong-secret" }, nil, wirechief.Retry, wirechief.ReasonCredentials, "535 5.7.8 not with <hidden>"},
		{"no STARTTLS", mailOf(m, "desk@acme.test", forward.Mail{}), func(c *Config) { c.TLS = TLSStart }, nil, wirechief.Retry, wirechief.ReasonProtocol, "STARTTLS"},
		{"no TLS", mailOf(m, "desk@acme.test", forward.Mail{}), func(c *Config) { c.TLS = TLSImplicit }, nil, wirechief.Retry, wirechief.ReasonProtocol, "TLS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := f.config()
			if tt.change != nil {
				tt.change(&c)
			}
			store.err = tt.err
			a, o := newSender(t, c, Options{Source: store}).Send(t.Context(), tt.d, 5*time.Second)
			store.err = nil
			if o.Disposition != tt.want || o.Reason != tt.reason || a == nil || !strings.Contains(a.Error, tt.text) {
				t.Errorf("%+v %+v", a, o)
			}
			if a != nil && strings.Contains(a.Error, "wrong-secret") {
				t.Error("the password is in the attempt")
			}
		})
	}
	if len(f.seen()) != 0 {
		t.Error("something was sent")
	}
}

// A login goes out in the clear to this machine only.
func TestLoginInTheClear(t *testing.T) {
	s := New(Config{Username: "me", Password: farPassword}, Options{})
	store, f := new(shelf), newFar(t, nil)
	_ = store
	c, err := smtp.Dial(f.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := s.login(c, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 25}); !errors.Is(err, errOpenLogin) {
		t.Errorf("%v", err)
	}
	if err := s.login(c, &net.TCPAddr{IP: net.IPv6loopback, Port: 25}); err != nil {
		t.Errorf("%v", err)
	}
}

// A connection that the server closed while it rested costs no try.
func TestStaleConnection(t *testing.T) {
	store, f := new(shelf), newFar(t, nil)
	s := newSender(t, f.config(), Options{Source: store})
	for i := range 3 {
		a, o := s.Send(t.Context(), mailOf(store.arrived("hello"), "desk@acme.test", forward.Mail{}), 5*time.Second)
		if o.Disposition != wirechief.Done || a.Timing.Reused {
			t.Fatalf("mail %d: %+v %+v", i, a, o)
		}
		f.play(forwardtest.Absent)
		f.play(forwardtest.Take)
	}
	if len(f.seen()) != 3 {
		t.Error(len(f.seen()))
	}
}
