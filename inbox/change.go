package inbox

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// Limits of labels, of conversations and of contacts.
const (
	LabelsMost = 20
	LabelMost  = 50 // characters
)

// MarkRead says that a conversation was read up to a message; 0: all that there
// is now. What was read stays read.
func (d *Desk) MarkRead(ctx context.Context, p wirechief.Principal, id, upTo int64) error {
	ctx, err := enter(ctx, p, "conversation.read", wirechief.RightReply)
	if err != nil {
		return err
	}
	return d.read(ctx, p, id, upTo)
}

func (d *Desk) read(ctx context.Context, p wirechief.Principal, id, upTo int64) error {
	defer d.lock(id)()
	c, err := d.conversation(ctx, p, id)
	if err != nil {
		return err
	}
	if upTo == 0 {
		upTo = c.Last
	}
	if upTo = min(upTo, c.Last); c.Unread == 0 || upTo <= c.Read {
		return nil
	}
	_, err = d.apply(ctx, wirechief.ChangeConversation{Key: keyOf(p, id), Read: &upTo})
	return err
}

// MarkUnread makes the newest text that the peer sent unread again, so that
// somebody sees to it. Kind Conflict when they have sent none.
func (d *Desk) MarkUnread(ctx context.Context, p wirechief.Principal, id int64) error {
	ctx, err := enter(ctx, p, "conversation.unread", wirechief.RightReply)
	if err != nil {
		return err
	}
	defer d.lock(id)()
	c, err := d.conversation(ctx, p, id)
	if err != nil || c.Unread > 0 {
		return err
	}
	for before := int64(0); ; {
		messages, err := d.store.Thread(ctx, keyOf(p, id), before, 200)
		if err != nil {
			return err
		}
		for _, m := range slices.Backward(messages) {
			if m.Direction == wirechief.Inward {
				read := m.ID - 1
				_, err := d.apply(ctx, wirechief.ChangeConversation{Key: keyOf(p, id), Read: &read})
				return err
			}
		}
		if len(messages) < 200 {
			return &wirechief.Error{
				Op: "conversation.unread", Kind: wirechief.Conflict, Rule: wirechief.RuleState, Field: "conversation",
				Message: "nothing has come in this conversation that could be unread",
			}
		}
		before = messages[0].ID
	}
}

// Assign gives a conversation to an agent of the tenant, or to nobody (0). only,
// when not nil, says who has to have it until now (0: nobody): of two who take
// it at once, the second learns (kind Conflict, RuleRevision) who was first.
func (d *Desk) Assign(ctx context.Context, p wirechief.Principal, id, to int64, only *int64) error {
	ctx, err := enter(ctx, p, "conversation.assign", wirechief.RightReply)
	if err != nil {
		return err
	}
	name := ""
	if to != 0 {
		a, err := d.people.Get(ctx, p.Tenant, strconv.FormatInt(to, 10))
		switch {
		case wirechief.KindOf(err) == wirechief.NotFound && err != nil:
			return assignee("there is no such person in your team")
		case err != nil:
			return err
		case a.Role != "" && !wirechief.Role(a.Role).May(wirechief.RightReply):
			return assignee(cmp.Or(a.Name, a.Email) + " may not answer: choose somebody who is an agent, an admin or an owner")
		}
		name = cmp.Or(a.Name, a.Email, strconv.FormatInt(to, 10))
	}
	defer d.lock(id)()
	c, err := d.conversation(ctx, p, id)
	if err != nil {
		return err
	}
	if c.Assignee == to {
		return nil // whoever had it before: it is as was asked
	}
	if only == nil || *only == c.Assignee {
		_, err = d.apply(ctx, wirechief.ChangeConversation{
			Key: keyOf(p, id), Assignee: &to, OnlyAssignee: only, Entries: []wirechief.Entry{d.entry(p, wirechief.EntryAssigned, name)},
		})
		return err
	}
	has := "nobody has it any more"
	if c.Assignee != 0 {
		has = cmp.Or(d.agentName(ctx, p.Tenant, c.Assignee), "somebody else") + " has it now"
	}
	return &wirechief.Error{
		Op: "conversation.assign", Kind: wirechief.Conflict, Rule: wirechief.RuleRevision, Field: "assignee",
		Message: "the conversation was assigned anew meanwhile: " + has,
	}
}

