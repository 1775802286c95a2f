package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
)

// Source has the messages that mails are about; the store is one.
type Source interface {
	// Message gives one; kind NotFound.
	Message(ctx context.Context, key wirechief.MessageKey) (*wirechief.Message, error)
	// Thread gives the newest messages of a conversation with ids below before, oldest first.
	Thread(ctx context.Context, key wirechief.ConversationKey, before int64, limit int) ([]*wirechief.Message, error)
}

// Options is what a [Sender] needs beside its server.
type Options struct {
	Source Source
	// Open gives the file of a token; an error that is fs.ErrNotExist says that
	// it is not kept any more. nil: no files are attached.
	Open    func(token string) (io.ReadCloser, error)
	Replies *Replies    // where answers go; nil: nowhere
	TLS     *tls.Config // further roots; nil: the system's
	Now     wirechief.Clock
}

// Sender sends deliveries of kind email. Make it with [New].
type Sender struct {
	Options
	server  Config
	zones   zones
	pool    *pool
	buffers sync.Pool
}

var (
	_ delivery.Sender = (*Sender)(nil)
	_ delivery.Tidier = (*Sender)(nil)
)

// New makes a sender that leaves mail at a server. It connects to nothing yet.
func New(c Config, o Options) *Sender {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Sender{Options: o, server: c, pool: newPool(), buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

// Send implements [delivery.Sender].
func (s *Sender) Send(ctx context.Context, d *wirechief.Delivery, timeout time.Duration) (*wirechief.Attempt, wirechief.Outcome) {
	t := &try{s: s, start: time.Now(), a: &wirechief.Attempt{At: s.Now().UTC().Truncate(time.Microsecond)}}
	t.end = t.start.Add(timeout)
	if s.server.Host == "" {
		return t.over(wirechief.Final, wirechief.ReasonUnsupported, "no mail server is configured: set smtp.host")
	}
	composing, cancel := context.WithDeadline(ctx, t.end)
	defer cancel()
	l, err := s.draft(composing, d)
	if err != nil {
		return t.undrafted(ctx, err)
	}
	b := s.buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer s.giveBuffer(b)
	if err := l.write(b); err != nil {
		return t.over(wirechief.Final, wirechief.ReasonContent, "the mail cannot be written")
	}
	p := &posting{from: l.from, to: l.to, id: l.id, data: b.Bytes()}
	if s.server.From != "" { // bounces are the operator's, whoever the mail is from
		if p.from, err = mailbox(s.server.From); err != nil {
			return t.over(wirechief.Final, wirechief.ReasonSource, "smtp.from is no mail address")
		}
	}
	p.utf8 = !isASCII(p.from) || !isASCII(p.to) || !isASCII(l.from)
	t.a.Request = "MAIL FROM:<" + p.from + ">\r\nRCPT TO:<" + p.to + ">\r\nMessage-ID: <" + p.id + ">\r\nSubject: " + l.subject + "\r\n"
	return t.post(ctx, p)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// giveBuffer keeps a buffer for other mails, unless it has grown large.
func (s *Sender) giveBuffer(b *bytes.Buffer) {
	if b.Cap() <= 64<<10 {
		s.buffers.Put(b)
	}
}

// read gives a file, up to a number of octets.
func (s *Sender) read(token string, most int64) ([]byte, error) {
	f, err := s.Open(token)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// Tidy implements [delivery.Tidier].
func (s *Sender) Tidy() { s.pool.drop(false) }

// Close implements [delivery.Tidier].
func (s *Sender) Close() { s.pool.drop(true) }

// try is one try at a mail.
type try struct {
	s     *Sender
	a     *wirechief.Attempt
	start time.Time
	end   time.Time
}

// errBusy says that no connection became free in time.
var errBusy = errors.New("all connections to the mail server were busy")

// post gives the mail to the server, over a connection that is kept if there is
// one. That one of these was closed meanwhile is no failure: another is taken.
func (t *try) post(ctx context.Context, p *posting) (*wirechief.Attempt, wirechief.Outcome) {
	s := t.s
	if err := s.pool.enter(ctx, t.end); err != nil {
		if ctx.Err() != nil {
			return t.stopped(false)
		}
		return t.over(wirechief.Retry, wirechief.ReasonThrottled, err.Error()+"; set delivery.timeout higher, or use a quicker server")
	}
	defer s.pool.leave()
	for {
		k := s.pool.take()
		fresh := k == nil
		if fresh {
			var err error
			if k, err = s.dial(ctx, t.end); err != nil {
				if ctx.Err() != nil {
					return t.stopped(false)
				}
				return t.unconnected(err)
			}
			t.a.Timing = &wirechief.Timing{Connect: ms(time.Since(t.start))}
		} else {
			k.conn.until(t.end)
			t.a.Timing = &wirechief.Timing{Reused: true}
		}
		t.a.Peer = k.peer
		goOn := context.AfterFunc(ctx, k.conn.stop)
		answer, committed, err := k.hand(p)
		cut := !goOn()
		if err == nil {
			if cut {
				k.Close()
			} else {
				s.pool.put(k)
			}
			return t.done(answer)
		}
		if cut && !isAnswer(err) {
			k.Close()
			return t.stopped(committed)
		}
		if _, first := errors.AsType[*mailError](err); first && !fresh && goneStale(err) {
			k.Close()
			continue // nothing of the mail was sent over it
		}
		// After a refusal the server waits for the next mail.
		if code := codeOf(err); !cut && code != 0 && code != 421 && k.Reset() == nil {
			s.pool.put(k)
		} else {
			k.Close()
		}
		return t.failed(err)
	}
}

func ms(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
