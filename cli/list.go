package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// list is `wirechief list`.
type list struct {
	connection
	forTenant
	JSON bool   `name:"json" help:"Print JSON."`
	Kind string `arg:"" enum:"${kinds}" help:"Of which: ${kinds}."`
}

// kinds are what list shows, in the order in which it names them.
func kinds() []string {
	return []string{"addresses", "groups", "brands", "schedules", "properties", "agents", "ivrs", "flows", "greetings", "webhooks", "campaigns"}
}

func (c *list) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	things, err := c.things(ctx, cl)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, things.all)
	}
	t := newTable(stdio.Out, things.columns...).leaveOut("PROVINCE", "ZIP", "TIME ZONE", "DESCRIPTION", "METHOD")
	for _, row := range things.rows {
		for i := range row {
			row[i] = oneLine(row[i], 60)
		}
		t.row(row...)
	}
	t.flush()
	nothingFound(stdio, len(things.rows))
	return nil
}

// things are all of one kind, as they are and as a table.
type things struct {
	all     any
	columns []string
	rows    [][]string
}

func thingsOf[W any](all []W, err error, columns []string, row func(*W) []string) (things, error) {
	t := things{all: all, columns: columns}
	for i := range all {
		t.rows = append(t.rows, row(&all[i]))
	}
	return t, err
}

// things gets those of the kind.
func (c *list) things(ctx context.Context, cl *client.Client) (things, error) {
	switch c.Kind {
	case "addresses":
		all, err := cl.Addresses().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "NAME", "STREET", "CITY", "PROVINCE", "ZIP", "COUNTRY"}, func(a *wire.Address) []string {
			return []string{decimal(a.ID), a.Name, a.Street, a.City, a.Province, a.Zip, a.Country}
		})
	case "groups":
		all, err := cl.Groups().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "NAME", "DEFAULT", "AGENTS"}, func(g *wire.Group) []string {
			return []string{decimal(g.ID), g.Name, yes(g.Default), strings.Join(g.Agents, ",")}
		})
	case "brands":
		all, err := cl.Brands().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "NAME", "DEFAULT"}, func(b *wire.Brand) []string {
			return []string{decimal(b.ID), b.Name, yes(b.Default)}
		})
	case "schedules":
		all, err := cl.Schedules().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "NAME", "TIME ZONE", "INTERVALS"}, func(s *wire.Schedule) []string {
			return []string{decimal(s.ID), s.Name, s.TimeZone, strconv.Itoa(len(s.Intervals))}
		})
	case "properties":
		all, err := cl.Properties().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"SID", "NAME", "TIME ZONE"}, func(p *wire.Property) []string {
			return []string{p.SID, p.Name, p.TimeZone}
		})
	case "agents":
		all, err := cl.Agents().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "EMAIL", "NAME", "STATE", "PHONE"}, func(a *wire.Agent) []string {
			return []string{decimal(a.ID), a.Email, a.Name, a.State, a.Phone}
		})
	case "ivrs":
		all, err := cl.IVRs().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "NAME", "MENUS"}, func(v *wire.IVR) []string {
			return []string{decimal(v.ID), v.Name, strconv.Itoa(len(v.Menus))}
		})
	case "flows":
		all, err := cl.Flows().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "NAME", "PROPERTY", "REVISION"}, func(f *wire.Flow) []string {
			return []string{f.ID, f.Name, f.Property, strconv.Itoa(f.Revision)}
		})
	case "greetings":
		all, err := cl.Greetings().List(ctx, c.Tenant)
		return thingsOf(all, err, []string{"ID", "NAME", "CATEGORY", "FILE"}, func(g *wire.Greeting) []string {
			return []string{decimal(g.ID), g.Name, g.Category, g.File}
		})
	case "webhooks":
		all, err := cl.Webhooks(ctx, c.Tenant)
		return thingsOf(all, err, []string{"NAME", "METHOD", "DLR", "URL", "DESCRIPTION"}, func(w *wire.Webhook) []string {
			return []string{w.Name, w.Method, yes(w.DLR), w.URL, w.Description}
		})
	}
	all, err := cl.Campaigns(ctx, c.Tenant)
	return thingsOf(all, err, []string{"TCR", "BRAND", "APPROVED", "NUMBERS"}, func(c *wire.Campaign) []string {
		return []string{c.TCR, c.Brand, yes(c.Approved), strconv.Itoa(c.Numbers)}
	})
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

func yes(is bool) string { return map[bool]string{true: "yes", false: "no"}[is] }

// addressID finds the id of an address that is given by its id or its name.
func addressID(ctx context.Context, cl *client.Client, tenant, given string) (int64, error) {
	if id, err := strconv.ParseInt(given, 10, 64); err == nil || given == "" {
		return id, nil
	}
	all, err := cl.Addresses().List(ctx, tenant)
	if err != nil {
		return 0, err
	}
	var found []int64
	for i := range all {
		if all[i].Name == given {
			found = append(found, all[i].ID)
		}
	}
	switch len(found) {
	case 0:
		return 0, fmt.Errorf("address: there is no address %q; wirechief list addresses shows those that there are", given)
	case 1:
		return found[0], nil
	}
	return 0, fmt.Errorf("address: %d addresses are named %q; give the id of one", len(found), given)
}
