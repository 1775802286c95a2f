package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// endpoints is `wirechief endpoints`.
type endpoints struct {
	List   listEndpoints  `cmd:"" help:"The endpoints of a tenant."`
	Put    putEndpoint    `cmd:"" help:"Make an endpoint, or change the one that has the URL."`
	Test   testEndpoint   `cmd:"" help:"Tell an endpoint of a message that nobody sent."`
	Delete deleteEndpoint `cmd:"" help:"Remove endpoints."`
}

type listEndpoints struct {
	connection
	forTenant
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *listEndpoints) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	all, err := cl.Endpoints().List(ctx, c.Tenant)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, all)
	}
	t := newTable(stdio.Out, "ID", "ENABLED", "EVENTS", "URL", "DESCRIPTION").leaveOut("DESCRIPTION")
	for i := range all {
		e := &all[i]
		t.row(decimal(e.ID), yes(e.Enabled), eventsOf(e), oneLine(e.URL, 60), oneLine(e.Description, 40))
	}
	t.flush()
	nothingFound(stdio, len(all))
	return nil
}

func eventsOf(e *wire.Endpoint) string {
	if len(e.Events) == 0 {
		return "all"
	}
	return strings.Join(e.Events, ",")
}

type putEndpoint struct {
	connection
	forTenant
	Events      *string `name:"events" help:"What it is told of, separated by commas: message.received, message.delivered, message.failed, message.expired, message.suppressed, message.canceled, message.unknown; all for all." placeholder:"E,E"`
	Description *string `name:"description" help:"What it is for." placeholder:"S"`
	Enabled     *bool   `name:"enabled" negatable:"" help:"Whether it is told at all; a new one is."`
	NewURL      string  `name:"new-url" help:"Another URL for one that is there." placeholder:"URL"`
	JSON        bool    `name:"json" help:"Print JSON."`
	URL         string  `arg:"" name:"url" help:"Its URL, or its id."`
}

func (c *putEndpoint) Run(ctx context.Context, stdio IO) error {
	patch := make(map[string]any)
	switch {
	case c.Events == nil:
	case *c.Events == "all" || *c.Events == "":
		patch["events"] = []string{}
	default:
		patch["events"] = strings.Split(*c.Events, ",")
	}
	if c.Description != nil {
		patch["description"] = *c.Description
	}
	if c.Enabled != nil {
		patch["enabled"] = *c.Enabled
	}
	if c.NewURL != "" {
		patch["url"] = c.NewURL
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	e, err := findEndpoint(ctx, cl, c.Tenant, c.URL)
	switch {
	case err != nil:
		return err
	case e != nil:
		*e, err = cl.Endpoints().Change(ctx, c.Tenant, decimal(e.ID), patch)
	case c.NewURL != "":
		return fmt.Errorf("there is no endpoint %s", c.URL)
	default:
		patch["url"] = c.URL
		e = new(wire.Endpoint)
		*e, err = cl.Endpoints().Create(ctx, c.Tenant, patch)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, e)
	}
	fmt.Fprintf(stdio.Out, "%d %s is told of %s\n", e.ID, e.URL, map[bool]string{true: eventsOf(e), false: "nothing: it is disabled"}[e.Enabled])
	return nil
}

// findEndpoint finds one by its URL or its id; nil when there is none.
func findEndpoint(ctx context.Context, cl *client.Client, tenant, given string) (*wire.Endpoint, error) {
	all, err := cl.Endpoints().List(ctx, tenant)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].URL == given || decimal(all[i].ID) == given {
			return &all[i], nil
		}
	}
	return nil, nil
}

type testEndpoint struct {
	connection
	forTenant
	JSON bool   `name:"json" help:"Print JSON."`
	URL  string `arg:"" name:"url" help:"Its URL, or its id."`
}

func (c *testEndpoint) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	e, err := findEndpoint(ctx, cl, c.Tenant, c.URL)
	if err == nil && e == nil {
		err = fmt.Errorf("there is no endpoint %s", c.URL)
	}
	if err != nil {
		return err
	}
	d, err := cl.TestEndpoint(ctx, c.Tenant, decimal(e.ID))
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, d)
	}
	fmt.Fprintf(stdio.Out, "delivery %d is on its way; wirechief deliveries show %d says what came of it\n", d.ID, d.ID)
	return nil
}

