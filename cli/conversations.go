package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// conversations is `wirechief conversations`.
type conversations struct {
	List   listConversations   `cmd:"" help:"The conversations, the one with the newest message first."`
	Show   showConversation    `cmd:"" help:"The messages of a conversation, and what stands between them."`
	Reply  replyConversation   `cmd:"" help:"Answer in a conversation."`
	Export exportConversations `cmd:"" help:"Write conversations as a table (CSV) or as JSON."`
}

type listConversations struct {
	connection
	forTenant
	View   string `name:"view" enum:"all,unassigned,archived,every" default:"all" help:"all, unassigned, archived or every."`
	Number string `name:"number" help:"With this number of yours." placeholder:"N"`
	Peer   string `name:"peer" help:"With this handset." placeholder:"N"`
	Label  string `name:"label" help:"With this label." placeholder:"L"`
	Unread bool   `name:"unread" help:"Only those with something unread."`
	Search string `name:"search" help:"Instead: the messages with all these words." placeholder:"WORDS"`
	Before int64  `name:"before" help:"The page that comes after; as said at the end of the one before." placeholder:"ID"`
	Limit  int    `name:"limit" help:"At most so many, up to 200." default:"50" placeholder:"N"`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (c *listConversations) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if c.Search != "" {
		return c.search(ctx, cl, stdio)
	}
	list, err := cl.Conversations(ctx, client.ConversationQuery{
		Tenant: c.Tenant, View: c.View, Number: c.Number, Peer: c.Peer, Label: c.Label, Unread: c.Unread, Before: c.Before, Limit: c.Limit,
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "NUMBER", "PEER", "NAME", "UNREAD", "ASSIGNEE", "LABELS", "LAST", "TEXT").
		leaveOut("LABELS", "ASSIGNEE", "LAST", "NUMBER")
	for i := range list {
		v := &list[i]
		t.row(decimal(v.ID), v.Number, v.Peer, oneLine(v.Name, 40), fmt.Sprint(v.Unread), oneLine(v.AssigneeName, 40), oneLine(strings.Join(v.Labels, ","), 60),
			clock(v.LastAt), oneLine(v.LastText, widthOf(stdio.Out)))
	}
	t.flush()
	nothingFound(stdio, len(list))
	if len(list) == c.Limit {
		fmt.Fprintf(stdio.Err, "perhaps more; --before %d shows them\n", list[len(list)-1].Last)
	}
	return nil
}

func (c *listConversations) search(ctx context.Context, cl *client.Client, stdio IO) error {
	hits, err := cl.SearchTexts(ctx, c.Tenant, c.Search, c.Number, c.Peer, c.Before, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, hits)
	}
	t := newTable(stdio.Out, "CONVERSATION", "MESSAGE", "WAY", "NUMBER", "PEER", "NAME", "AT", "TEXT").leaveOut("NAME", "MESSAGE", "NUMBER")
	for i := range hits {
		h := &hits[i]
		t.row(decimal(h.Conversation), decimal(h.Message), h.Direction, h.Number, h.Peer, oneLine(h.Name, 40), clock(h.At), oneLine(h.Text, widthOf(stdio.Out)))
	}
	t.flush()
	nothingFound(stdio, len(hits))
	return nil
}

type showConversation struct {
	connection
	forTenant
	Before int64 `name:"before" help:"Items before this one." placeholder:"ID"`
	Limit  int   `name:"limit" help:"At most so many, up to 200." default:"50" placeholder:"N"`
	JSON   bool  `name:"json" help:"Print JSON."`
	ID     int64 `arg:"" help:"Of the conversation."`
}

