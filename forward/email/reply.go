package email

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mails are in many
	"github.com/emersion/go-message/mail"
	"github.com/gabriel-vasile/mimetype"
)

// Bounds of an answer.
const (
	partsMost    = 100     // of a mail
	depthMost    = 10      // of parts in parts
	textMost     = 1 << 20 // octets of a text part that are looked at
	picturesMost = 10
)

// answer is what a person wrote.
type answer struct {
	from      []string // addresses of From
	id        string   // Message-ID, "" when there is none
	automatic string   // why no person wrote it; "" when one did
	text      string
	pictures  []picture
	other     string // the name of a file that is no picture; "" when there is none
}

// picture is a file that can go out as an MMS.
type picture struct {
	kind string
	data []byte
}

var errNotMail = errors.New("the mail cannot be read")

// parseReply reads a mail. What is quoted, and the signature, is not in its text.
func parseReply(data []byte) (*answer, error) {
	e, err := message.Read(bytes.NewReader(data))
	if e == nil || err != nil && !passable(err) {
		return nil, errNotMail
	}
	h := mail.Header{Header: e.Header}
	a := &answer{automatic: automatic(&h)}
	if list, err := h.AddressList("From"); err == nil {
		for _, from := range list {
			a.from = append(a.from, from.Address)
		}
	}
	if id, err := h.MessageID(); err == nil {
		a.id = id
	}
	if a.automatic != "" {
		return a, nil
	}
	var b body
	b.answer = a
	if err := b.read(e, 0, false); err != nil {
		return nil, errNotMail
	}
	if a.text = strip(b.plain); a.text == "" {
		a.text = strip(textOf(b.html))
	}
	return a, nil
}

// passable says whether a mail can be read in spite of an error: some part of
// it is written as nobody knows.
func passable(err error) bool {
	return message.IsUnknownCharset(err) || message.IsUnknownEncoding(err)
}

// automatic says why a mail is no person's (RFC 3834 and what came before it).
func automatic(h *mail.Header) string {
	if v := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted"))); v != "" && v != "no" {
		return "Auto-Submitted: " + headerText(v)
	}
	switch v := strings.ToLower(strings.TrimSpace(h.Get("Precedence"))); v {
	case "bulk", "junk", "list", "auto_reply":
		return "Precedence: " + v
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "List-Id", "List-Unsubscribe"} {
		if h.Has(name) {
			return name
		}
	}
	if kind, _, _ := h.ContentType(); kind == "multipart/report" {
		return "a report"
	}
	return ""
}

// body collects what a mail has.
type body struct {
	*answer
	plain, html string
	parts       int
}

// read goes through a part. related says that it belongs to a page: pictures in
// one are its furniture, such as the logo of a signature.
func (b *body) read(e *message.Entity, depth int, related bool) error {
	if b.parts++; b.parts > partsMost || depth > depthMost {
		return errNotMail
	}
	kind, params, err := e.Header.ContentType()
	if err != nil || kind == "" {
		kind, params = "text/plain", nil
	}
	if parts := e.MultipartReader(); parts != nil {
		defer parts.Close()
		for {
			p, err := parts.NextPart()
			if err == io.EOF {
				return nil
			}
			if p == nil || err != nil && !passable(err) {
				return errNotMail
			}
			if err := b.read(p, depth+1, related || kind == "multipart/related"); err != nil {
				return err
			}
		}
	}
	how, named, _ := e.Header.ContentDisposition()
	name := named["filename"]
	if name == "" {
		name = params["name"]
	}
	attached := how == "attachment" || name != ""
	switch {
	case !attached && kind == "text/plain":
		text, err := io.ReadAll(io.LimitReader(e.Body, textMost))
		if err != nil {
			return err
		}
		b.plain += unflow(string(text), params)
	case !attached && kind == "text/html":
		text, err := io.ReadAll(io.LimitReader(e.Body, textMost))
		if err != nil {
			return err
		}
		b.html += string(text)
	case kind == "application/pkcs7-signature", kind == "application/x-pkcs7-signature", kind == "application/pgp-signature":
	case related && how != "attachment":
	default:
		data, err := io.ReadAll(e.Body)
		if err != nil {
			return err
		}
		b.file(data, name)
	}
	return nil
}

// file takes an attached file: a picture by its bytes, whatever it is called.
func (b *body) file(data []byte, name string) {
	found := mimetype.Detect(data)
	for kind := found; kind != nil; kind = kind.Parent() { // an animated PNG is a PNG, too
		switch kind.String() {
		case "image/jpeg", "image/png", "image/gif":
			b.pictures = append(b.pictures, picture{kind.String(), data})
			return
		}
	}
	if b.other == "" {
		if decoded, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
			name = decoded
		}
		if b.other = headerText(name); b.other == "" {
			b.other = "a file"
		}
	}
}

// unflow joins the lines that a mail program has folded (RFC 3676 4).
func unflow(text string, params map[string]string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if !strings.EqualFold(params["format"], "flowed") {
		return text
	}
	spaces := strings.EqualFold(params["delsp"], "yes")
	var b strings.Builder
	quoted := false
	for line := range strings.Lines(text) {
		line, ended := strings.CutSuffix(line, "\n")
		quote := strings.HasPrefix(line, ">")
		if quote != quoted && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
		quoted = quote
		if !quote {
			line = strings.TrimPrefix(line, " ") // stuffed (4.4)
		}
		if ended && strings.HasSuffix(line, " ") && line != "-- " && !quote {
			if spaces {
				line = line[:len(line)-1]
			}
			b.WriteString(line)
			continue
		}
		b.WriteString(line)
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
