package console

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

// typed puts what a refused form of a number's page had into the page again, so
// that only what was wrong has to be mended.
func (d *numberData) typed(v *visit, form string) {
	n := &d.N
	switch form {
	case "settings":
		n.Name, n.Notes, n.Reference, d.Tags = v.value("name"), v.text("notes"), v.value("reference"), v.value("tags")
		n.Webhook, n.Campaign, n.Protected = v.value("webhook"), v.value("campaign"), v.checked("protected")
	case "forward":
		f, _ := forwardOf(v)
		if d.Edit != nil {
			d.was = d.Edit.Destination
		}
		d.Edit, d.history = &f, v.value("history")
	case "replies":
		for name, r := range map[string]*wirechief.Reply{"online": &n.Replies.AgentsOnline, "offline": &n.Replies.AgentsOffline, "missed": &n.Replies.MissedCall} {
			r.Enabled, r.Message = v.checked(name+"_on"), v.text(name)
		}
		d.window = v.value("window")
	case "keywords":
		d.Keywords = nil
		for i, words := range v.form["words"] {
			k := keywordView{Words: words, Enabled: v.checked(fmt.Sprintf("on%d", i))}
			if i < len(v.form["message"]) {
				k.Message = strings.ReplaceAll(v.form["message"][i], "\r\n", "\n")
			}
			if k.Words != "" || k.Message != "" {
				d.Keywords = append(d.Keywords, k)
			}
		}
	case "fallback":
		n.Fallback = nil
		for i := range fallbackRows {
			if destination := v.value(fmt.Sprintf("destination%d", i)); destination != "" {
				n.Fallback = append(n.Fallback, wirechief.Forward{Type: wirechief.DeliveryKind(v.value(fmt.Sprintf("type%d", i))), Destination: destination})
			}
		}
		d.after = v.value("after")
	case "voice":
		n.Voice.Route, n.Voice.Endpoint, n.Voice.Flow = v.value("route"), v.value("endpoint"), v.value("flow")
		n.Voice.Failover, n.Voice.Recording = v.value("failover"), v.value("recording")
	}
}

// fieldIn is what a form of a number's page calls a field of the number.
func fieldIn(form, field string) string {
	last := field[strings.LastIndexByte(field, '.')+1:]
	switch form + "." + last {
	case "replies.agents_online":
		return "online"
	case "replies.agents_offline":
		return "offline"
	case "replies.missed_call":
		return "missed"
	case "fallback.fallback_after":
		return "after"
	}
	return last
}

// placeIn is where a form of a number's page that has a list is wrong: the field
// of the row that the item-th of the list stands in.
func (d *numberData) placeIn(form, field string, item int) string {
	if item == 0 {
		return field
	}
	switch form {
	case "fallback":
		if field != "type" {
			field = "destination" // the form shows no more of it
		}
		return fmt.Sprintf("%s%d", field, item-1)
	case "keywords":
		for i, k := range d.Keywords { // one without words is not of the list
			if len(split(k.Words, ",")) > 0 {
				item--
			}
			if item == 0 {
				return fmt.Sprintf("%s%d", field, i)
			}
		}
	}
	return field
}

// Was is the destination that the open form changes; "": it makes a new one.
func (d *numberData) Was() string {
	if d.was != "" || d.Trouble != nil && d.Form == "forward" {
		return d.was
	}
	return d.Edit.Destination
}

// History is how many messages before it a mail has, as the form has it.
func (d *numberData) History() string {
	switch {
	case d.history != "":
		return d.history
	case d.Edit.History != nil:
		return strconv.Itoa(*d.Edit.History)
	}
	return strconv.Itoa(wirechief.HistoryDefault)
}
