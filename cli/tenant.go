package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wirechief/wirechief/api/setting"
	"github.com/wirechief/wirechief/api/wire"
)

// tenant is `wirechief tenant`.
type tenant struct {
	Show showTenant `cmd:"" help:"The settings of a tenant."`
	Set  setTenant  `cmd:"" help:"Change settings of a tenant."`
}

type showTenant struct {
	connection
	forTenant
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *showTenant) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	t, err := cl.Tenant(ctx, c.Tenant)
	if err != nil {
		return err
	}
	return printTenant(stdio, &t, c.JSON)
}

func printTenant(stdio IO, t *wire.Tenant, asJSON bool) error {
	if asJSON {
		return printJSON(stdio.Out, t)
	}
	table := newTable(stdio.Out, "SETTING", "VALUE").whole()
	for _, row := range [][2]string{
		{"id", t.ID},
		{"name", t.Name},
		{"time_zone", t.TimeZone},
		{"quiet_hours", t.QuietHours},
		{"sending_window", t.SendingWindow},
		{"opt_out.replies", yes(t.OptOut.Replies)},
		{"opt_out.languages", strings.Join(t.OptOut.Languages, ",")},
		{"opt_out.message", t.OptOut.Message},
		{"opt_out.start_message", t.OptOut.StartMessage},
		{"opt_out.help_message", t.OptOut.HelpMessage},
		{"retention.texts", t.Retention.Texts},
		{"retention.media", t.Retention.Media},
		{"retention.messages", t.Retention.Messages},
	} {
		table.row(row[0], oneLine(row[1], 10_000))
	}
	table.flush()
	return nil
}

type setTenant struct {
	connection
	forTenant
	Clear []string `name:"clear" help:"Set this back, as quiet_hours." placeholder:"NAME"`
	JSON  bool     `name:"json" help:"Print JSON."`
	What  []string `arg:"" optional:"" name:"setting" help:"name=value, by the names of the API: quiet_hours=21:00-08:00 sending_window='mon-fri 09:00-18:00' time_zone=America/Los_Angeles opt_out.replies=true opt_out.languages=en,es retention.texts=90d."`
}

func (c *setTenant) Run(ctx context.Context, stdio IO) error {
	patch := wire.MergePatch{}
	reader := setting.NewTenantReader(",")
	for _, word := range c.What {
		name, value, assigns := strings.Cut(word, "=")
		if !assigns {
			return usagef("%s: say NAME=VALUE, or --clear NAME", word)
		}
		if err := reader.Set(patch, name, value); err != nil {
			return usageOf(err)
		}
	}
	for _, name := range slices.Sorted(slices.Values(c.Clear)) {
		if err := reader.Clear(patch, name); err != nil {
			return usageOf(err)
		}
	}
	if len(patch) == 0 {
		return usagef("say what to change: name=value or --clear NAME; wirechief tenant show says what there is")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	t, err := cl.SetTenant(ctx, c.Tenant, patch)
	if err != nil {
		return err
	}
	return printTenant(stdio, &t, c.JSON)
}

type testNumber struct {
	connection
	forTenant
	Number string `arg:"" help:"A number of yours that is in service."`
}

func (c *testNumber) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if err := cl.TestNumber(ctx, c.Tenant, c.Number); err != nil {
		return err
	}
	fmt.Fprintf(stdio.Out, "a text from Wirechief went down the wires of %s\n", c.Number)
	fmt.Fprintln(stdio.Err, "wirechief deliveries list shows what became of it")
	return nil
}
