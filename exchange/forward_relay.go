package exchange

import (
	"cmp"
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
	if r.Simulated {
		return x.Send(ctx, r) // nothing leaves
	}
	// It is noted first, for a carrier may be faster than we are, and forgotten
	// when it does not leave now: a copy that never comes would be waited for, and
	// the handset's own word taken for it.
	now, known, undo := x.Now(), make([]bool, len(r.To)), make([]func(), len(r.To))
	for i, to := range r.To {
		known[i], undo[i] = x.sent.note(r.From, cmp.Or(r.As, r.From), to, r.Text, r.Key, r.Hops, now)
	}
	res, err := x.Send(ctx, r)
	if err != nil && ctx.Err() != nil {
		return res, err // it may leave all the same
	}
	for i := range undo {
		if err != nil || res.Repeated && !known[i] || i >= len(res.Recipients) || res.Recipients[i].Refusal != "" {
			undo[i]()
		}
	}
	return res, err
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
	copies []string // that have yet to come back, by the keys of what was sent
}

// alike is a text as it survives carriers: they differ in blanks.
func alike(text string) string { return strings.Join(strings.Fields(text), " ") }

// note remembers that a text is sent. The tries of one key are one copy; known
// says that an earlier one noted it. undo forgets it again.
func (s *sent) note(number, from, to, text, key string, hops int, now time.Time) (known bool, undo func()) {
	if hops == 0 {
		return false, func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts, s.pairs = make(map[sentText]sentHops), make(map[sentTo][]sentNote)
	}
	s.makeRoom(now)
	which := sentText{from, to, alike(text)}
	was := s.texts[which]
	if !was.until.After(now) {
		was = sentHops{}
	}
	if key != "" && slices.Contains(was.copies, key) {
		return true, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.drop(which, key)
		}
	}
	until := now.Add(sentLife)
	s.texts[which] = sentHops{max(hops, was.hops), until, append(was.copies, key)}
	pair := sentTo{number, to}
	if e164.IsNumber(number) { // nobody can answer to a name
		list := append(s.pairs[pair], sentNote{which.text, sentHops{hops: hops, until: until}})
		if s.notes++; len(list) > sentPair {
			list = slices.Delete(list, 0, 1)
			s.notes--
		}
		s.pairs[pair] = list
	}
	return false, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.drop(which, key)
		list := s.pairs[pair]
		if i := slices.IndexFunc(list, func(n sentNote) bool { return n.text == which.text && n.until.Equal(until) }); i >= 0 {
			s.notes--
			if s.pairs[pair] = slices.Delete(list, i, i+1); len(list) == 1 {
				delete(s.pairs, pair)
			}
		}
	}
}

// drop takes one copy away that was sent with a key, and what is known of the
// text with the last.
func (s *sent) drop(which sentText, key string) {
	h := s.texts[which]
	i := slices.Index(h.copies, key)
	if i < 0 {
		return
	}
	if h.copies = slices.Delete(h.copies, i, i+1); len(h.copies) > 0 {
		s.texts[which] = h
		return
	}
	delete(s.texts, which)
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

// arrived says the same of a text that is a word for the ledger, and takes one
// copy for it, until undo. Each excuses one arrival: what comes from the same
// handset beside them, at the same moment too, is the handset's own.
func (s *sent) arrived(from, to, text string, now time.Time) (hops int, undo func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	which := sentText{from, to, alike(text)}
	h := s.texts[which]
	if !h.until.After(now) || len(h.copies) == 0 {
		return 0, nil
	}
	key := h.copies[0]
	s.drop(which, key)
	return h.hops, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		back := s.texts[which]
		if h.until.Before(back.until) {
			h.until = back.until
		}
		s.texts[which] = sentHops{max(h.hops, back.hops), h.until, append(back.copies, key)}
	}
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
// anew. What is on disk is asked for by the pair, for the carrier waits. isWord
// says that it is one for the ledger; undo is for when the text cannot be kept,
// and never nil.
func (x *Exchange) hopsOf(ctx context.Context, n *wirechief.Number, in wirechief.Inbound, isWord bool, now time.Time) (hops int, ours bool, undo func()) {
	undo = func() {}
	if isWord {
		if hops, back := x.sent.arrived(in.From, in.To, in.Text, now); hops > 0 {
			return hops, true, back
		}
	} else if hops = x.sent.hops(in.From, in.To, in.Text, now); hops > 0 {
		return hops, true, undo
	}
	if own := x.dir.number(in.From); own != nil && own.Tenant != "" {
		text := alike(in.Text)
		hops = x.hopsOnDisk(ctx, own.Tenant, in.From, in.To, now.Add(-sentBack), func(ours string) bool { return ours == text })
		return hops, hops > 0, undo
	}
	if hops = x.sent.back(in.To, in.From, in.Text, now); hops == 0 && now.Before(x.sent.since.Add(sentLife)) && sendsByItself(n) {
		text := alike(in.Text)
		hops = x.hopsOnDisk(ctx, n.Tenant, in.To, in.From, now.Add(-sentLife), func(ours string) bool { return comesBack(ours, text) })
	}
	return hops, false, undo
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