func assignee(message string) error {
	return &wirechief.Error{
		Op: "conversation.assign", Kind: wirechief.Invalid, Rule: wirechief.RuleReference, Field: "assignee", Message: message,
	}
}

// Archive puts a conversation away, until the peer sends a text.
func (d *Desk) Archive(ctx context.Context, p wirechief.Principal, id int64) error {
	return d.archive(ctx, p, id, true, wirechief.EntryArchived)
}

// Reopen takes a conversation out of the archive.
func (d *Desk) Reopen(ctx context.Context, p wirechief.Principal, id int64) error {
	return d.archive(ctx, p, id, false, wirechief.EntryReopened)
}

func (d *Desk) archive(ctx context.Context, p wirechief.Principal, id int64, archived bool, kind wirechief.EntryKind) error {
	ctx, err := enter(ctx, p, "conversation.archive", wirechief.RightReply)
	if err != nil {
		return err
	}
	defer d.lock(id)()
	c, err := d.conversation(ctx, p, id)
	if err != nil || c.Archived == archived {
		return err
	}
	_, err = d.apply(ctx, wirechief.ChangeConversation{
		Key: keyOf(p, id), Archived: &archived, Entries: []wirechief.Entry{d.entry(p, kind, "")},
	})
	return err
}

// SetLabels replaces the labels of a conversation.
func (d *Desk) SetLabels(ctx context.Context, p wirechief.Principal, id int64, labels []string) error {
	ctx, err := enter(ctx, p, "conversation.labels", wirechief.RightReply)
	if err != nil {
		return err
	}
	labels, wrong := judgeLabels(labels)
	if wrong != nil {
		wrong.Op = "conversation.labels"
		return wrong
	}
	if _, err := d.conversation(ctx, p, id); err != nil {
		return err
	}
	_, err = d.apply(ctx, wirechief.ChangeConversation{Key: keyOf(p, id), Labels: &labels})
	return err
}

// judgeLabels tidies labels: trimmed, each once whatever its capitals.
func judgeLabels(labels []string) ([]string, *wirechief.Error) {
	out := make([]string, 0, len(labels))
	for _, l := range labels {
		l = strings.Join(strings.Fields(l), " ")
		switch {
		case l == "":
			continue
		case strings.ContainsAny(l, ",;"):
			return nil, wirechief.InvalidField("labels", "a label holds no comma and no semicolon: %q", l)
		case utf8.RuneCountInString(l) > LabelMost || !isLine(l):
			return nil, wirechief.InvalidField("labels", "a label has at most %d characters, none of them control characters", LabelMost)
		case slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, l) }):
			continue
		}
		out = append(out, l)
	}
	if len(out) > LabelsMost {
		return nil, wirechief.InvalidField("labels", "there may be %d labels at most", LabelsMost)
	}
	return out, nil
}

// isLine says whether a text is valid and on one line: no control characters.
func isLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// isText says whether a text is valid; lines and tabs are part of one.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// AddNote adds a note that the peer never sees.
func (d *Desk) AddNote(ctx context.Context, p wirechief.Principal, id int64, text string) (wirechief.Entry, error) {
	ctx, err := enter(ctx, p, "conversation.note", wirechief.RightReply)
	if err != nil {
		return wirechief.Entry{}, err
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return wirechief.Entry{}, wirechief.InvalidField("text", "a note needs a text")
	case utf8.RuneCountInString(text) > wirechief.NoteMost:
		return wirechief.Entry{}, wirechief.InvalidField("text", "a note has at most %d characters", wirechief.NoteMost)
	case !isText(text):
		return wirechief.Entry{}, wirechief.InvalidField("text", "the note holds control characters or is not valid UTF-8")
	}
	if _, err := d.conversation(ctx, p, id); err != nil {
		return wirechief.Entry{}, err
	}
	e := d.entry(p, wirechief.EntryNote, text)
	e.Conversation = id
	_, err = d.apply(ctx, wirechief.ChangeConversation{Key: keyOf(p, id), Entries: []wirechief.Entry{e}})
	return e, err
}
