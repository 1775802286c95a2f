package email

import (
	"bytes"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// The boundaries of the parts. "=_" stands neither in quoted-printable nor in
// base64, so nothing that is in a mail can end a part of it (RFC 2045 6.7).
const (
	outerBoundary = "=_wirechief_files"
	innerBoundary = "=_wirechief_forms"
)

// write appends the mail, as RFC 5322 and MIME have it. The same letter makes
// the same bytes.
func (l *letter) write(b *bytes.Buffer) error {
	var h mail.Header
	// Fields are put before those that are there.
	forms := map[string]string{"boundary": innerBoundary}
	if len(l.files) > 0 {
		h.SetContentType("multipart/mixed", map[string]string{"boundary": outerBoundary})
	} else {
		h.SetContentType("multipart/alternative", forms)
	}
	h.Set("MIME-Version", "1.0")
	// RFC 3834 5: nobody's machine is to answer.
	h.Set("Auto-Submitted", "auto-generated")
	if l.thread != "" {
		h.Set("References", "<"+l.thread+">")
		h.Set("In-Reply-To", "<"+l.thread+">")
	}
	h.Set("Message-ID", "<"+l.id+">")
	h.SetSubject(l.subject)
	if l.reply != "" {
		h.SetAddressList("Reply-To", []*mail.Address{{Address: l.reply}})
	}
	h.SetAddressList("To", []*mail.Address{{Address: l.to}})
	h.SetAddressList("From", []*mail.Address{{Name: l.name, Address: l.from}})
	h.SetDate(l.at.UTC())

	w, err := message.CreateWriter(b, h.Header)
	if err != nil {
		return err
	}
	if len(l.files) == 0 {
		return l.writeForms(w)
	}
	var inner message.Header
	inner.SetContentType("multipart/alternative", forms)
	part, err := w.CreatePart(inner)
	if err != nil {
		return err
	}
	if err := l.writeForms(part); err != nil {
		return err
	}
	for i := range l.files {
		if err := l.files[i].write(w); err != nil {
			return err
		}
	}
	return w.Close()
}

// writeForms writes the text twice: as it is, and as HTML.
func (l *letter) writeForms(w *message.Writer) error {
	for _, form := range []struct{ kind, text string }{{"text/plain", l.plainForm()}, {"text/html", l.htmlForm()}} {
		var h message.Header
		h.Set("Content-Transfer-Encoding", "quoted-printable")
		h.SetContentType(form.kind, map[string]string{"charset": "utf-8"})
		if err := writePart(w, h, []byte(form.text)); err != nil {
			return err
		}
	}
	return w.Close()
}

func (f *file) write(w *message.Writer) error {
	kind, _, err := mime.ParseMediaType(f.kind)
	if err != nil || strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/") {
		kind = "application/octet-stream"
	}
	var h message.Header
	h.SetContentDisposition("attachment", map[string]string{"filename": f.name})
	h.Set("Content-Transfer-Encoding", "base64")
	h.SetContentType(kind, nil)
	return writePart(w, h, f.data)
}

func writePart(w *message.Writer, h message.Header, body []byte) error {
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, bytes.NewReader(body)); err != nil {
		return err
	}
	return part.Close()
}
