package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/setting"
	"github.com/wirechief/wirechief/api/wire"
)

// numbers is `wirechief numbers`.
type numbers struct {
	Search       searchNumbers    `cmd:"" help:"Numbers that can be bought."`
	Reserve      reserveNumbers   `cmd:"" help:"Hold numbers for a time; extend that, or give them up."`
	Reservations listReservations `cmd:"" help:"What is held."`
	Order        orderNumber      `cmd:"" help:"Buy a number."`
	List         listNumbers      `cmd:"" help:"The numbers on the account."`
	Show         showNumber       `cmd:"" help:"One number with all that it does."`
	Set          setNumbers       `cmd:"" help:"Change what numbers do."`
	Test         testNumber       `cmd:"" help:"Send a marked text down the wires of a number."`
	Release      releaseNumbers   `cmd:"" help:"Take numbers out of service. For a time they can be had back."`
	Restore      restoreNumbers   `cmd:"" help:"Have numbers back that were released."`
	Events       numberEvents     `cmd:"" help:"What happened to numbers, the newest first."`
	Import       importNumbers    `cmd:"" help:"Put numbers on a tenant's account that it has elsewhere; for the operator."`
	Export       exportNumbers    `cmd:"" help:"Write numbers and what they do as a table, for import."`
}

// forTenant is the flag by which the operator says whose numbers are meant.
type forTenant struct {
	Tenant string `name:"tenant" help:"For the operator: the tenant that is meant." placeholder:"ID"`
}

// selected are the flags that select numbers.
type selected struct {
	States       []string `name:"state" help:"In any of these states: reserved, ordered, pending, in_service, aging; by default those on the account." placeholder:"S"`
	Types        []string `name:"type" help:"Of any of these types: local, toll-free, mobile, national, shared-rate." placeholder:"T"`
	Capabilities []string `name:"capability" help:"That can do all of these: voice, sms, mms, fax." placeholder:"C"`
	Property     string   `name:"property" help:"Of this property." placeholder:"SID"`
	Campaign     string   `name:"campaign" help:"Of this campaign." placeholder:"TCR"`
	Webhook      string   `name:"webhook" help:"With this webhook." placeholder:"NAME"`
	Tag          string   `name:"tag" help:"With this tag." placeholder:"T"`
	Text         string   `name:"text" help:"With this in number, name, tags, notes or reference." placeholder:"TEXT"`
}

func (s *selected) query(tenant string) client.NumberQuery {
	return client.NumberQuery{
		Tenant: tenant, States: s.States, Types: s.Types, Capabilities: s.Capabilities, Property: s.Property, Campaign: s.Campaign,
		Webhook: s.Webhook, Tag: s.Tag, Text: s.Text,
	}
}

type listNumbers struct {
	connection
	forTenant
	selected
	Newest bool `name:"newest" help:"The newest first; else in their order."`
	Limit  int  `name:"limit" help:"At most so many; 0: all." placeholder:"N"`
	Offset int  `name:"offset" help:"Leave out so many first." placeholder:"N"`
	JSON   bool `name:"json" help:"Print JSON."`
}

