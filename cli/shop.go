package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/setting"
	"github.com/wirechief/wirechief/api/wire"
)

type searchNumbers struct {
	connection
	Tenant       string   `name:"tenant" help:"For the operator: for whom the tokens in --json are." placeholder:"ID"`
	Country      string   `name:"country" help:"ISO 3166-1, as US." placeholder:"CC"`
	Types        []string `name:"type" help:"Of any of these types: local, toll-free, mobile, national, shared-rate." placeholder:"T"`
	Capabilities []string `name:"capability" help:"That can do all of these: voice, sms, mms, fax." placeholder:"C"`
	AreaCode     string   `name:"area-code" help:"First digits after the country code, as 510." placeholder:"D"`
	Prefix       string   `name:"prefix" help:"First digits, country code included, as 1510." placeholder:"D"`
	Contains     string   `name:"contains" help:"Digits, letters of a keypad, * for one digit, % for any; + and $ tie it to an end." placeholder:"P"`
	Location     string   `name:"location" help:"State or town." placeholder:"L"`
	Carrier      string   `name:"carrier" help:"Of this carrier." placeholder:"NAME"`
	Limit        int      `name:"limit" help:"At most so many, 1 to 1000." default:"20"`
	Offset       int      `name:"offset" help:"Leave out so many first." placeholder:"N"`
	JSON         bool     `name:"json" help:"Print JSON."`
}

