package console

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
	"github.com/wirechief/wirechief/sheet"
)

func exportRoutes() []route {
	right := wirechief.RightExport
	return []route{
		{pattern: "GET /inbox/{id}/export.csv", right: right, serve: exporter((*Console).exportCSV)},
		{pattern: "GET /inbox/{id}/export.json", right: right, serve: exporter((*Console).exportJSON)},
		{pattern: "GET /inbox/{id}/print", right: right, serve: (*Console).printThread},
		{pattern: "GET /inbox/export.csv", right: right, serve: exporter((*Console).exportCSV)},
		{pattern: "GET /inbox/export.json", right: right, serve: exporter((*Console).exportJSON)},
	}
}

// walk goes through the conversations of an export.
type walk func(ctx context.Context, do func(inbox.ConversationView, []inbox.Item) error) error

// exporter finds which conversations are asked for, and notes that they were
// taken out of the house.
func exporter(write func(*Console, *visit, walk) error) func(*Console, *visit) error {
	return func(c *Console, v *visit) error {
		subject := "all"
		all := func(ctx context.Context, do func(inbox.ConversationView, []inbox.Item) error) error {
			return c.Desk.Each(ctx, v.p, inbox.Filter{View: inbox.ViewEvery, Number: v.query("number")}, do)
		}
		if s := v.r.PathValue("id"); s != "" {
			id, err := conversationID(s)
			if err != nil {
				return err
			}
			if _, err := c.Desk.Conversation(v.ctx(), v.p, id); err != nil {
				return err
			}
			subject = s
			all = func(ctx context.Context, do func(inbox.ConversationView, []inbox.Item) error) error {
				return c.Desk.EachOf(ctx, v.p, id, do)
			}
		}
		c.Gate.Note(v.ctx(), v.p, "conversations.export", subject)
		return write(c, v, all)
	}
}

// exportCSV writes one line for each message and entry. Cells that a
// spreadsheet would run are defused ([sheet.Defuse]).
func (c *Console) exportCSV(v *visit, each walk) error {
	v.download("conversations.csv", "text/csv; charset=utf-8")
	out := csv.NewWriter(v.w)
	if err := out.Write([]string{"time", "conversation", "number", "peer", "name", "kind", "from", "to", "text", "status", "who", "message"}); err != nil {
		return err
	}
	err := each(v.ctx(), func(view inbox.ConversationView, items []inbox.Item) error {
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
	return err
}

type exportedConversation struct {
	ID       int64          `json:"id"`
	Number   string         `json:"number"`
	Peer     string         `json:"peer"`
	Name     string         `json:"name,omitempty"`
	Labels   []string       `json:"labels,omitempty"`
	Assignee string         `json:"assignee,omitempty"`
	Archived bool           `json:"archived"`
	Items    []exportedItem `json:"items"`
}

type exportedItem struct {
	At      time.Time         `json:"at"`
	Kind    string            `json:"kind"` // inbound, outbound, or what stands between messages: note, opt_out, …
	Message int64             `json:"message,omitempty"`
	From    string            `json:"from,omitempty"`
	To      string            `json:"to,omitempty"`
	Text    string            `json:"text"`
	Status  string            `json:"status,omitempty"`
	Who     string            `json:"who,omitempty"`
	Events  []wirechief.Event `json:"events,omitempty"`
}

// exportJSON writes one document: an array of conversations, each with all of
// its items and their events.
func (c *Console) exportJSON(v *visit, each walk) error {
	v.download("conversations.json", "application/json")
	between := "[\n"
	err := each(v.ctx(), func(view inbox.ConversationView, items []inbox.Item) error {
		e := exportedConversation{
			ID: view.ID, Number: view.Number, Peer: view.Peer, Name: view.Name, Labels: view.Labels, Assignee: view.AssigneeName, Archived: view.Archived,
			Items: make([]exportedItem, 0, len(items)),
		}
		for _, it := range items {
			if m := it.Message; m != nil {
				e.Items = append(e.Items, exportedItem{At: it.At, Kind: string(m.Direction), Message: m.ID, From: m.From, To: m.To, Text: m.Text, Status: string(m.Status), Events: m.Events})
			} else {
				e.Items = append(e.Items, exportedItem{At: it.At, Kind: string(it.Entry.Kind), Message: it.Entry.Message, Text: it.Entry.Text, Who: it.Entry.Who})
			}
		}
		doc, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := v.w.Write(append([]byte(between), doc...)); err != nil {
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
	_, err = v.w.Write([]byte(end))
	return err
}

type printData struct {
	Page
	View  inbox.ConversationView
	Items []threadItem
}

// printThread is a whole conversation as a page for paper.
func (c *Console) printThread(v *visit) error {
	id, err := conversationID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	page := &printData{Page: Page{Title: "Conversation", Section: "inbox"}}
	const most = 2000
	err = c.Desk.EachOf(v.ctx(), v.p, id, func(view inbox.ConversationView, items []inbox.Item) error {
		page.View = view
		if len(items) > most {
			items = items[len(items)-most:]
		}
		for _, it := range items {
			page.Items = append(page.Items, c.item(it))
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Gate.Note(v.ctx(), v.p, "conversations.export", v.r.PathValue("id"))
	return c.render(v, "print", page)
}
