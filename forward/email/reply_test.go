package email

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhatAPersonWrote(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"alone", "Yes.\r\nAt 5.\r\n", "Yes.\nAt 5."},
		{"signature", "Yes.\n\n-- \nAnn\nAcme", "Yes."},
		{"Gmail", "Yes.\n\nOn Mon, Mar 2, 2026 at 10:00 AM \"+14155550101\" <no-reply@example.test> wrote:\n\n> hello\n>\n> Previous messages\n", "Yes."},
		{"Gmail, folded", "Yes.\n\nOn Mon, Mar 2, 2026 at 10:00 AM \"+14155550101\"\n<no-reply@example.test> wrote:\n\n> hello\n", "Yes."},
		{"German", "Ja.\n\nAm 02.03.2026 um 10:00 schrieb +14155550101:\n> hello\n", "Ja."},
		{"French", "Oui.\n\nLe lun. 2 mars 2026 à 10:00, <no-reply@example.test> a écrit :\n\n> hello\n", "Oui."},
		{"Outlook", "Yes.\n\n________________________________\nFrom: +14155550101 <no-reply@example.test>\nSent: Monday\nTo: Ann\nSubject: SMS\n\nhello", "Yes."},
		{"Outlook without a rule", "Yes.\n\nFrom: +14155550101 <no-reply@example.test>\nSent: Monday\nTo: Ann\nSubject: SMS\n\nhello", "Yes."},
		{"original message", "Yes.\n\n-----Original Message-----\nhello", "Yes."},
		{"below", "On Mon, Mar 2, 2026, <a@b.test> wrote:\n> hello\n> you\n\nYes.\n", "Yes."},
		{"between", "> hello\nYes.\n> and?\nNo.\n", "Yes.\nNo."},
		{"telephone", "Yes.\n\nSent from my iPhone\n\nOn 2 Mar 2026, at 10:00, <a@b.test> wrote:\n\n> hello", "Yes."},
		{"quoted without marks", "Yes.\n\nOn 2 Mar 2026, at 10:00, <a@b.test> wrote:\n\nhello", "Yes."},
		{"she wrote", "Ann wrote:\nbuy milk", "Ann wrote:\nbuy milk"},
		{"a colon", "This is the list:\n- a\n- b", "This is the list:\n- a\n- b"},
		{"nothing", "\n> hello\n", ""},
		{"control", "Yes\x00\x1b[31m\u202e.", "Yes[31m\u202e."},
		{"Outlook, French", "Merci\n\nDe\u00a0: +13105551212 <no-reply@example.test>\nEnvoyé\u00a0: mercredi 25 novembre 2026 13:51\nÀ\u00a0: desk@acme.test\nObjet\u00a0: SMS from 13105551212 to 13109060901\n\nhello", "Merci"},
		{"Outlook, Finnish", "Kiitos\n\nLähettäjä: +13105551212 <no-reply@example.test>\nLähetetty: 25. marraskuuta 2026\nVastaanottaja: desk@acme.test\nAihe: SMS from 13105551212 to 13109060901\n\nhello", "Kiitos"},
		{"Outlook, Turkish", "Tamam\n\nKimden: a <no-reply@example.test>\nGönderilme Tarihi: 25 Kasım\nKime: desk@acme.test\nKonu: SMS from 1 to 2\n\nhello", "Tamam"},
		{"fields of one's own", "Ann: a@b.test\nTime: 5 pm\nPlace: here", "Ann: a@b.test\nTime: 5 pm\nPlace: here"},
		{"a price list", "Price list:\n--\nA 1\nB 2", "Price list:\n--\nA 1\nB 2"},
		{"a signature without its blank", "Yes.\n\n--\nAnn\nAcme", "Yes."},
		{"dashes", "a -- b\n---\nc", "a -- b\n---\nc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strip(tt.text); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestTextOfHTML(t *testing.T) {
	for _, tt := range []struct{ page, want string }{
		{"<div dir=\"ltr\">Yes &amp; no<br>at&nbsp;5</div><br><div class=\"gmail_quote\"><div>On Monday</div><blockquote>hello</blockquote></div>", "Yes & no\nat 5"},
		{"<html><head><style>p{}</style><title>x</title></head><body><p>One</p><p>Two\n  lines</p><script>alert(1)</script></body>", "One\n\nTwo lines"},
		{"<p>Yes</p><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\">From: x</div>", "Yes"},
		{"<ul><li>a</li><li>b</li></ul><blockquote type=cite>q</blockquote>c", "a\nb\n\nc"},
		{"&amp;lt;b&amp;gt;", "&lt;b&gt;"},
		{"<script>", ""},
	} {
		if got := strip(textOf(tt.page)); got != tt.want {
			t.Errorf("%q is %q, want %q", tt.page, got, tt.want)
		}
	}
}