func (c *searchNumbers) Run(ctx context.Context, stdio IO) error {
	if c.Limit < 1 || c.Limit > 1000 || c.Offset < 0 {
		return usagef("--limit is 1 to 1000, and --offset 0 or more")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	found, err := cl.Search(ctx, client.OfferQuery{
		Tenant: c.Tenant, Country: c.Country, Types: c.Types, Capabilities: c.Capabilities, AreaCode: c.AreaCode, Prefix: c.Prefix,
		Contains: c.Contains, Location: c.Location, Carrier: c.Carrier, Limit: c.Limit, Offset: c.Offset,
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, found)
	}
	t := newTable(stdio.Out, "NUMBER", "TYPE", "LOCATION", "CAPABILITIES", "PRICE", "ADDRESS").leaveOut("TYPE", "LOCATION")
	for _, o := range found.Offers {
		t.row(o.Number, o.Type, oneLine(o.Location, 40), strings.Join(o.Capabilities, ","), o.Price, o.Address)
	}
	t.flush()
	nothingFound(stdio, len(found.Offers))
	if found.More {
		fmt.Fprintf(stdio.Err, "there are more; --offset %d shows them\n", c.Offset+len(found.Offers))
	}
	return nil
}

type reserveNumbers struct {
	connection
	forTenant
	Extend  string   `name:"extend" help:"Hold what this reservation holds as long as if it were reserved now." placeholder:"TOKEN" xor:"what"`
	Cancel  string   `name:"cancel" help:"Give up what this reservation holds, or of that the numbers that are named." placeholder:"TOKEN" xor:"what"`
	JSON    bool     `name:"json" help:"Print JSON."`
	Numbers []string `arg:"" optional:"" name:"number" help:"All of these, or none."`
}

func (c *reserveNumbers) Run(ctx context.Context, stdio IO) error {
	switch {
	case c.Extend != "" && len(c.Numbers) > 0:
		return usagef("--extend holds all that the reservation holds; name no numbers")
	case c.Extend == "" && c.Cancel == "" && len(c.Numbers) == 0:
		return usagef("name the numbers to hold, or --extend or --cancel a reservation")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	var r wire.Reservation
	switch {
	case c.Cancel != "":
		if err := cl.CancelReservation(ctx, c.Tenant, c.Cancel, c.Numbers...); err != nil {
			return err
		}
		fmt.Fprintln(stdio.Err, "given up:", orText(strings.Join(c.Numbers, ", "), "all that it held"))
		return nil
	case c.Extend != "":
		r, err = cl.ExtendReservation(ctx, c.Tenant, c.Extend)
	default:
		r, err = cl.Reserve(ctx, c.Tenant, c.Numbers...)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, r)
	}
	fmt.Fprintf(stdio.Out, "%s until %s\n", r.Token, r.Until.Format(time.RFC3339))
	return nil
}

type listReservations struct {
	connection
	forTenant
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *listReservations) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.Reservations(ctx, c.Tenant)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "TOKEN", "TENANT", "UNTIL", "NUMBERS").unlessSeveral("TENANT")
	for _, r := range list {
		t.row(r.Token, r.Tenant, r.Until.Format(time.RFC3339), strings.Join(r.Numbers, ","))
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

type orderNumber struct {
	connection
	forTenant
	From     string   `name:"reservation" aliases:"offer" help:"Token of a reservation or, from search --json, of an offer (--offer)." placeholder:"TOKEN"`
	Address  string   `name:"address" help:"The address to show, by its id or name; by default the first of yours that fits, where one is needed." placeholder:"ID"`
	Property string   `name:"property" help:"Its property; by default your first." placeholder:"SID"`
	MayOwe   bool     `name:"may-owe" help:"Without a fitting address let it be pending until it has one: set N address=ID."`
	Name     string   `name:"name" help:"What it is called." placeholder:"TEXT"`
	JSON     bool     `name:"json" help:"Print JSON."`
	What     []string `arg:"" optional:"" name:"number" help:"The number, and what it is to do as name=value; see set."`
}

func (c *orderNumber) Run(ctx context.Context, stdio IO) error {
	named, patch, err := assignments(c.What, nil)
	switch {
	case err != nil:
		return err
	case len(named) > 1:
		return usagef("one number is bought at a time; %s and %s are named", named[0], named[1])
	case len(named) == 0 && c.From == "":
		return usagef("name the number, or the --reservation or --offer that holds one")
	}
	o := wire.Order{Token: c.From, Property: c.Property, MayOwe: c.MayOwe, Settings: patch}
	if len(named) == 1 {
		o.Number = named[0]
	}
	if c.Name != "" {
		patch["name"] = c.Name
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if o.Address, err = addressID(ctx, cl, c.Tenant, c.Address); err == nil {
		err = byName(ctx, cl, c.Tenant, patch)
	}
	if err != nil {
		return err
	}
	n, err := cl.Order(ctx, c.Tenant, o)
	if p, ok := errors.AsType[*wire.Problem](err); ok && p.Rule == string(wirechief.RuleToken) && strings.HasPrefix(p.Detail, "the token is unknown") {
		p.Detail = "there is no such reservation or offer, or it has run out or been used"
	}
	if p, ok := errors.AsType[*wire.Problem](err); ok && p.Rule == string(wirechief.RuleAddress) && !c.MayOwe && c.Address == "" {
		return fmt.Errorf("%s: --address ID or NAME (wirechief list addresses), or --may-owe to have it pending until it has one", strings.TrimSuffix(p.Detail, "; give one in the order"))
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, n)
	}
	fmt.Fprintf(stdio.Out, "%s is %s\n", n.Number, map[string]string{
		"in_service": "in service", "pending": "yours, and in service once it has an address",
		"ordered": "ordered; its carrier has yet to confirm",
	}[n.State])
	return nil
}

// assignments takes apart what is said as words: numbers, and name=value.
func assignments(words, clear []string) (numbers []string, patch wire.MergePatch, _ error) {
	patch = wire.MergePatch{}
	reader := setting.NewReader(",")
	for _, word := range words {
		name, value, assigns := strings.Cut(word, "=")
		switch {
		case assigns:
		case reader.Knows(word):
			return nil, nil, usagef("%s: say %s=VALUE, or --clear %s", word, word, word)
		default:
			numbers = append(numbers, word)
			continue
		}
		if _, err := strconv.ParseInt(value, 10, 64); name == "address" && err != nil && value != "" {
			patch[name] = value // a name: byName finds which
			continue
		}
		if err := reader.Set(patch, name, value); err != nil {
			return nil, nil, usageOf(err)
		}
	}
	for _, name := range clear {
		if err := reader.Clear(patch, name); err != nil {
			return nil, nil, usageOf(err)
		}
	}
	return numbers, patch, nil
}

// byName puts the id of an address into a patch that has its name.
func byName(ctx context.Context, cl *client.Client, tenant string, patch wire.MergePatch) error {
	name, ok := patch["address"].(string)
	if !ok {
		return nil
	}
	id, err := addressID(ctx, cl, tenant, name)
	patch["address"] = id
	return err
}