func (c *showConversation) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	head, err := cl.Conversation(ctx, c.Tenant, c.ID)
	if err != nil {
		return err
	}
	page, err := cl.Thread(ctx, c.Tenant, c.ID, c.Before, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, struct {
			wire.ConversationDetail
			wire.Thread
		}{head, page})
	}
	t := newTable(stdio.Out, "AT", "WHAT", "STATUS", "WHO", "TEXT").leaveOut("WHO", "STATUS")
	for _, it := range page.Items {
		switch {
		case it.Message != nil:
			text := it.Message.Text
			if n := len(it.Message.Media); n > 0 {
				text = strings.TrimSpace(fmt.Sprintf("%s (%d %s)", text, n, plural(n, "file")))
			}
			t.row(clock(it.At), it.Message.Direction, it.Message.Status, "", oneLine(text, widthOf(stdio.Out)))
		case it.Entry != nil:
			t.row(clock(it.At), string(it.Entry.Kind), "", oneLine(it.Entry.Who, 40), oneLine(it.Entry.Text, widthOf(stdio.Out)))
		}
	}
	t.flush()
	if page.Before != 0 {
		fmt.Fprintf(stdio.Err, "there is more before; --before %d shows it\n", page.Before)
	}
	if o := head.OptedOut; o != nil {
		fmt.Fprintf(stdio.Err, "%s gets no texts from %s: ", head.Peer, head.Number)
		if o.Word != "" {
			fmt.Fprintf(stdio.Err, "it sent %s at %s\n", o.Word, date(o.At))
		} else {
			fmt.Fprintf(stdio.Err, "on the suppression list since %s\n", date(o.At))
		}
	}
	if head.Blocked {
		fmt.Fprintf(stdio.Err, "%s is blocked\n", head.Peer)
	}
	return nil
}

type replyConversation struct {
	connection
	forTenant
	Media    []string      `name:"media" help:"URL of a picture; may be given again." placeholder:"URL" sep:"none"`
	At       string        `name:"at" help:"Send then, not now: RFC 3339, as 2026-11-24T18:00:00Z." placeholder:"TIME"`
	Validity time.Duration `name:"validity" help:"How long it may wait for a carrier, as 4h." placeholder:"D"`
	Key      string        `name:"key" help:"Idempotency key: the same command again sends nothing twice." placeholder:"K"`
	JSON     bool          `name:"json" help:"Print JSON."`
	ID       int64         `arg:"" help:"Of the conversation."`
	Text     string        `arg:"" optional:"" help:"The text; - reads it from standard input."`
}

func (c *replyConversation) Run(ctx context.Context, stdio IO) error {
	d := wire.ReplyDraft{Text: c.Text, Media: c.Media, Validity: validity(c.Validity)}
	if c.Text == "-" {
		b, err := io.ReadAll(io.LimitReader(stdio.In, 1<<20))
		if err != nil {
			return err
		}
		d.Text = strings.TrimSuffix(string(b), "\n")
	}
	if d.Text == "" && len(d.Media) == 0 {
		return usagef("a text is needed, or --media")
	}
	if c.At != "" {
		var err error
		if d.At, err = time.Parse(time.RFC3339, c.At); err != nil {
			return usagef("--at: %q is no time such as 2026-11-24T18:00:00Z", c.At)
		}
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	sent, err := cl.Reply(ctx, c.Tenant, c.ID, d, c.Key)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, sent)
	}
	for _, m := range sent.Messages {
		fmt.Fprintln(stdio.Out, m.ID)
	}
	return nil
}

// validity writes a time span for the API; 0: the usual.
func validity(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

type exportConversations struct {
	connection
	forTenant
	Format string `name:"format" enum:"csv,json" default:"csv" help:"csv or json."`
	Number string `name:"number" help:"Only those of this number of yours." placeholder:"N"`
	toFile
	ID int64 `arg:"" optional:"" help:"Only this conversation."`
}

func (c *exportConversations) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	return c.write(stdio, func(w io.Writer) error { return cl.ExportConversations(ctx, c.Tenant, c.Format, c.ID, c.Number, w) })
}

// toFile is where an export goes.
type toFile struct {
	Output string `name:"output" short:"o" help:"Write to this file, which there must not be." placeholder:"FILE"`
}

// write gives an export to the standard output or a new file.
func (o *toFile) write(stdio IO, export func(io.Writer) error) error {
	if o.Output == "" {
		return export(stdio.Out)
	}
	f, err := os.OpenFile(o.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usageError{err}
	}
	if err := errors.Join(export(f), f.Close()); err != nil {
		os.Remove(o.Output) // half a file would pass for one
		return err
	}
	fmt.Fprintf(stdio.Err, "%s is written\n", o.Output)
	return nil
}
