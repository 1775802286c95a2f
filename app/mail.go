package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/forward/email"
	"github.com/wirechief/wirechief/media"
)

// mailer builds what sends mails and, where the configuration asks for it, what
// takes answers to them.
func (a *App) mailer(o Options) (*email.Sender, error) {
	options := email.Options{
		Source: a.store, Now: o.Now,
		Open: func(token string) (io.ReadCloser, error) { return os.Open(a.keeper.Path(token)) },
	}
	if file := a.cfg.Egress.CAFile; file != "" {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, err
		}
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		roots.AppendCertsFromPEM(pem)
		options.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	if a.cfg.Mail.Listen != "" {
		replies, err := email.NewReplies(context.Background(), a.cfg.Mail.Domain, a.store)
		if err != nil {
			return nil, err
		}
		options.Replies = replies
		if err := a.listenForMail(replies); err != nil {
			return nil, err
		}
	}
	c := &a.cfg.SMTP
	return email.New(email.Config{
		Host: c.Host, Port: c.Port, Username: c.Username, Password: c.Password, TLS: c.TLS, From: c.From, Senders: c.Senders,
	}, options), nil
}

func (a *App) listenForMail(replies *email.Replies) error {
	o := email.InboxOptions{
		Replies: replies, Core: answers{a}, Conversations: a.store, Keep: a.keepPicture, Reads: a.readsMail, Answered: a.answeredByMail, Log: a.log,
	}
	if h := a.cfg.HTTP.TLS; h.Cert != "" {
		pair, err := tls.LoadX509KeyPair(h.Cert, h.Key)
		if err != nil {
			return cannotListen("http.tls", err)
		}
		o.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	var err error
	if a.inbox, err = email.Listen(a.cfg.Mail.Listen, o); err != nil {
		return cannotListen("mail.listen", err)
	}
	return nil
}

// answers is the exchange, which is built after the inbox.
type answers struct{ a *App }

func (s answers) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	return s.a.exchange.Send(ctx, r)
}

// keepPicture keeps a picture that came with an answer, for the message that it
// is to go out with.
func (a *App) keepPicture(ctx context.Context, tenant string, data []byte, kind string) (string, error) {
	if len(data) > media.MaxKeep {
		return "", wirechief.InvalidField("media", "a picture has more than %d octets, which no carrier takes", media.MaxKeep)
	}
	item, err := a.keeper.Keep(ctx, bytes.NewReader(data), kind)
	if err != nil {
		return "", err
	}
	results, err := a.store.Apply(ctx, wirechief.PutMedia{Media: &wirechief.Media{
		Token: item.Token, Tenant: tenant, Ext: item.Ext, Type: item.Type, Size: item.Size, CreatedAt: a.now(), ExpiresAt: a.keeper.Expiry(),
	}})
	if err == nil {
		err = results[0].Err
	}
	return exchange.KeptMedia(item.Token), err
}

// readsMail says whether the texts of a conversation go to an address: as the
// number forwards them, or as one of its latest texts asked for.
func (a *App) readsMail(ctx context.Context, c *wirechief.Conversation, address string) (bool, error) {
	n, err := a.exchange.Number(ctx, wirechief.Principal{Tenant: c.Tenant}, c.Number)
	if err != nil {
		return false, nil // it is not theirs any more
	}
	reads := func(f wirechief.Forward) bool {
		return f.Type == wirechief.KindEmail && f.Enabled && strings.EqualFold(f.Destination, address)
	}
	if slices.ContainsFunc(n.Forwards, reads) || slices.ContainsFunc(n.Fallback, reads) {
		return true, nil
	}
	const latest = 100
	thread, err := a.store.Thread(ctx, c.ConversationKey, 0, latest)
	return slices.ContainsFunc(thread, func(m *wirechief.Message) bool {
		return strings.EqualFold(m.Options.Replies().Mail.To, address)
	}), err
}

// answeredByMail marks as read what somebody has answered, as an answer in the
// console does. That it could not be is no reason to have the mail sent again.
func (a *App) answeredByMail(ctx context.Context, c *wirechief.Conversation, person string) {
	p := wirechief.Principal{Tenant: c.Tenant, Dialect: "email", Name: person, Role: wirechief.RoleAgent}
	if err := a.people.desk.MarkRead(ctx, p, c.ID, c.Last); err != nil {
		a.log.WarnContext(ctx, "a conversation that was answered by mail could not be marked as read", "tenant", c.Tenant, "conversation", c.ID, "error", err)
	}
}

// MailAddress is where answers by mail are taken; nil when they are not.
func (a *App) MailAddress() net.Addr {
	if a.inbox == nil {
		return nil
	}
	return a.inbox.Addr()
}
