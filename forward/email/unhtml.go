package email

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// textOf turns HTML into text: what is to be read of it, with its lines.
// Quotations are left out.
func textOf(page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	var hidden, quoted, pre int
	line := func() {
		if s := b.String(); s != "" && !strings.HasSuffix(s[max(0, len(s)-2):], "\n\n") {
			b.WriteByte('\n')
		}
	}
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden > 0 || quoted > 0 {
				continue
			}
			text := string(z.Text())
			if pre == 0 {
				text = collapse(text, b.Len() == 0 || endsBlank(&b))
			}
			b.WriteString(text)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			t := z.Token()
			step := 1
			if kind == html.EndTagToken {
				step = -1
			}
			if kind == html.SelfClosingTagToken && t.DataAtom != atom.Br && t.DataAtom != atom.Hr {
				continue
			}
			switch t.DataAtom {
			case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript:
				hidden = max(0, hidden+step)
			case atom.Blockquote:
				quoted = max(0, quoted+step)
				line()
			case atom.Pre:
				pre = max(0, pre+step)
				line()
			case atom.Br:
				if quoted == 0 && hidden == 0 && kind != html.EndTagToken {
					b.WriteByte('\n')
				}
			case atom.Hr:
				line()
			case atom.P, atom.Div, atom.Tr, atom.Li, atom.Ul, atom.Ol, atom.Table, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
				if s := b.String(); s != "" && s[len(s)-1] != '\n' {
					b.WriteByte('\n')
				}
				if step < 0 && t.DataAtom == atom.P {
					line()
				}
			}
			if kind == html.StartTagToken && marksOriginal(&t) {
				return b.String()
			}
		}
	}
}

// marksOriginal says whether an element begins what Outlook and Gmail put below
// an answer.
func marksOriginal(t *html.Token) bool {
	for _, a := range t.Attr {
		switch a.Key {
		case "id":
			if a.Val == "appendonsend" || a.Val == "divRplyFwdMsg" || a.Val == "mail-editor-reference-message-container" {
				return true
			}
		case "class":
			for c := range strings.FieldsSeq(a.Val) {
				if c == "gmail_quote" || c == "gmail_signature" || c == "moz-cite-prefix" || c == "yahoo_quoted" || c == "gmail_quote_container" {
					return true
				}
			}
		}
	}
	return false
}

func endsBlank(b *strings.Builder) bool {
	s := b.String()
	return s[len(s)-1] == '\n' || s[len(s)-1] == ' '
}

// collapse makes one space of any run of white space.
func collapse(s string, atStart bool) string {
	if !strings.ContainsAny(s, " \t\r\n\f") {
		return s
	}
	var b strings.Builder
	space := atStart
	for _, r := range s {
		switch r {
		case ' ', '\t', '\r', '\n', '\f':
			if !space {
				b.WriteByte(' ')
			}
			space = true
		default:
			b.WriteRune(r)
			space = false
		}
	}
	return b.String()
}
