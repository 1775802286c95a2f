package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// printMessage prints a message and its timeline for people.
func printMessage(stdio IO, m *wire.Message) {
	fmt.Fprintf(stdio.Out, "message %d, %s, tenant %s\n", m.ID, m.Direction, m.Tenant)
	fmt.Fprintf(stdio.Out, "%s → %s: %s\n", m.From, m.To, m.Status)
	if m.Text != "" {
		fmt.Fprintf(stdio.Out, "%q, %d %s\n", m.Text, m.Segments, plural(m.Segments, "segment"))
	}
	for _, item := range m.Media {
		fmt.Fprintf(stdio.Out, "media %s %s %s\n", item.URL, item.Type, octets(item.Size))
	}
	fmt.Fprintln(stdio.Out)
	t := newTable(stdio.Out, "AT", "WHAT", "DETAIL")
	for i := range m.Events {
		e := &m.Events[i]
		t.row(clock(e.At), string(e.Type), oneLine(detail(e), widthOf(stdio.Out)))
	}
	t.flush()
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// detail says in one line what an event has to say.
func detail(e *wirechief.Event) string {
	d := &e.Detail
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if d.Dialect != "" {
		say("over the %s API", d.Dialect)
	}
	if d.Attempt != nil {
		a := d.Attempt
		say("try %d of delivery %d to %s: %s in %.1f ms", a.N, d.Delivery, d.To, orText(statusWords(a), a.Class), a.DurationMS)
		if words := errorWords(a); words != "" {
			say("%s", words)
		}
		if !a.NextAt.IsZero() {
			say("next at %s", clock(a.NextAt))
		}
		return strings.Join(out, ", ")
	}
	if d.Kind != "" {
		say("%s %d to %s", d.Kind, d.Delivery, d.To)
		if d.Status != "" {
			say("%s", d.Status)
		}
	}
	if d.Carrier != "" {
		say("carrier %s", d.Carrier)
	}
	if len(d.Route) > 0 {
		say("then %s", strings.Join(d.Route, ", "))
	}
	if len(d.CarrierIDs) > 0 {
		say("id %s", strings.Join(d.CarrierIDs, " "))
	}
	if d.State != "" {
		say("%s", d.State)
	}
	if d.Part > 0 && d.Parts > 1 {
		say("part %d of %d", d.Part, d.Parts)
	}
	if len(d.Missing) > 0 {
		say("parts %v never came", d.Missing)
	}
	if d.Repeat {
		say("said before")
	}
	if d.Resend {
		say("goes out again and may arrive twice")
	}
	for _, s := range []string{d.Because, string(d.Reason), d.Code, d.Text} {
		if s != "" && s != "000" {
			say("%s", s)
		}
	}
	if d.Rule != "" {
		say("rule %s", d.Rule)
	}
	if !d.NextAt.IsZero() {
		say("not before %s", clock(d.NextAt))
	}
	if d.Raw != "" {
		say("%s", d.Raw)
	}
	return strings.Join(out, ", ")
}

// errorWords says what went wrong with a try, or may have.
func errorWords(a *wirechief.Attempt) string {
	switch {
	case a.InDoubt == "":
		return a.Error
	case a.Error == "":
		return "in doubt: " + a.InDoubt
	}
	return a.Error + "; in doubt: " + a.InDoubt
}

func statusWords(a *wirechief.Attempt) string {
	if a.StatusCode == 0 {
		return ""
	}
	return "HTTP " + strconv.Itoa(a.StatusCode)
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
