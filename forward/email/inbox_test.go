package email

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
)

// core keeps what it is asked to send.
type core struct {
	mu     sync.Mutex
	asked  []wirechief.SendRequest
	result wirechief.SendResult
	err    error
	wait   chan struct{} // closed: answers are given
	busy   chan struct{}
}

func (c *core) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	c.mu.Lock()
	wait := c.wait
	c.mu.Unlock()
	if wait != nil {
		c.busy <- struct{}{}
		select {
		case <-wait:
		case <-ctx.Done():
			return wirechief.SendResult{}, ctx.Err()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.asked = append(c.asked, r)
	}
	return c.result, c.err
}

type threads map[int64]*wirechief.Conversation

func (t threads) Conversation(_ context.Context, key wirechief.ConversationKey) (*wirechief.Conversation, error) {
	if key.ID == 666 {
		return nil, errors.New("disk")
	}
	if c := t[key.ID]; c != nil && c.Shard == key.Shard {
		return c, nil
	}
	return nil, wirechief.Errorf(wirechief.NotFound, "no such conversation")
}

// secrets is a store of one.
type secrets struct{ kept []wirechief.Entity }

func (s *secrets) Entities(context.Context, wirechief.EntityKind) ([]wirechief.Entity, error) {
	return s.kept, nil
}

func (s *secrets) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	s.kept = append(s.kept, commands[0].(wirechief.PutEntity).Entity)
	return make([]wirechief.Result, 1), nil
}

var key77 = wirechief.ConversationKey{Shard: wirechief.ShardOf("acme"), ID: 77}

func newInbox(t testing.TB, c *core, change func(*InboxOptions)) *Inbox {
	t.Helper()
	replies, err := NewReplies(context.Background(), "In.example.test", &secrets{})
	if err != nil {
		t.Fatal(err)
	}
	o := InboxOptions{Replies: replies, Core: c, Conversations: threads{77: {
		ConversationKey: key77, Tenant: "acme", Number: "+13109060901", Peer: "+14155550101",
	}}}
	if change != nil {
		change(&o)
	}
	b, err := Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	b.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := b.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}

