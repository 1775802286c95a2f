package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// messages is `wirechief messages`.
type messages struct {
	List   listMessages  `cmd:"" help:"The newest messages."`
	Show   showMessage   `cmd:"" help:"One message with its timeline, from accept to webhook."`
	Tail   tailMessages  `cmd:"" help:"Follow messages as they come."`
	Cancel cancelMessage `cmd:"" help:"Withdraw a message that has not left yet."`
}

// selection is the filters of list and tail.
type selection struct {
	Tenant    string `name:"tenant" help:"For the operator: only this tenant's." placeholder:"ID"`
	Direction string `name:"direction" help:"inbound or outbound." placeholder:"D"`
	Status    string `name:"status" help:"Only in this status, as delivered." placeholder:"S"`
	Number    string `name:"number" help:"With this number at either end." placeholder:"N"`
}

func (s *selection) query() client.MessageQuery {
	return client.MessageQuery{Tenant: s.Tenant, Direction: s.Direction, Status: s.Status, Number: s.Number}
}

type listMessages struct {
	connection
	selection
	Ref    string `name:"ref" help:"Of the request with this reference." placeholder:"UUID"`
	Before int64  `name:"before" help:"With ids below this." placeholder:"ID"`
	Limit  int    `name:"limit" help:"At most so many." default:"20"`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (c *listMessages) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	q := c.query()
	q.Ref, q.Before, q.Limit = c.Ref, c.Before, c.Limit
	list, err := cl.Messages(ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "TENANT", "AT", "WAY", "FROM", "TO", "STATUS", "CARRIER", "TEXT").unlessSeveral("TENANT").leaveOut("CARRIER", "TENANT", "WAY")
	for i := range list {
		t.row(messageCells(&list[i])...)
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

func messageCells(m *wire.Message) []string {
	way := "out"
	if m.Direction == "inbound" {
		way = "in"
	}
	return []string{strconv.FormatInt(m.ID, 10), m.Tenant, clock(m.CreatedAt), way, m.From, m.To, m.Status, m.Carrier, oneLine(m.Text, 40)}
}

type showMessage struct {
	connection
	Last bool  `name:"last" help:"The newest one."`
	JSON bool  `name:"json" help:"Print JSON."`
	ID   int64 `arg:"" optional:"" help:"Its id."`
}

func (c *showMessage) Run(ctx context.Context, stdio IO) error {
	if c.Last == (c.ID != 0) {
		return usagef("name the message by its id, or say --last")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if c.Last {
		newest, err := cl.Messages(ctx, client.MessageQuery{Limit: 1})
		if err != nil {
			return err
		}
		if len(newest) == 0 {
			return errors.New("there is no message yet")
		}
		c.ID = newest[0].ID
	}
	m, err := cl.Message(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, m)
	}
	printMessage(stdio, &m)
	return nil
}

type cancelMessage struct {
	connection
	JSON bool  `name:"json" help:"Print JSON."`
	ID   int64 `arg:"" help:"Its id."`
}

func (c *cancelMessage) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	m, err := cl.Cancel(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, m)
	}
	fmt.Fprintf(stdio.Out, "%d is %s\n", m.ID, m.Status)
	return nil
}

type tailMessages struct {
	connection
	selection
	After *int64 `name:"after" help:"Begin behind this id, not now; 0 begins with the oldest." placeholder:"ID"`
	Count int    `name:"count" short:"n" help:"End after so many." placeholder:"N"`
	JSON  bool   `name:"json" help:"Print JSON, a message a line."`
}

func (c *tailMessages) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	q := c.query()
	if c.After != nil {
		q.After = max(*c.After, 1) // no id is as low
	}
	shown := 0
	var last error
	lines := json.NewEncoder(stdio.Out)
	lines.SetEscapeHTML(false)
	for m, err := range cl.Tail(ctx, q, 500*time.Millisecond) {
		if last = err; err != nil {
			if _, ok := err.(*wire.Problem); !ok {
				fmt.Fprintf(stdio.Err, "%s; trying again\n", wordsOf(err))
			}
			continue
		}
		if c.JSON {
			if err := lines.Encode(m); err != nil {
				return err
			}
		} else {
			cells := messageCells(&m)
			fmt.Fprintf(stdio.Out, "%s  %s  %-3s  %s → %s  %s  %s\n", cells[0], cells[2], cells[3], cells[4], cells[5], cells[6], oneLine(m.Text, 60))
		}
		if shown++; shown == c.Count {
			return nil
		}
	}
	if ctx.Err() != nil { // Ctrl-C is how a tail ends
		return nil
	}
	return last
}
