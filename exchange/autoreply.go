package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/optout"
)

// Automatic answers, in this order, one at most to a text: to a word of the
// opt-out ledger what the tenant says to it; to a text that is one of a number's
// keywords that keyword's answer; to every other what the number says while
// somebody of the tenant is on line, or while nobody is.
//
// Names, short codes and handsets that want nothing get none, and no text that
// we have sent ourselves does. The answers of presence, and that to a missed
// call, share a window: a handset gets one of them in that time. A keyword is
// asked for, so it is answered outside of the window, and once a minute.

// Presence knows who of a tenant's people is there.
type Presence interface {
	Online(tenant string) bool // somebody could answer now
}

const (
	replyLife    = time.Hour   // an automatic reply is worthless afterwards
	keywordEvery = time.Minute // to one handset, by one number
	windowMost   = 30 * 24 * time.Hour
)

// answerInto plans the automatic answer to a text.
func (x *Exchange) answerInto(c *consequences, m *wirechief.Message, n *wirechief.Number, now time.Time) {
	if m.Hops > 0 || !e164.IsNumber(m.From) || isReplied(m) || x.answerWordInto(c, m, n, now) {
		return
	}
	r := &n.Replies
	if len(r.Keywords) == 0 && !r.AgentsOnline.Enabled && !r.AgentsOffline.Enabled {
		return
	}
	if _, out := x.dir.optedOut(n.Number, m.From); out {
		return
	}
	key := replyKey(n, m.From)
	if k, word := keywordOf(r.Keywords, m.Text); k != nil {
		if undo, ok := x.keywords.claim(key, now, keywordEvery); ok {
			x.replyInto(c, m, k.Message, "keyword "+word, false, now)
			c.undo = undo
		}
		return
	}
	if len(m.Media) > 0 && x.isYes(m, n) {
		return
	}
	reply, because := &r.AgentsOffline, "agents offline"
	if x.Presence != nil && x.Presence.Online(n.Tenant) {
		reply, because = &r.AgentsOnline, "agents online"
	}
	if !reply.Enabled || reply.Message == "" {
		return
	}
	if undo, ok := x.replied.claim(key, now, replyWindow(r)); ok {
		x.replyInto(c, m, reply.Message, because, false, now)
		c.undo, c.replied = undo, true
	}
}

// answerWordInto plans what is answered to a word of the opt-out ledger, and
// says whether the text is one. It is asked when the text comes, before the word
// is in the ledger, also of a text whose pictures have yet to be fetched.
func (x *Exchange) answerWordInto(c *consequences, m *wirechief.Message, n *wirechief.Number, now time.Time) (isWord bool) {
	if m.Apart || m.Hops > 0 || !e164.IsNumber(m.From) {
		return false
	}
	isWord, answer := x.wordAnswer(x.dir.tenant(n.Tenant), n, m.From, m.Text)
	if answer != "" {
		x.replyInto(c, m, answer, "the word "+strings.TrimSpace(m.Text), true, now)
	}
	return isWord
}

// isYes says whether a text may have opted its handset in before its pictures
// were there: a YES is a word only to who is out, and by then nobody is.
func (x *Exchange) isYes(m *wirechief.Message, n *wirechief.Number) bool {
	w, ok := x.word(x.dir.tenant(n.Tenant), n, m.Text)
	return ok && w.Kind == optout.Yes
}

// isReplied says whether a text was answered when it came, before its pictures
// were there.
func isReplied(m *wirechief.Message) bool {
	return slices.ContainsFunc(m.Events, func(e wirechief.Event) bool { return e.Type == wirechief.EventReplied })
}

// replyKey is what a window is remembered by: the next tenant that has the number
// begins with windows of its own.
func replyKey(n *wirechief.Number, peer string) string {
	return n.Tenant + " " + n.Number + " " + peer
}

func replyWindow(r *wirechief.Replies) time.Duration {
	if r.Window == 0 {
		return wirechief.ReplyWindow
	}
	return r.Window
}

// replyInto plans an automatic reply and notes it with the text and in the
// conversation.
func (x *Exchange) replyInto(c *consequences, m *wirechief.Message, text, because string, excused bool, now time.Time) {
	d := x.reply(m.MessageKey, m.Tenant, m.To, m.From, text, because, now, time.Time{})
	if excused {
		d.Body = x.excused(d.Body)
	}
	c.deliveries = append(c.deliveries, d)
	c.events = append(c.events, wirechief.Event{At: now, Type: wirechief.EventReplied, Detail: wirechief.Detail{
		Kind: string(wirechief.KindSMS), To: m.From, Delivery: d.ID, Because: "automatic reply: " + because,
	}})
	c.entries = append(c.entries, wirechief.Entry{
		ID: x.IDs.Next(), Kind: wirechief.EntryAutoReply, Text: because, Message: m.ID, Delivery: d.ID, At: now,
	})
}

// reply plans an automatic reply from a number of ours. missed is when a call was
// missed of somebody there is no conversation with yet; zero: there is one.
func (x *Exchange) reply(about wirechief.MessageKey, tenant, from, to, text, because string, now, missed time.Time) *wirechief.Delivery {
	body := forward.Text{
		Message: about.ID, From: from, Text: text, Hops: 1, Because: "automatic reply: " + because, Until: now.Add(replyLife).Unix(),
	}
	if !missed.IsZero() {
		body.Missed = missed.Unix()
	}
	d := x.planned(&wirechief.Message{MessageKey: about, Tenant: tenant}, wirechief.KindSMS, to, body, now)
	d.Event = forward.EventReply
	return d
}