func (c *listNumbers) Run(ctx context.Context, stdio IO) error {
	if c.Limit < 0 || c.Offset < 0 {
		return usagef("--limit and --offset are 0 or more")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	q := c.query(c.Tenant)
	q.Newest, q.Offset = c.Newest, c.Offset
	list, total, err := allNumbers(ctx, cl, q, c.Limit)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	printNumbers(stdio, list)
	nothingFound(stdio, len(list))
	if left := total - c.Offset - len(list); left > 0 {
		fmt.Fprintf(stdio.Err, "%d more; --offset %d shows them\n", left, c.Offset+len(list))
	}
	return nil
}

// allNumbers gets numbers page by page.
func allNumbers(ctx context.Context, cl *client.Client, q client.NumberQuery, most int) (list []wire.Number, total int, err error) {
	const page = 1000
	list = []wire.Number{}
	for {
		q.Limit = page
		if most > 0 {
			q.Limit = min(page, most-len(list))
		}
		var more []wire.Number
		if more, total, err = cl.FindNumbers(ctx, q); err != nil {
			return nil, 0, err
		}
		list = append(list, more...)
		q.Offset += len(more)
		if len(more) < q.Limit || len(list) == most {
			return list, total, nil
		}
	}
}

func printNumbers(stdio IO, list []wire.Number) { numbersTable(stdio.Out, list).flush() }

func numbersTable(w io.Writer, list []wire.Number) *table {
	t := newTable(w, "NUMBER", "TENANT", "STATE", "TYPE", "CARRIER", "ENABLED", "CAMPAIGN", "WEBHOOK", "NAME").
		unlessSeveral("TENANT").leaveOut("WEBHOOK", "CAMPAIGN", "CARRIER", "TENANT", "TYPE", "ENABLED")
	for i := range list {
		n := &list[i]
		t.row(n.Number, n.Tenant, n.State, n.Type, n.Carrier, strings.Join(n.Enabled, ","), n.Campaign, n.Webhook, oneLine(n.Name, 40))
	}
	return t
}

type showNumber struct {
	connection
	forTenant
	JSON   bool   `name:"json" help:"Print JSON."`
	Number string `arg:"" help:"It."`
}

func (c *showNumber) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	n, err := cl.NumberOf(ctx, c.Tenant, c.Number)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, n)
	}
	return printNumber(stdio, &n)
}

// printNumber shows a number and, as they are set, those of its settings that
// are not as they are when nothing is said.
func printNumber(stdio IO, n *wire.Number) error {
	printNumbers(stdio, []wire.Number{*n})
	fmt.Fprintln(stdio.Out)
	t := newTable(stdio.Out, "SETTING", "VALUE").whole()
	for _, row := range [][2]string{
		{"id", strconv.FormatInt(n.ID, 10)},
		{"until", rfc3339(n.Until)},
		{"reservation", n.Reservation},
		{"country", n.Country},
		{"location", n.Location},
		{"price", n.Price},
		{"address_rule", n.AddressRule},
		{"capabilities", strings.Join(n.Capabilities, ",")},
		{"toll_free_verification", n.TollFreeVerification},
		{"activated_at", rfc3339(n.ActivatedAt)},
		{"modified_at", rfc3339(n.ModifiedAt)},
	} {
		if row[1] != "" {
			t.row(row[0], row[1])
		}
	}
	values, err := setting.Values(&n.Settings, ",")
	if err != nil {
		return err
	}
	usual, err := setting.Values(&wire.Settings{FallbackAfter: 3, Replies: wire.Replies{Window: "12h"}, Voice: wire.Voice{Calls: wire.Calls(wirechief.DefaultCalls())}}, ",")
	if err != nil {
		return err
	}
	for i, name := range setting.Names() {
		if values[i] != usual[i] {
			t.row(name, oneLine(values[i], 2000))
		}
	}
	t.flush()
	return nil
}

func rfc3339(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

type numberEvents struct {
	connection
	forTenant
	Before int64  `name:"before" help:"With ids below this." placeholder:"ID"`
	Limit  int    `name:"limit" help:"At most so many." default:"20"`
	JSON   bool   `name:"json" help:"Print JSON."`
	Number string `arg:"" optional:"" help:"Only of this number."`
}

func (c *numberEvents) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.NumberEvents(ctx, client.EventQuery{Tenant: c.Tenant, Number: c.Number, Before: c.Before, Limit: c.Limit})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "AT", "NUMBER", "TENANT", "EVENT", "BY", "DETAIL").unlessSeveral("TENANT").leaveOut("ID", "TENANT", "BY")
	for _, e := range list {
		detail := strings.Trim(e.Message+"; "+e.Detail, "; ")
		t.row(strconv.FormatInt(e.ID, 10), date(e.At), e.Number, e.Tenant, e.Type, e.By, oneLine(detail, widthOf(stdio.Out)))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}
