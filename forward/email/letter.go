package email

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
)

// historyMost bounds a transcript, whatever a forward asks for.
const historyMost = 200

// letter is what a mail has to say, made inert.
type letter struct {
	to, from string // addresses
	name     string // of whom the text is from, beside the address
	id       string // Message-ID, without brackets
	thread   string // what all mails of the conversation refer to, likewise; "" when it is in none
	reply    string // where answers go; "" nowhere
	at       time.Time
	subject  string
	text     string
	notes    []string // about files that are not attached
	before   []earlier
	files    []file
}

// earlier is a line of the transcript.
type earlier struct{ at, from, text string }

// file is an attachment.
type file struct {
	name, kind string
	data       []byte
}

// draft reads what a delivery is about. An error of kind NotFound or Invalid
// will stay; others may pass.
func (s *Sender) draft(ctx context.Context, d *wirechief.Delivery) (*letter, error) {
	var body forward.Mail
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return nil, &wirechief.Error{Op: "email", Kind: wirechief.Invalid, Message: "what the mail is to say cannot be read", Err: err}
	}
	to, err := mailbox(d.Destination)
	if err != nil {
		return nil, err
	}
	from, wish := s.server.From, body.From
	if wish != "" && s.server.maySend(wish) {
		from, wish = wish, ""
	}
	from, err = mailbox(from)
	if err == nil && wish != "" {
		wish, err = mailbox(wish)
	}
	if err != nil {
		return nil, wirechief.InvalidField("from", "the address that the mail is to be from is none: set smtp.from or that of the forward")
	}
	m, err := s.Source.Message(ctx, wirechief.MessageKey{Shard: d.Shard, ID: body.Message})
	if err == nil && m.Tenant != d.Tenant {
		err = wirechief.Errorf(wirechief.NotFound, "it is another tenant's")
	}
	if wirechief.KindOf(err) == wirechief.NotFound && err != nil {
		return nil, wirechief.Errorf(wirechief.NotFound, "the message that the mail is about is not kept any more")
	}
	if err != nil {
		return nil, err
	}
	// The ids are the installation's, whoever the mail is from.
	_, host, _ := strings.Cut(s.server.From, "@")
	if host == "" {
		_, host, _ = strings.Cut(from, "@")
	}
	l := &letter{
		to: to, from: from, name: headerText(m.From), at: d.CreatedAt,
		id:      "delivery." + strconv.FormatInt(d.ID, 10) + "@" + host,
		subject: "SMS from " + headerText(digits(m.From)) + " to " + headerText(digits(m.To)),
		text:    plain(m.Text),
	}
	if wish != "" {
		l.name += " (" + headerText(wish) + ")"
		l.reply = wish
	}
	if m.Conversation != 0 {
		l.thread = "conversation." + strconv.FormatInt(m.Conversation, 10) + "@" + host
		key := wirechief.ConversationKey{Shard: m.Shard, ID: m.Conversation}
		if s.Replies != nil { // answers go out as texts, and only so
			l.reply = s.Replies.Address(key, to)
		}
		if body.History > 0 {
			thread, err := s.Source.Thread(ctx, key, m.ID, min(body.History, historyMost))
			if err != nil {
				return nil, err
			}
			l.transcribe(thread, s.zones.load(body.Timezone))
		}
	}
	if len(m.Also) > 0 {
		l.notes = append(l.notes, "[sent to "+headerText(strings.Join(m.Also, ", "))+" as well]")
	}
	switch lost := m.LostMedia(); {
	case lost == 1:
		l.notes = append(l.notes, "[a picture could not be fetched]")
	case lost > 1:
		l.notes = append(l.notes, "["+strconv.Itoa(lost)+" pictures could not be fetched]")
	}
	return l, s.attach(l, m)
}

// digits writes a number as the subject has it.
func digits(number string) string { return strings.TrimPrefix(number, "+") }

// transcribe notes what was said before. What a rule kept from leaving was not
// said.
func (l *letter) transcribe(thread []*wirechief.Message, zone *time.Location) {
	l.before = make([]earlier, 0, len(thread))
	for _, m := range thread {
		if m.Status == wirechief.StatusSuppressed {
			continue
		}
		e := earlier{at: m.CreatedAt.In(zone).Format("2006-01-02 15:04 MST"), from: oneLine(m.From), text: plain(m.Text)}
		if m.Options != nil && m.Options.OffTheRecord {
			e.text = "[off the record]" // now, and when its hash is all that is left
		}
		if n := len(m.Media); n > 0 {
			e.text = strings.TrimSpace(e.text + " " + counted(n))
		}
		l.before = append(l.before, e)
	}
}

func counted(files int) string {
	if files == 1 {
		return "[1 file]"
	}
	return "[" + strconv.Itoa(files) + " files]"
}

// plainForm is the plain text of a letter.
func (l *letter) plainForm() string {
	var b strings.Builder
	b.Grow(256 + len(l.text) + 128*len(l.before))
	b.WriteString(l.text)
	b.WriteByte('\n')
	for i, note := range l.notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		b.WriteString(note)
		b.WriteByte('\n')
	}
	if len(l.before) > 0 {
		b.WriteString("\nPrevious messages\n\n")
		for _, e := range l.before {
			b.WriteString(e.at)
			b.WriteString("  ")
			b.WriteString(e.from)
			b.WriteString(": ")
			// One line each: a text with lines of its own must not look like several.
			b.WriteString(strings.ReplaceAll(e.text, "\n", " "))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// filesMost is how many octets of files a mail has: written in base64, still
// below 10,240,000, which is all that many servers take.
const filesMost = 7 << 20

// attach reads the files of a message. What cannot come along is said in a note.
func (s *Sender) attach(l *letter, m *wirechief.Message) error {
	room := int64(filesMost)
	n := 0
	for _, item := range m.Media {
		kind := strings.ToLower(item.Type)
		if base, _, _ := strings.Cut(kind, ";"); base == "application/smil" {
			continue // how a handset lays the others out
		}
		n++
		name := "file-" + strconv.Itoa(n) + item.Ext
		switch {
		case item.Token == "" || s.Open == nil:
			l.note(name, "it could not be fetched from the carrier")
			continue
		case item.Size > room:
			l.note(name, "the files of this message are too large for one mail ("+strconv.FormatInt(item.Size, 10)+" octets)")
			continue
		}
		data, err := s.read(item.Token, room)
		if errors.Is(err, fs.ErrNotExist) {
			l.note(name, "it is not kept any more")
			continue
		}
		if err != nil {
			return &wirechief.Error{Op: "email.attach", Kind: wirechief.Unavailable, Message: "a file of the message cannot be read", Err: err}
		}
		room -= int64(len(data))
		l.files = append(l.files, file{name, kind, data})
	}
	return nil
}

func (l *letter) note(name, why string) {
	l.notes = append(l.notes, "["+headerText(name)+" is not attached: "+why+"]")
}
