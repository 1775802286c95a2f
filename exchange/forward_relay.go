package exchange

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
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
		if r.Simulated {
			break // nothing leaves
		}
		from := r.From
		if r.As != "" {
			from = r.As
		}
		x.sent.note(r.From, from, to, r.Text, r.Hops, now)
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
	sentPair = 32             // texts that are remembered of a number and who got them
	sentLong = 16             // octets of a text that is found within another by no chance
)

// sent remembers the texts that we sent by ourselves and how often they had been
// forwarded, until a carrier could have brought them back, or whoever got them.
type sent struct {
	since time.Time // nothing is remembered of what was before
	mu    sync.Mutex
	texts map[sentText]sentHops
	pairs map[sentTo][]sentNote // oldest first
	notes int                   // in all pairs
}

// sentTo is a number of ours, which answers come to, and who got texts from it.
type sentTo struct{ number, to string }

type sentNote struct {
	text string
	sentHops
}

type sentText struct{ from, to, text string }

type sentHops struct {
	hops   int
	until  time.Time
	copies int // that have yet to come back
}

// alike is a text as it survives carriers: they differ in blanks.
func alike(text string) string { return strings.Join(strings.Fields(text), " ") }

func (s *sent) note(number, from, to, text string, hops int, now time.Time) {
	if hops == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts, s.pairs = make(map[sentText]sentHops), make(map[sentTo][]sentNote)
	}
	s.makeRoom(now)
	key := sentText{from, to, alike(text)}
	was := s.texts[key]
	if !was.until.After(now) {
		was.copies = 0
	}
	s.texts[key] = sentHops{max(hops, was.hops), now.Add(sentLife), was.copies + 1}
	if !e164.IsNumber(number) {
		return // nobody can answer to a name
	}
	list := append(s.pairs[sentTo{number, to}], sentNote{key.text, sentHops{hops, now.Add(sentLife), 1}})
	if s.notes++; len(list) > sentPair {
		list = slices.Delete(list, 0, 1)
		s.notes--
	}
	s.pairs[sentTo{number, to}] = list
}

// makeRoom forgets what has had its time, and everything rather than grow for
// ever: what is on disk is found there.
func (s *sent) makeRoom(now time.Time) {
	if len(s.texts) < sentMost && s.notes < sentMost {
		return
	}
	for k, h := range s.texts {
		if !h.until.After(now) {
			delete(s.texts, k)
		}
	}
	s.notes = 0
	for k, list := range s.pairs {
		list = slices.DeleteFunc(list, func(n sentNote) bool { return !n.until.After(now) })
		if s.pairs[k] = list; len(list) == 0 {
			delete(s.pairs, k)
		}
		s.notes += len(list)
	}
	if len(s.texts) >= sentMost || s.notes >= sentMost {
		clear(s.texts)
		clear(s.pairs)
		s.notes = 0
	}
}

// hops says how many forwards a text has passed that is one of ours.
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

// arrived is told of a copy that has come back. Each excuses one arrival: what
// comes from the same handset beside them is the handset's own.
func (s *sent) arrived(from, to, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sentText{from, to, alike(text)}
	h, ok := s.texts[key]
	if h.copies--; ok && h.copies > 0 {
		s.texts[key] = h
		return
	}
	delete(s.texts, key)
}

// back says how many forwards a text has passed that somebody sends to a number
// of ours from which they got it, or what is in it.
func (s *sent) back(number, from, text string, now time.Time) (hops int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.pairs[sentTo{number, from}]
	if len(list) == 0 {
		return 0
	}
	text = alike(text)
	for _, n := range list {
		if n.until.After(now) && n.hops > hops && comesBack(n.text, text) {
			hops = n.hops
		}
	}
	return hops
}

// comesBack says whether a text is one that we sent: who sends it back may have
// put something around it, or taken our prefix and suffix away. A few words of
// ours are not enough, for they may be the keyword that our text asks for.
func comesBack(ours, text string) bool {
	switch {
	case ours == text:
		return true
	case min(len(ours), len(text)) < sentLong:
		return false
	}
	return strings.Contains(text, ours) || 2*len(text) >= len(ours) && strings.Contains(ours, text)
}

// hopsOf says how many forwards of ours a text has passed that comes in, and
// whether it is a copy of one that we sent, which a carrier brings to another
// of our numbers; else it comes back from somebody who got it. Memory knows of
// the last minutes. A text from one of our own numbers is looked for on disk,
// too, and shortly after a start one from elsewhere to a number that forwards,
// so that a restart, or a carrier that takes its time, does not start a circle
// anew. What is on disk is asked for by the pair, for the carrier waits.
func (x *Exchange) hopsOf(ctx context.Context, n *wirechief.Number, in wirechief.Inbound, now time.Time) (hops int, ours bool) {
	if hops = x.sent.hops(in.From, in.To, in.Text, now); hops > 0 {
		return hops, true
	}
	if own := x.dir.number(in.From); own != nil && own.Tenant != "" {
		text := alike(in.Text)
		hops = x.hopsOnDisk(ctx, own.Tenant, in.From, in.To, now.Add(-sentBack), func(ours string) bool { return ours == text })
		return hops, hops > 0
	}
	if hops = x.sent.back(in.To, in.From, in.Text, now); hops == 0 && now.Before(x.sent.since.Add(sentLife)) && sendsByItself(n) {
		text := alike(in.Text)
		hops = x.hopsOnDisk(ctx, n.Tenant, in.To, in.From, now.Add(-sentLife), func(ours string) bool { return comesBack(ours, text) })
	}
	return hops, false
}

// sendsByItself says whether texts may go out by themselves when one comes in.
func sendsByItself(n *wirechief.Number) bool {
	return len(n.Forwards) > 0 || len(n.Fallback) > 0
}

// hopsOnDisk looks for a text that went from a number of ours to somebody.
func (x *Exchange) hopsOnDisk(ctx context.Context, tenant, number, to string, since time.Time, is func(text string) bool) int {
	c, err := x.Store.ConversationBetween(ctx, tenant, number, to)
	if wirechief.KindOf(err) == wirechief.NotFound {
		return 0
	}
	var list []*wirechief.Message
	if err == nil {
		list, err = x.Store.Thread(ctx, c.ConversationKey, 0, sentLook)
	}
	if err != nil {
		x.Log.WarnContext(ctx, "whether a text is one of ours that comes back cannot be seen", "number", number, "error", err)
		return 0
	}
	for _, m := range slices.Backward(list) {
		if m.CreatedAt.Before(since) {
			break
		}
		if m.Direction == wirechief.Outward && m.Hops > 0 && is(alike(m.Text)) {
			return m.Hops
		}
	}
	return 0
}
