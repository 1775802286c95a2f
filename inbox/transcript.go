package inbox

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/sheet"
)

// Walk goes through conversations, as [Desk.Each] and [Desk.EachOf] do.
type Walk func(do func(ConversationView, []Item) error) error

// WriteTable writes conversations as CSV (RFC 4180, UTF-8): a line for each
// message and entry. Cells are defused, see package sheet.
func WriteTable(w io.Writer, each Walk) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"time", "conversation", "number", "peer", "name", "kind", "from", "to", "text", "status", "who", "message"}); err != nil {
		return err
	}
	err := each(func(view ConversationView, items []Item) error {
		for _, it := range items {
			row := []string{it.At.UTC().Format(time.RFC3339), strconv.FormatInt(view.ID, 10), view.Number, view.Peer, view.Name}
			if m := it.Message; m != nil {
				row = append(row, string(m.Direction), m.From, m.To, m.Text, string(m.Status), "", strconv.FormatInt(m.ID, 10))
			} else {
				row = append(row, string(it.Entry.Kind), "", "", it.Entry.Text, "", it.Entry.Who, "")
			}
			for i := range row {
				row[i] = sheet.Defuse(row[i])
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

// Transcript is a conversation as it is exported.
type Transcript struct {
	ID       int64            `json:"id"`
	Number   string           `json:"number"`
	Peer     string           `json:"peer"`
	Name     string           `json:"name,omitempty"`
	Labels   []string         `json:"labels,omitempty"`
	Assignee string           `json:"assignee,omitempty"`
	Archived bool             `json:"archived"`
	Items    []TranscriptItem `json:"items" nullable:"false"`
}

// TranscriptItem is a message or an entry of a [Transcript].
type TranscriptItem struct {
	At      time.Time         `json:"at"`
	Kind    string            `json:"kind" doc:"inbound, outbound, or what stands between messages: note, opt_out, …"`
	Message int64             `json:"message,omitempty"`
	From    string            `json:"from,omitempty"`
	To      string            `json:"to,omitempty"`
	Text    string            `json:"text"`
	Status  string            `json:"status,omitempty"`
	Who     string            `json:"who,omitempty"`
	Events  []wirechief.Event `json:"events,omitempty"`
}

// WriteDocument writes conversations as one JSON document: an array of
// [Transcript], each with all of its items and their events.
func WriteDocument(w io.Writer, each Walk) error {
	between := "[\n"
	err := each(func(view ConversationView, items []Item) error {
		e := Transcript{
			ID: view.ID, Number: view.Number, Peer: view.Peer, Name: view.Name, Labels: view.Labels, Assignee: view.AssigneeName, Archived: view.Archived,
			Items: make([]TranscriptItem, 0, len(items)),
		}
		for _, it := range items {
			if m := it.Message; m != nil {
				e.Items = append(e.Items, TranscriptItem{At: it.At, Kind: string(m.Direction), Message: m.ID, From: m.From, To: m.To, Text: m.Text, Status: string(m.Status), Events: m.Events})
			} else {
				e.Items = append(e.Items, TranscriptItem{At: it.At, Kind: string(it.Entry.Kind), Message: it.Entry.Message, Text: it.Entry.Text, Who: it.Entry.Who})
			}
		}
		doc, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := w.Write(append([]byte(between), doc...)); err != nil {
			return err
		}
		between = ",\n"
		return nil
	})
	if err != nil {
		return err
	}
	end := "\n]\n"
	if between == "[\n" {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return err
}