// excused lets a text out to who has opted out: it confirms just that.
func (x *Exchange) excused(body []byte) []byte {
	var text forward.Text
	if err := json.Unmarshal(body, &text); err != nil {
		return body
	}
	text.Excused = true
	doc, err := json.Marshal(text)
	if err != nil {
		return body
	}
	return doc
}

// keywordOf finds the first keyword that a text is, and its word.
func keywordOf(list []wirechief.Keyword, text string) (*wirechief.Keyword, string) {
	if len(list) == 0 || len(text) > 4*keywordMost {
		return nil, ""
	}
	said := foldWord(text)
	for i := range list {
		if !list[i].Enabled {
			continue
		}
		for _, word := range list[i].Words {
			if foldWord(word) == said {
				return &list[i], word
			}
		}
	}
	return nil, ""
}

// keywordMost is how many characters a word of a keyword has at most.
const keywordMost = 64

// foldWord brings a text into the form in which keywords are compared: small
// letters without accents, one blank where there are some, none around.
func foldWord(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, norm.NFKD.String(text))), " ")
}

// MissedCall answers a call to a number of ours that nobody took, when the
// number says so, and notes the call in the conversation with the caller. Where
// there is none yet, the answer opens it and brings the note along. It reports
// whether an answer was planned.
func (x *Exchange) MissedCall(ctx context.Context, number, caller string) (answered bool, err error) {
	n := x.dir.number(number)
	if n == nil || n.State != wirechief.NumberInService {
		return false, notYours("missed call", number)
	}
	now := x.Now()
	c, err := x.Store.ConversationBetween(ctx, n.Tenant, n.Number, caller)
	known, missed := err == nil, time.Time{}
	switch {
	case known:
	case wirechief.KindOf(err) == wirechief.NotFound:
		missed = now
	default:
		return false, err
	}
	entries := []wirechief.Entry{{ID: x.IDs.Next(), Kind: wirechief.EntryMissedCall, At: now}}
	var commands []wirechief.Command
	var d *wirechief.Delivery
	undo := func() {}
	if r := &n.Replies.MissedCall; r.Enabled && r.Message != "" && e164.IsNumber(caller) && !x.isBlocked(n.Tenant, caller) {
		if _, out := x.dir.optedOut(n.Number, caller); !out {
			if back, ok := x.replied.claim(replyKey(n, caller), now, replyWindow(&n.Replies)); ok {
				d, undo = x.reply(wirechief.MessageKey{Shard: wirechief.ShardOf(n.Tenant)}, n.Tenant, n.Number, caller, r.Message, "missed call", now, missed), back
				commands = append(commands, wirechief.Accept{Deliveries: []*wirechief.Delivery{d}})
				entries = append(entries, wirechief.Entry{ID: x.IDs.Next(), Kind: wirechief.EntryAutoReply, Text: "missed call", Delivery: d.ID, At: now})
			}
		}
	}
	if known {
		change := wirechief.ChangeConversation{Key: c.ConversationKey, Entries: entries}
		if d != nil {
			change.AutoReplyAt = &now
		}
		commands = append(commands, change)
	}
	if len(commands) == 0 {
		return false, nil
	}
	results, err := x.Store.Apply(ctx, commands...)
	for i := 0; i < len(results) && err == nil; i++ {
		err = results[i].Err
	}
	if err != nil {
		undo()
		return false, err
	}
	if d != nil {
		x.Deliver.Add(d)
	}
	return d != nil, nil
}

// lately remembers when something was last done, by key.
type lately struct {
	mu sync.Mutex
	at map[string]time.Time
}

// claim notes that it is done now, unless it was within a time; undo forgets
// that again. Who claims it first does it, so that of two texts at once one is
// answered.
func (l *lately) claim(key string, now time.Time, within time.Duration) (undo func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, was := l.at[key]
	if was && now.Before(last.Add(within)) {
		return nil, false
	}
	if l.at == nil {
		l.at = make(map[string]time.Time)
	}
	l.at[key] = now
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.at[key] != now {
			return
		}
		if was {
			l.at[key] = last
		} else {
			delete(l.at, key)
		}
	}, true
}

// load takes over what the store knows.
func (l *lately) load(at map[string]time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = at
}

// forget drops what is older than an instant.
func (l *lately) forget(before time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, at := range l.at {
		if at.Before(before) {
			delete(l.at, key)
		}
	}
}

// loadReplies reads when handsets were last answered: what conversations keep,
// and the answers to missed calls that have yet to open theirs.
func (x *Exchange) loadReplies(ctx context.Context) error {
	at, err := x.Store.AutoReplies(ctx, x.Now().Add(-windowMost))
	if err != nil {
		return err
	}
	lanes, err := x.Store.PendingLanes(ctx)
	if err != nil {
		return err
	}
	for lane := range lanes {
		if lane.Kind != wirechief.KindSMS {
			continue
		}
		list, err := x.Store.Pending(ctx, lane, 1000)
		if err != nil {
			return err
		}
		for _, d := range list {
			var text forward.Text
			if d.Event != forward.EventReply || json.Unmarshal(d.Body, &text) != nil || text.Missed == 0 {
				continue
			}
			key := replyKey(&wirechief.Number{Tenant: d.Tenant, Number: text.From}, d.Destination)
			if at[key].Before(d.CreatedAt) {
				at[key] = d.CreatedAt
			}
		}
	}
	x.replied.load(at)
	return nil
}

// forgetReplies drops what no window asks for any more, once an hour.
func (x *Exchange) forgetReplies() {
	now := x.Now()
	x.replied.forget(now.Add(-windowMost))
	x.keywords.forget(now.Add(-keywordEvery))
}
