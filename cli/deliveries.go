package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// deliveries is `wirechief deliveries`.
type deliveries struct {
	List   listDeliveries     `cmd:"" help:"The newest deliveries."`
	Show   showDelivery       `cmd:"" help:"One delivery with what was sent and answered."`
	Replay replayDeliveries   `cmd:"" help:"Try deliveries again: those named, or all that the flags select."`
	Pause  pauseDestination   `cmd:"" help:"Pause a destination; what there is to tell it is kept."`
	Resume resumeDestinations `cmd:"" help:"Resume a paused destination."`
}

type listDeliveries struct {
	connection
	Tenant      string `name:"tenant" help:"For the operator: only this tenant's." placeholder:"ID"`
	Message     int64  `name:"message" help:"About this message." placeholder:"ID"`
	Status      string `name:"status" help:"pending, delivered, exhausted, paused or canceled." placeholder:"S"`
	Kind        string `name:"kind" help:"webhook, http, email, sms or console." placeholder:"K"`
	Destination string `name:"destination" help:"To this URL, mail address or number." placeholder:"D"`
	Before      int64  `name:"before" help:"With ids below this." placeholder:"ID"`
	Limit       int    `name:"limit" help:"At most so many." default:"20"`
	JSON        bool   `name:"json" help:"Print JSON."`
}

func (c *listDeliveries) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.Deliveries(ctx, client.DeliveryQuery{
		Tenant: c.Tenant, Message: c.Message, Status: c.Status, Kind: c.Kind, Destination: c.Destination, Before: c.Before, Limit: c.Limit,
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "KIND", "STATUS", "TRIES", "LAST", "NEXT", "MESSAGE", "DESTINATION").leaveOut("KIND", "TRIES", "NEXT", "MESSAGE", "LAST")
	for i := range list {
		d := &list[i]
		last := ""
		if n := len(d.Attempts); n > 0 {
			last = orText(statusWords(&d.Attempts[n-1]), d.Attempts[n-1].Class)
		}
		t.row(strconv.FormatInt(d.ID, 10), d.Kind, d.Status, strconv.Itoa(len(d.Attempts)), last, clock(instant(d.NextAt)),
			strconv.FormatInt(d.MessageID, 10), oneLine(d.Destination, 80))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

func instant(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

type showDelivery struct {
	connection
	JSON bool  `name:"json" help:"Print JSON."`
	ID   int64 `arg:"" help:"Its id."`
}

func (c *showDelivery) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	d, err := cl.Delivery(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, d)
	}
	fmt.Fprintf(stdio.Out, "delivery %d of message %d: %s\n%s %s\n%s\n\n", d.ID, d.MessageID, d.Status, d.Method, d.Destination, oneLine(d.Body, 4000))
	t := newTable(stdio.Out, "TRY", "AT", "ANSWER", "TOOK", "PEER", "NEXT", "ERROR").leaveOut("PEER", "NEXT", "TOOK")
	for i := range d.Attempts {
		a := &d.Attempts[i]
		t.row(strconv.Itoa(a.N), clock(a.At), orText(statusWords(a), a.Class), fmt.Sprintf("%.1f ms", a.DurationMS), a.Peer, clock(a.NextAt), oneLine(errorWords(a), 80))
	}
	t.flush()
	for i := range d.Attempts {
		if body := d.Attempts[i].Body; body != "" {
			fmt.Fprintf(stdio.Out, "\nanswer %d: %s\n", d.Attempts[i].N, oneLine(body, 2000))
		}
	}
	return nil
}

type replayDeliveries struct {
	connection
	Tenant      string  `name:"tenant" help:"For the operator: only this tenant's." placeholder:"ID"`
	Message     int64   `name:"message" help:"Those about this message." placeholder:"ID"`
	Status      string  `name:"status" help:"Those in this status; exhausted if nothing is said." placeholder:"S"`
	Kind        string  `name:"kind" help:"Those of this kind." placeholder:"K"`
	Destination string  `name:"destination" help:"Those to this destination." placeholder:"D"`
	JSON        bool    `name:"json" help:"Print JSON."`
	IDs         []int64 `arg:"" optional:"" name:"id" help:"These."`
}

func (c *replayDeliveries) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	n, err := cl.Replay(ctx, wire.Replay{
		IDs: c.IDs, Tenant: c.Tenant, Message: c.Message, Status: c.Status, Kind: c.Kind, Destination: c.Destination,
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, wire.Replayed{Replayed: n})
	}
	fmt.Fprintf(stdio.Out, "%d %s on the way again\n", n, map[bool]string{true: "is", false: "are"}[n == 1])
	return nil
}

// destination is what pause and resume share.
type destination struct {
	connection
	Tenant      string `name:"tenant" help:"For the operator: whose destination it is." placeholder:"ID"`
	Kind        string `name:"kind" help:"webhook, http, email, sms or console." default:"webhook" placeholder:"K"`
	Destination string `arg:"" help:"The URL, mail address or number."`
}

func (c *destination) set(ctx context.Context, stdio IO, paused bool) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	return cl.PauseDestination(ctx, wire.Destination{Tenant: c.Tenant, Kind: c.Kind, Destination: c.Destination, Paused: paused})
}

type (
	pauseDestination   struct{ destination }
	resumeDestinations struct{ destination }
)

func (c *pauseDestination) Run(ctx context.Context, stdio IO) error { return c.set(ctx, stdio, true) }

func (c *resumeDestinations) Run(ctx context.Context, stdio IO) error {
	return c.set(ctx, stdio, false)
}
