package email

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
)

// Bounds of the inbox.
const (
	mailMost      = 10 << 20        // octets of a mail
	lineTime      = 3 * time.Minute // for a command, or a whole mail (RFC 5321 4.5.3.2 has 5 minutes a step; people's answers are small)
	answerTime    = time.Minute
	sessionTime   = 10 * time.Minute
	sessionsMost  = 100
	sessionsPeer  = 10 // from one address
	sendTime      = 30 * time.Second
	mailsAtOnce   = 10 // in memory
	recipientMost = 1  // a mail is for one conversation; others are asked for again, by a mail of their own
)

// Core sends texts; the exchange is one.
type Core interface {
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
}

// Conversations finds what a token names; the store is one.
type Conversations interface {
	Conversation(ctx context.Context, key wirechief.ConversationKey) (*wirechief.Conversation, error) // kind NotFound
}

// InboxOptions is what an [Inbox] needs. Replies, Core and Conversations are
// needed; the rest has defaults.
type InboxOptions struct {
	Replies       *Replies
	Core          Core
	Conversations Conversations
	// Keep keeps a picture and gives what [wirechief.SendRequest] calls it among
	// its Media; kind Invalid: it cannot go out. nil: pictures are refused.
	Keep func(ctx context.Context, tenant string, data []byte, kind string) (string, error)
	// Reads says whether the texts of a conversation still go to an address; nil:
	// nobody asks.
	Reads func(ctx context.Context, c *wirechief.Conversation, address string) (bool, error)
	// Answered is told of an answer that was taken: what had come in the conversation
	// until then, c.Last included, has been read. nil: nobody is told.
	Answered func(ctx context.Context, c *wirechief.Conversation, person string)
	TLS      *tls.Config // for STARTTLS; nil: not offered
	Log      *slog.Logger
}

// Inbox is an SMTP server that takes answers. Make it with [Listen].
type Inbox struct {
	InboxOptions
	server *smtp.Server
	door   *door
	cancel context.CancelFunc
	run    context.Context // of what sessions do
	room   chan struct{}   // a place for each mail in memory
	served chan struct{}
	once   sync.Once
	halt   sync.Once
	err    error
}

// Listen opens the socket. Nobody is served before Start: who connects before
// waits.
func Listen(address string, o InboxOptions) (*Inbox, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	b := &Inbox{InboxOptions: o, door: newDoor(l), room: make(chan struct{}, mailsAtOnce), served: make(chan struct{})}
	b.run, b.cancel = context.WithCancel(context.Background())
	s := smtp.NewServer(b)
	s.Domain, s.MaxRecipients, s.MaxMessageBytes = o.Replies.Domain(), recipientMost, mailMost
	s.ReadTimeout, s.WriteTimeout, s.TLSConfig = lineTime, answerTime, o.TLS
	s.ErrorLog = slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)
	b.server = s
	return b, nil
}

// Addr is where it listens.
func (b *Inbox) Addr() net.Addr { return b.door.Addr() }

// Start begins to serve.
func (b *Inbox) Start() {
	b.once.Do(func() {
		go func() {
			defer close(b.served)
			if err := b.server.Serve(b.door); err != nil && !errors.Is(err, net.ErrClosed) {
				b.Log.Error("the listener for answers by mail has ended", "address", b.Addr().String(), "error", err)
			}
		}()
	})
}

// Stop takes no more, lets the texts that are being kept be kept and be
// acknowledged, and ends the sessions; when ctx ends first, they are cut.
func (b *Inbox) Stop(ctx context.Context) error {
	b.halt.Do(func() {
		defer b.cancel()
		b.once.Do(func() { close(b.served) }) // it never began
		b.door.close()
		<-b.served
		b.err = b.server.Shutdown(ctx)
		if b.err != nil {
			b.cancel()
			b.door.cut()
		}
		if errors.Is(b.err, net.ErrClosed) {
			b.err = nil
		}
	})
	return b.err
}

// NewSession implements [smtp.Backend].
func (b *Inbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{inbox: b, peer: c.Conn().RemoteAddr().String()}, nil
}
