package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wirechief/wirechief/api/wire"
)

// keys is `wirechief keys`.
type keys struct {
	List   listKeys  `cmd:"" help:"The credentials of a tenant in all APIs."`
	Create createKey `cmd:"" help:"Make a key. Its secret is printed this once."`
	Revoke revokeKey `cmd:"" help:"Remove keys: they let nobody in from then on."`
}

type listKeys struct {
	connection
	forTenant
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *listKeys) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.Keys(ctx, c.Tenant)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "API", "LABEL", "USER", "HINT", "SCOPES", "EXPIRES", "LAST USED", "CREATED BY").
		leaveOut("CREATED BY", "HINT", "USER", "SCOPES")
	for i := range list {
		k := &list[i]
		t.row(k.ID, k.Dialect, oneLine(k.Label, 40), k.User, k.Hint, strings.Join(k.Scopes, ","), clock(k.ExpiresAt), clock(k.UsedAt), oneLine(k.CreatedBy, 40))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

type createKey struct {
	connection
	forTenant
	API     string   `name:"api" help:"For which API: wirechief, bulkvs, fonedynamics, message2give or zendesk." default:"wirechief" placeholder:"A"`
	Scopes  []string `name:"scope" help:"Of keys of our own API: all, read, send, manage; all if nothing is said." placeholder:"S"`
	Expires string   `name:"expires" help:"When it ends: RFC 3339, as 2027-01-01T00:00:00Z, or from now, as 720h." placeholder:"TIME"`
	JSON    bool     `name:"json" help:"Print JSON."`
	Label   string   `arg:"" help:"By which people know it."`
}

func (c *createKey) Run(ctx context.Context, stdio IO) error {
	r := wire.KeyRequest{Label: c.Label, Dialect: c.API, Scopes: c.Scopes}
	var err error
	if r.ExpiresAt, err = whenOf("--expires", c.Expires); err != nil {
		return err
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	k, err := cl.CreateKey(ctx, c.Tenant, r)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, k)
	}
	// The secret goes out alone, for a script to take; a person reads the rest.
	fmt.Fprintln(stdio.Out, k.Secret)
	for _, line := range [][2]string{{"workspace", k.Account}, {"user", k.User}, {"id", k.ID}} {
		if line[1] != "" {
			fmt.Fprintf(stdio.Err, "%s %s\n", line[0], line[1])
		}
	}
	fmt.Fprintln(stdio.Err, "keep the secret now; it is not shown again")
	return nil
}

// whenOf reads an instant, or a time span from now; empty: zero.
func whenOf(flag, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(value); err == nil {
		return time.Now().Add(d), nil
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return at, usagef("%s: %q is neither a time such as 2027-01-01T00:00:00Z nor a time span such as 720h", flag, value)
	}
	return at, nil
}

type revokeKey struct {
	connection
	forTenant
	IDs []string `arg:"" name:"id" help:"Their ids."`
}

func (c *revokeKey) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	for _, id := range c.IDs {
		if err := cl.RevokeKey(ctx, c.Tenant, id); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}