// give brings a mail, and says what the answer was.
func give(t testing.TB, b *Inbox, from, to, mail string) string {
	t.Helper()
	c, err := smtp.Dial(b.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.SendMail(from, []string{to}, strings.NewReader(strings.ReplaceAll(mail, "\n", "\r\n")))
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return fmt.Sprint(e.Code, " ", e.Message)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "250"
}

const reply = "From: Ann <Ann@acme.test>\nTo: x\nMessage-ID: <one@acme.test>\nSubject: Re: SMS\n\nYes, at 5.\n\nAnn\n-- \nAcme\n> quoted\n"

func TestInboxTakesAnswers(t *testing.T) {
	c := new(core)
	var answered []string
	b := newInbox(t, c, func(o *InboxOptions) {
		o.Answered = func(_ context.Context, c *wirechief.Conversation, person string) {
			answered = append(answered, fmt.Sprint(c.ID, " ", person))
		}
	})
	defer func() {
		if got := strings.Join(answered, ", "); got != "77 ann@acme.test, 77 ann@acme.test, 77 Ann@acme.test" {
			t.Error("answered: ", got)
		}
	}()
	to := b.Replies.Address(key77, "ann@acme.test")
	for range 2 {
		if got := give(t, b, "ann@acme.test", strings.ToUpper(to), reply); got != "250" {
			t.Fatal(got)
		}
	}
	give(t, b, "bounces@acme.test", to, strings.Replace(reply, "at 5", "at 6", 1)) // From is hers
	first, second, third := c.asked[0], c.asked[1], c.asked[2]
	if first.Text != "Yes, at 5.\n\nAnn" || first.From != "+13109060901" || first.To[0] != "+14155550101" || first.Tenant != "acme" || first.Agent == "" || first.Media != nil {
		t.Errorf("%+v", first)
	}
	if first.Key != second.Key || first.Fingerprint != second.Fingerprint || first.Key != third.Key || first.Fingerprint == third.Fingerprint {
		t.Error("a repeat is not told by its key, or another text by its fingerprint")
	}
}

func TestInboxRefuses(t *testing.T) {
	machine := strings.Replace(reply, "Subject:", "Auto-Submitted: auto-replied\nSubject:", 1)
	for _, tt := range []struct {
		name string
		from string
		to   func(*Replies) string
		mail string
		err  error
		res  wirechief.SendResult
		want string
	}{
		{name: "no token", to: func(*Replies) string { return "sales@in.example.test" }, want: "550 no such address"},
		{name: "relay", to: func(*Replies) string { return "x@elsewhere.test" }, want: "550 no such address"},
		{name: "made up", to: func(r *Replies) string {
			a := []byte(r.Address(key77, "ann@acme.test"))
			a[10] ^= 1
			return string(a)
		}, want: "550 no such address"},
		{name: "another key", to: func(*Replies) string {
			return (&Replies{domain: "in.example.test"}).Address(key77, "ann@acme.test")
		}, want: "550 no such address"},
		{name: "another domain", to: func(r *Replies) string {
			return strings.Replace(r.Address(key77, "ann@acme.test"), "@in.", "@out.", 1)
		}, want: "550 no such address"},
		{name: "somebody else", to: func(r *Replies) string { return r.Address(key77, "bob@acme.test") }, want: "550 this address takes answers of whom"},
		{name: "forgotten", to: func(r *Replies) string {
			return r.Address(wirechief.ConversationKey{Shard: key77.Shard, ID: 78}, "ann@acme.test")
		}, want: "550 the conversation is not kept"},
		{name: "store down", to: func(r *Replies) string {
			return r.Address(wirechief.ConversationKey{Shard: key77.Shard, ID: 666}, "ann@acme.test")
		}, want: "451 "},
		{name: "a rule", err: wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "the balance is too low"), want: "550 the balance is too low (rule funds: raise the balance)"},
		{name: "a recipient's rule", res: wirechief.SendResult{Recipients: []wirechief.SendRecipient{{Kind: wirechief.Forbidden, Rule: wirechief.RuleOptOut, Refusal: "the handset has opted out"}}}, want: "550 the handset has opted out (rule opt_out: the handset texts START"},
		{name: "no room", err: &wirechief.Error{Kind: wirechief.Unavailable, Rule: wirechief.RuleStore}, want: "451 "},
		{name: "no text", mail: "From: ann@acme.test\n\n> quoted\n", want: "554 there is no text"},
		{name: "a file", mail: "From: ann@acme.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"a\nb.pdf\"\n\n%PDF-1.4\n--b--\n", want: "554 "},
		{name: "pictures where none can go", mail: picturesMail, want: "554 pictures cannot be sent from here"},
		// Dropped without a word:
		{name: "a machine", mail: machine, want: "250"},
		{name: "empty sender", from: "<>", want: "250"},
		{name: "bulk", mail: strings.Replace(reply, "Subject:", "Precedence: bulk\nSubject:", 1), want: "250"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &core{err: tt.err, result: tt.res}
			b := newInbox(t, c, nil)
			from, to, mail := "ann@acme.test", b.Replies.Address(key77, "ann@acme.test"), reply
			if tt.from == "<>" {
				from = ""
			}
			if tt.to != nil {
				to = tt.to(b.Replies)
			}
			if tt.mail != "" {
				mail = tt.mail
			}
			if got := give(t, b, from, to, mail); !strings.HasPrefix(got, tt.want) {
				t.Errorf("the answer is %s", got)
			}
			if len(c.asked) > 0 && tt.res.Recipients == nil {
				t.Errorf("it was sent: %+v", c.asked)
			}
		})
	}
}

const picturesMail = "From: ann@acme.test\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\nContent-Disposition: inline; filename=a.jpg\n\n/9j/4AAQSkZJRgABAQ==\n--b--\n"

