package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// auditLog is `wirechief audit`.
type auditLog struct {
	List listAudit `cmd:"" help:"Who changed what, the newest first."`
}

type listAudit struct {
	connection
	Tenant  string `name:"tenant" help:"For the operator: only this tenant's." placeholder:"ID"`
	Action  string `name:"action" help:"Only this, as number.change, or all that begin so, as number." placeholder:"A"`
	Subject string `name:"subject" help:"Only what was done to this number, name or id." placeholder:"S"`
	Who     string `name:"who" help:"Only what they did." placeholder:"W"`
	Since   string `name:"since" help:"Not before: RFC 3339, or so long ago, as 24h." placeholder:"TIME"`
	Before  int64  `name:"before" help:"With ids below this." placeholder:"ID"`
	Limit   int    `name:"limit" help:"At most so many." default:"20"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

func (c *listAudit) Run(ctx context.Context, stdio IO) error {
	q := client.AuditQuery{Tenant: c.Tenant, Action: c.Action, Subject: c.Subject, Who: c.Who, Before: c.Before, Limit: c.Limit}
	if c.Since != "" {
		if d, err := time.ParseDuration(c.Since); err == nil {
			q.From = time.Now().Add(-d)
		} else if q.From, err = time.Parse(time.RFC3339, c.Since); err != nil {
			return usagef("--since: %q is neither a time such as 2027-01-01T00:00:00Z nor a time span such as 24h", c.Since)
		}
	}
	if c.Limit < 1 || c.Limit > 1000 {
		return usagef("--limit is 1 to 1000")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.Audit(ctx, q)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "AT", "TENANT", "WHO", "VIA", "FROM", "ACTION", "SUBJECT", "CHANGES").
		unlessSeveral("TENANT").leaveOut("ID", "FROM", "VIA")
	for i := range list {
		e := &list[i]
		t.row(decimal(e.ID), clock(e.At), e.Tenant, oneLine(e.Who, 40), e.Via, e.Address, e.Action, oneLine(e.Subject, 40), oneLine(changesOf(e), widthOf(stdio.Out)))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

// changesOf writes the changes of an entry on one line.
func changesOf(e *wire.AuditEntry) string {
	out := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		out[i] = fmt.Sprintf("%s: %s", c.Field, c.After)
		switch {
		case c.Before != "" && c.After != "":
			out[i] = fmt.Sprintf("%s: %s > %s", c.Field, c.Before, c.After)
		case c.Before != "":
			out[i] = fmt.Sprintf("%s: %s > nothing", c.Field, c.Before)
		}
	}
	return strings.Join(out, "; ")
}
