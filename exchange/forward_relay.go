package exchange

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// Relay sends a text that we send by ourselves: a forward, an automatic reply.
// It is judged as every other, and beside that stopped when it has been
// forwarded too often; and it is remembered for when a carrier brings it back
// to one of our numbers.
func (x *Exchange) Relay(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	if r.Hops > MaxHops {
		return refuseSend(wirechief.Refuse(wirechief.Conflict, wirechief.RuleLoop,
			"the text has been forwarded %d times already and goes in a circle", r.Hops-1))
	}
	now := x.Now()
	for _, to := range r.To {
		from := r.From
		if r.As != "" {
			from = r.As
		}
		x.sent.note(from, to, r.Text, r.Hops, now)
	}
	return x.Send(ctx, r)
}

// MediaLinks gives links to files that are kept here, for a forward that cannot
// take them along. What is not there any more, or another tenant's, is left out.
func (x *Exchange) MediaLinks(ctx context.Context, tenant string, tokens []string) []string {
	var out []string
	for _, token := range tokens {
		if item, err := x.kept(ctx, tenant, KeptMedia(token)); err == nil && x.Media != nil {
			out = append(out, x.Media.Link(item).URL)
		}
	}
	return out
}

// keptMedia begins the source of a picture that is kept here already, in place
// of a URL; its token follows.
const keptMedia = "kept:"

// KeptMedia names a file that is kept here among the media of a request.
func KeptMedia(token string) string { return keptMedia + token }

// kept finds a file of the tenant's that is kept here.
func (x *Exchange) kept(ctx context.Context, tenant, source string) (wirechief.MediaItem, error) {
	m, err := x.Store.MediaByToken(ctx, strings.TrimPrefix(source, keptMedia))
	switch {
	case err == nil && m.Tenant == tenant && m.ExpiresAt.After(x.Now()):
		return wirechief.MediaItem{Token: m.Token, Type: m.Type, Ext: m.Ext, Size: m.Size}, nil
	case err == nil, wirechief.KindOf(err) == wirechief.NotFound:
		return wirechief.MediaItem{}, wirechief.InvalidField("media", "the picture is not kept here any more")
	}
	return wirechief.MediaItem{}, err
}

// Memory of what we sent by ourselves.
const (
	sentLife = 10 * time.Minute // how soon a carrier brings a text back
	sentMost = 100_000
	sentBack = 24 * time.Hour // how far a text from one of our own numbers is looked for on disk
	sentLook = 200            // messages that are looked at there
)

// sent remembers the texts that we sent by ourselves and how often they had been
// forwarded, until a carrier could have brought them back.
type sent struct {
	mu    sync.Mutex
	texts map[sentText]sentHops
}

type sentText struct{ from, to, text string }

type sentHops struct {
	hops  int
	until time.Time
}

// alike is a text as it survives carriers: they differ in blanks.
func alike(text string) string { return strings.Join(strings.Fields(text), " ") }

func (s *sent) note(from, to, text string, hops int, now time.Time) {
	if hops == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts = make(map[sentText]sentHops)
	}
	if len(s.texts) >= sentMost {
		for k, h := range s.texts {
			if !h.until.After(now) {
				delete(s.texts, k)
			}
		}
		if len(s.texts) >= sentMost {
			clear(s.texts) // rather than grow for ever: what is on disk is found there
		}
	}
	key := sentText{from, to, alike(text)}
	s.texts[key] = sentHops{max(hops, s.texts[key].hops), now.Add(sentLife)}
}

func (s *sent) hops(from, to, text string, now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.texts) == 0 {
		return 0
	}
	if h := s.texts[sentText{from, to, alike(text)}]; h.until.After(now) {
		return h.hops
	}
	return 0
}

// hopsOf says how many forwards of ours a text has passed that comes in: it may
// be one that we sent, which a carrier brings back. Memory knows of the last
// minutes; a text from one of our own numbers is looked for on disk, too, so
// that a restart, or a carrier that takes its time, does not start a circle anew.
func (x *Exchange) hopsOf(ctx context.Context, in wirechief.Inbound, now time.Time) int {
	if hops := x.sent.hops(in.From, in.To, in.Text, now); hops > 0 {
		return hops
	}
	own := x.dir.number(in.From)
	if own == nil || own.Tenant == "" {
		return 0
	}
	list, err := x.Store.Messages(ctx, wirechief.MessageFilter{
		Tenant: own.Tenant, Direction: wirechief.Outward, Number: in.From, CreatedFrom: now.Add(-sentBack), Limit: sentLook,
	})
	if err != nil {
		x.Log.WarnContext(ctx, "whether a text is one of ours that comes back cannot be seen", "number", own.Number, "error", err)
		return 0
	}
	text := alike(in.Text)
	for _, m := range list {
		if m.From == in.From && m.To == in.To && m.Hops > 0 && alike(m.Text) == text {
			return m.Hops
		}
	}
	return 0
}