type deleteEndpoint struct {
	connection
	forTenant
	URLs []string `arg:"" name:"url" help:"Their URLs, or their ids."`
}

func (c *deleteEndpoint) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	for _, given := range c.URLs {
		e, err := findEndpoint(ctx, cl, c.Tenant, given)
		if err == nil && e == nil {
			err = fmt.Errorf("there is no endpoint %s", given)
		}
		if err == nil {
			err = cl.Endpoints().Delete(ctx, c.Tenant, decimal(e.ID))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// secrets is `wirechief secrets`.
type secrets struct {
	List   listSecrets  `cmd:"" help:"The destinations whose deliveries are signed."`
	Create createSecret `cmd:"" help:"Sign what goes to a URL. The secret is printed this once."`
	Rotate rotateSecret `cmd:"" help:"Exchange a secret for a new one, which is printed this once."`
	Remove removeSecret `cmd:"" help:"Sign nothing any more that goes to a URL."`
}

type listSecrets struct {
	connection
	forTenant
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *listSecrets) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	all, err := cl.Secrets(ctx, c.Tenant)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, all)
	}
	t := newTable(stdio.Out, "ID", "DESTINATION", "HINT", "CREATED", "ROTATED", "OLD UNTIL", "CREATED BY").leaveOut("CREATED BY", "HINT")
	for i := range all {
		s := &all[i]
		t.row(decimal(s.ID), oneLine(s.Destination, 60), s.Hint, clock(s.CreatedAt), clock(s.RotatedAt), clock(s.OldUntil), oneLine(s.CreatedBy, 40))
	}
	t.flush()
	nothingFound(stdio, len(all))
	return nil
}

type createSecret struct {
	connection
	forTenant
	JSON bool   `name:"json" help:"Print JSON."`
	URL  string `arg:"" name:"url" help:"The destination, as it stands at the webhook, forward, hook or endpoint."`
}

func (c *createSecret) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	s, err := cl.CreateSecret(ctx, c.Tenant, wire.SignSecretRequest{Destination: c.URL})
	if err != nil {
		return err
	}
	return printSecret(stdio, c.JSON, &s)
}

// printSecret prints the secret alone, for a script to take; a person reads the rest.
func printSecret(stdio IO, asJSON bool, s *wire.NewSignSecret) error {
	if asJSON {
		return printJSON(stdio.Out, s)
	}
	fmt.Fprintln(stdio.Out, s.Secret)
	if !s.OldUntil.IsZero() {
		fmt.Fprintf(stdio.Err, "the old one signs, too, until %s\n", rfc3339(&s.OldUntil))
	}
	fmt.Fprintln(stdio.Err, "keep the secret now; it is not shown again")
	return nil
}

type rotateSecret struct {
	connection
	forTenant
	Keep string `name:"keep" help:"How long the old one signs beside the new: 0s to 720h; 0s ends it now." default:"24h" placeholder:"D"`
	JSON bool   `name:"json" help:"Print JSON."`
	URL  string `arg:"" name:"url" help:"The destination, or the id of its secret."`
}

func (c *rotateSecret) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	id, err := secretID(ctx, cl, c.Tenant, c.URL)
	if err != nil {
		return err
	}
	s, err := cl.RotateSecret(ctx, c.Tenant, id, wire.Rotation{Keep: c.Keep})
	if err != nil {
		return err
	}
	return printSecret(stdio, c.JSON, &s)
}

type removeSecret struct {
	connection
	forTenant
	URL string `arg:"" name:"url" help:"The destination, or the id of its secret."`
}

func (c *removeSecret) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	id, err := secretID(ctx, cl, c.Tenant, c.URL)
	if err != nil {
		return err
	}
	return cl.RemoveSecret(ctx, c.Tenant, id)
}

// secretID finds a secret by its destination or its id.
func secretID(ctx context.Context, cl *client.Client, tenant, given string) (int64, error) {
	if id, err := strconv.ParseInt(given, 10, 64); err == nil {
		return id, nil
	}
	all, err := cl.Secrets(ctx, tenant)
	if err != nil {
		return 0, err
	}
	for i := range all {
		if all[i].Destination == given {
			return all[i].ID, nil
		}
	}
	return 0, fmt.Errorf("%s has no secret; wirechief secrets create gives it one", given)
}
