package console

import (
	"context"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
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

func (c *Console) exportCSV(v *visit, each walk) error {
	v.download("conversations.csv", "text/csv; charset=utf-8")
	return inbox.WriteTable(v.w, v.over(each))
}

func (c *Console) exportJSON(v *visit, each walk) error {
	v.download("conversations.json", "application/json")
	return inbox.WriteDocument(v.w, v.over(each))
}

// over goes through an export for this request.
func (v *visit) over(each walk) inbox.Walk {
	return func(do func(inbox.ConversationView, []inbox.Item) error) error { return each(v.ctx(), do) }
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
			page.Items = append(page.Items, c.item(v.p, it))
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Gate.Note(v.ctx(), v.p, "conversations.export", v.r.PathValue("id"))
	return c.render(v, "print", page)
}