func TestParseReply(t *testing.T) {
	for _, tt := range []struct{ name, mail, text string }{
		{"latin-1", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n", "Grüße"},
		{"base64", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQ==\n", "Grüße"},
		{"unknown charset", "Content-Type: text/plain; charset=klingon\n\nhello\n", "hello"},
		{"flowed", "Content-Type: text/plain; format=flowed\n\none \ntwo\nthree\n> q \n> q\n-- \nAnn\n", "one two\nthree"},
		{"both forms", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<b>html</b>\n--b--\n", "plain"},
		{"HTML alone", "Content-Type: text/html\n\n<b>html</b>\n", "html"},
		{"logo", "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<b>html</b><img src=cid:1>\n--b\nContent-Type: image/png\nContent-ID: <1>\n\n\x89PNG\n--b--\n", "html"},
		{"no header at all", "\nhello\n", "hello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := parseReply([]byte(strings.ReplaceAll(tt.mail, "\n", "\r\n")))
			if err != nil || a.text != tt.text || len(a.pictures) > 0 || a.other != "" {
				t.Errorf("%+v %v", a, err)
			}
		})
	}
}

func TestWhatMachinesSend(t *testing.T) {
	for _, tt := range []struct {
		field   string
		machine bool
	}{
		{"Auto-Submitted: no", false},
		{"Auto-Submitted: auto-replied (vacation)", true},
		{"Auto-Submitted: Auto-Generated", true},
		{"Precedence: Bulk", true},
		{"Precedence: auto_reply", true},
		{"Precedence: first-class", false},
		{"X-Autoreply: yes", true},
		{"List-Id: <x>", true},
		{"Content-Type: multipart/report; report-type=delivery-status; boundary=b", true},
	} {
		a, err := parseReply([]byte("From: ann@acme.test\r\n" + tt.field + "\r\n\r\nhello\r\n"))
		if err != nil || a.automatic != "" != tt.machine {
			t.Errorf("%s: %+v %v", tt.field, a, err)
		}
	}
}

func FuzzParseReply(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll(reply, "\n", "\r\n")))
	f.Add([]byte(strings.ReplaceAll(picturesMail, "\n", "\r\n")))
	f.Add([]byte("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-16\r\n\r\n<div>On 1 x wrote:<blockquote>\r\n--b--"))
	f.Add([]byte("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\na \r\n> b \r\n-- \r\nc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parseReply(data)
		if err != nil {
			return
		}
		if !utf8.ValidString(a.text) || strings.ContainsAny(a.text, "\x00\r\x1b") || strings.TrimSpace(a.text) == "" && a.text != "" {
			t.Errorf("%q", a.text)
		}
	})
}

func FuzzToken(f *testing.F) {
	r := &Replies{domain: "in.example.test"}
	f.Add(r.Address(key77, "ann@acme.test"))
	f.Add("reply+@in.example.test")
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := r.read(s); ok && !strings.EqualFold(s, "reply+"+strings.TrimPrefix(strings.ToLower(s), "reply+")) {
			t.Errorf("%q is %+v", s, p)
		}
	})
}
