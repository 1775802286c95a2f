package email

import (
	"html"
	"strings"
)

// htmlForm is the HTML form of a letter. It names no address outside, so that
// reading it tells nobody anything.
func (l *letter) htmlForm() string {
	var b strings.Builder
	b.Grow(1024 + 4*len(l.text) + 128*len(l.before))
	b.WriteString("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>")
	b.WriteString(html.EscapeString(l.subject))
	b.WriteString("</title></head>\n<body style=\"font-family:sans-serif;font-size:15px;line-height:1.4\">\n")
	b.WriteString("<p dir=\"auto\" style=\"font-size:17px\">")
	b.WriteString(breaks(l.text))
	b.WriteString("</p>\n")
	for _, note := range l.notes {
		b.WriteString("<p style=\"color:#666\">")
		b.WriteString(html.EscapeString(note))
		b.WriteString("</p>\n")
	}
	if len(l.before) > 0 {
		b.WriteString("<h4 style=\"color:#666;margin:24px 0 4px\">Previous messages</h4>\n<table style=\"font-size:14px;border-collapse:collapse\">\n")
		for _, e := range l.before {
			b.WriteString("<tr><td style=\"color:#666;white-space:nowrap;vertical-align:top;padding:2px 12px 2px 0\">")
			b.WriteString(html.EscapeString(e.at))
			b.WriteString("</td><td style=\"white-space:nowrap;vertical-align:top;padding:2px 12px 2px 0\">")
			b.WriteString(html.EscapeString(e.from))
			b.WriteString("</td><td dir=\"auto\" style=\"padding:2px 0\">")
			b.WriteString(breaks(e.text))
			b.WriteString("</td></tr>\n")
		}
		b.WriteString("</table>\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// breaks escapes a text and keeps its lines.
func breaks(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>\n")
}
