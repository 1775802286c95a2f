package exchange

import (
	"context"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// fileTextMost is how many octets a file may have to be the text of its message:
// far more than a person types, and no document.
const fileTextMost = 16 << 10

// lostNote stands in the place of what could not be fetched, for whoever a text
// is forwarded to.
const lostNote = "[a picture could not be fetched]"

// lostMedia is the event that says that a picture or file of an inbound message
// is given up.
func lostMedia(err error, now time.Time) wirechief.Event {
	return wirechief.Event{At: now, Type: wirechief.EventMediaLost, Detail: wirechief.Detail{
		Reason: wirechief.ReasonContent, Because: "a picture or file that came with it could not be fetched: " + wirechief.MessageOf(err),
	}}
}

// withLost is the text of a message, with a line that says what is missing.
func withLost(m *wirechief.Message) string {
	switch {
	case m.LostMedia() == 0:
		return m.Text
	case m.Text == "":
		return lostNote
	}
	return m.Text + "\n" + lostNote
}

// textInFiles gives the text of a picture message that came without one: some
// carriers bring it as files of plain text beside the pictures
// (docs/dialects/bulkvs.md). The files stay where they are, for webhooks of the
// same shape point at them.
func (x *Exchange) textInFiles(ctx context.Context, m *wirechief.Message) string {
	if m.Text != "" {
		return ""
	}
	var texts []string
	left := int64(fileTextMost)
	for _, item := range m.Media {
		if item.Token == "" || item.Size > left || !strings.HasPrefix(item.Type, "text/plain") {
			continue
		}
		text, err := x.Media.Text(item.Token, left)
		if err != nil {
			x.Log.WarnContext(ctx, "the text of a picture message cannot be read", "message", m.ID, "error", err)
			continue
		}
		left -= item.Size
		if text = strings.TrimSpace(inert(strings.TrimPrefix(text, "\uFEFF"))); text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n")
}

// ownWord says whether a text that came as a file may be a word of the handset
// for the ledger, and is not the copy of one that we forwarded. undo is for a
// commit that failed.
func (x *Exchange) ownWord(ctx context.Context, m *wirechief.Message, now time.Time) (is bool, undo func()) {
	n := x.dir.number(m.To)
	if n == nil || n.Tenant != m.Tenant || n.State != wirechief.NumberInService {
		return false, func() {}
	}
	isWord := ledgerWord(m.Text) != ""
	hops, ours, undo := x.hopsOf(ctx, n, wirechief.Inbound{From: m.From, To: m.To, Text: m.Text}, isWord, now)
	passed := m.Hops > 0
	m.Hops = max(m.Hops, hops)
	return !passed && !ours && isWord, undo
}

// wordInto puts what a word changes in the ledger among what follows from it.
func (x *Exchange) wordInto(c *consequences, m *wirechief.Message, now time.Time) {
	n := x.dir.number(m.To)
	if n == nil {
		return
	}
	change, told, ok := x.ledgerChange(n, m.From, m.Text, now)
	if !ok {
		return
	}
	c.optOuts = append(c.optOuts, change)
	if told {
		c.entries = append(c.entries, x.ledgerEntry(m, change))
	}
}
