package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
)

// people is `wirechief people`.
type people struct {
	List   listPeople   `cmd:"" help:"The team of a tenant."`
	Put    putPerson    `cmd:"" help:"Invite somebody, or change them."`
	Remove removePerson `cmd:"" help:"Take somebody off the team; their sessions end."`
}

type listPeople struct {
	connection
	forTenant
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *listPeople) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	list, err := cl.People(ctx, c.Tenant)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, list)
	}
	t := newTable(stdio.Out, "ID", "EMAIL", "NAME", "ROLE", "STATE", "PASSWORD", "PHONE").leaveOut("PHONE", "PASSWORD", "STATE")
	for i := range list {
		p := &list[i]
		t.row(decimal(p.ID), p.Email, oneLine(p.Name, 40), p.Role, p.State, yes(p.Password), p.Phone)
	}
	t.flush()
	nothingFound(stdio, len(list))
	return nil
}

type putPerson struct {
	connection
	forTenant
	Name         *string `name:"name" help:"Their name." placeholder:"S"`
	Role         *string `name:"role" help:"owner, admin, agent, viewer or api; of somebody new agent if nothing is said." placeholder:"R"`
	Phone        *string `name:"phone" help:"E.164 or a SIP URI." placeholder:"N"`
	NewEmail     *string `name:"new-email" help:"Another mail address for somebody who is there." placeholder:"M"`
	PasswordFile string  `name:"password-file" help:"File whose first line is their password; - is the standard input." placeholder:"FILE"`
	JSON         bool    `name:"json" help:"Print JSON."`
	Email        string  `arg:"" help:"Their mail address. Nobody has it: they are invited."`
}

func (c *putPerson) Run(ctx context.Context, stdio IO) error {
	w := wire.PersonChange{Name: c.Name, Role: c.Role, Phone: c.Phone, Email: c.NewEmail}
	if c.PasswordFile != "" {
		text, err := readFile(stdio, c.PasswordFile)
		if err != nil {
			return usageError{err}
		}
		line, _, _ := strings.Cut(string(text), "\n")
		w.Password = new(strings.TrimSuffix(line, "\r"))
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	id, err := personID(ctx, cl, c.Tenant, c.Email)
	var p wire.Person
	switch {
	case err == nil:
		p, err = cl.ChangePerson(ctx, c.Tenant, id, w)
	case errors.Is(err, errNobody) && c.NewEmail == nil:
		w.Email = &c.Email
		p, err = cl.InvitePerson(ctx, c.Tenant, w)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(stdio.Out, p)
	}
	fmt.Fprintf(stdio.Out, "%d %s is %s\n", p.ID, p.Email, p.Role)
	return nil
}

type removePerson struct {
	connection
	forTenant
	Email string `arg:"" help:"Their mail address, or their id."`
}

func (c *removePerson) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	id, err := personID(ctx, cl, c.Tenant, c.Email)
	if err != nil {
		return err
	}
	return cl.RemovePerson(ctx, c.Tenant, id)
}

var errNobody = errors.New("nobody has it")

// personID finds somebody by their mail address or their id.
func personID(ctx context.Context, cl *client.Client, tenant, given string) (int64, error) {
	if id, err := strconv.ParseInt(given, 10, 64); err == nil {
		return id, nil
	}
	list, err := cl.People(ctx, tenant)
	if err != nil {
		return 0, err
	}
	for i := range list {
		if strings.EqualFold(list[i].Email, given) {
			return list[i].ID, nil
		}
	}
	return 0, fmt.Errorf("%s is not on the team: %w", given, errNobody)
}