func TestInboxPictures(t *testing.T) {
	c := new(core)
	var kept []byte
	b := newInbox(t, c, func(o *InboxOptions) {
		o.Keep = func(_ context.Context, tenant string, data []byte, kind string) (string, error) {
			kept = data
			return "kept:" + tenant + ":" + kind, nil
		}
	})
	to := b.Replies.Address(key77, "ann@acme.test")
	if got := give(t, b, "ann@acme.test", to, picturesMail); got != "250" {
		t.Fatal(got)
	}
	if r := c.asked[0]; r.Text != "hi" || len(r.Media) != 1 || r.Media[0] != "kept:acme:image/jpeg" || !bytes.HasPrefix(kept, []byte{0xff, 0xd8, 0xff}) {
		t.Errorf("%+v", r)
	}
	c.err = wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMediaCarrier, "the MMS service is not enabled")
	if got := give(t, b, "ann@acme.test", to, picturesMail); !strings.HasPrefix(got, "554 the picture cannot be sent: the MMS service is not enabled") {
		t.Error(got)
	}
}

// A forward that was taken off the number ends the answers of its reader.
func TestInboxForwardGone(t *testing.T) {
	c := new(core)
	b := newInbox(t, c, func(o *InboxOptions) {
		o.Reads = func(_ context.Context, c *wirechief.Conversation, address string) (bool, error) {
			return c.Number != "+13109060901" || address != "ann@acme.test", nil
		}
	})
	if got := give(t, b, "ann@acme.test", b.Replies.Address(key77, "ann@acme.test"), reply); !strings.HasPrefix(got, "550 the number does not forward") {
		t.Error(got)
	}
}

// What is acknowledged is kept, and what is being kept when we stop is
// acknowledged.
func TestInboxStops(t *testing.T) {
	c := &core{wait: make(chan struct{}), busy: make(chan struct{})}
	b := newInbox(t, c, nil)
	idle, err := net.Dial("tcp", b.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	answered := make(chan string)
	to := b.Replies.Address(key77, "ann@acme.test")
	go func() { answered <- give(t, b, "ann@acme.test", to, reply) }()
	<-c.busy
	stopped := make(chan error)
	go func() { stopped <- b.Stop(context.Background()) }()
	r := textproto.NewConn(idle)
	if _, _, err := r.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.ReadResponse(421); err != nil {
		t.Errorf("who is idle hears %v", err)
	}
	close(c.wait)
	if got := <-answered; got != "250" {
		t.Errorf("who waits for an answer gets %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := b.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestInboxNeverStarted(t *testing.T) {
	b, err := Listen("127.0.0.1:0", InboxOptions{Replies: &Replies{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	b.Start()
}

func TestInboxIsFull(t *testing.T) {
	b := newInbox(t, new(core), nil)
	for i := range sessionsPeer + 1 {
		c, err := net.Dial("tcp", b.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		want := 220
		if i == sessionsPeer {
			want = 421
		}
		if _, line, err := textproto.NewConn(c).ReadResponse(want); err != nil {
			t.Errorf("connection %d: %s %v", i, line, err)
		}
	}
}

func TestReplies(t *testing.T) {
	store := new(secrets)
	r, err := NewReplies(t.Context(), "in.example.test", store)
	if err != nil {
		t.Fatal(err)
	}
	again, err := NewReplies(t.Context(), "in.example.test", store)
	if err != nil || again.key != r.key || len(store.kept) != 1 {
		t.Fatal("the key changes with each start")
	}
	for _, key := range []wirechief.ConversationKey{{}, {Shard: 1023, ID: 1<<53 - 1}, key77} {
		a := r.Address(key, "Ann@acme.test")
		if user, _, _ := strings.Cut(a, "@"); len(user) > 64 {
			t.Errorf("%s has %d characters before the @", a, len(user))
		}
		p, ok := again.read(a)
		if !ok || p.ConversationKey != key || !again.isPerson(p, "ann@ACME.test") || again.isPerson(p, "bob@acme.test") {
			t.Errorf("%s is read as %+v", a, p)
		}
	}
	for _, s := range []string{"", "@", "reply+@in.example.test", "reply+aaaa@in.example.test", "reply+" + strings.Repeat("a", 44) + "@in.example.test", "reply+" + strings.Repeat("ä", 22) + "@in.example.test"} {
		if _, ok := r.read(s); ok {
			t.Errorf("%q is taken", s)
		}
	}
}
