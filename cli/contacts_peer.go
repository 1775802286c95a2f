package cli

import (
	"context"
	"fmt"

	"github.com/wirechief/wirechief/api/client"
)

// ofPeer is a command about somebody who is named by a number.
type ofPeer struct {
	connection
	forTenant
	Peer string `arg:"" name:"number" help:"A number of theirs such as +13105550100, a short code or the name of a sender."`
}

func (c *ofPeer) do(stdio IO, what func(*client.Client) error) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	return what(cl)
}

type blockContact struct{ ofPeer }

func (c *blockContact) Run(ctx context.Context, stdio IO) error {
	return c.do(stdio, func(cl *client.Client) error {
		_, err := cl.BlockPeer(ctx, c.Tenant, c.Peer, true)
		if err == nil {
			fmt.Fprintf(stdio.Err, "%s is blocked: what comes from there is kept and told to nobody, and nothing goes there\n", oneLine(c.Peer, 40))
		}
		return err
	})
}

type unblockContact struct{ ofPeer }

func (c *unblockContact) Run(ctx context.Context, stdio IO) error {
	return c.do(stdio, func(cl *client.Client) error {
		_, err := cl.BlockPeer(ctx, c.Tenant, c.Peer, false)
		if err == nil {
			fmt.Fprintf(stdio.Err, "%s is not blocked\n", oneLine(c.Peer, 40))
		}
		return err
	})
}

type forgetContact struct {
	ofPeer
	Yes bool `name:"yes" required:"" help:"Said because it cannot be undone."`
}

func (c *forgetContact) Run(ctx context.Context, stdio IO) error {
	return c.do(stdio, func(cl *client.Client) error {
		f, err := cl.ForgetPeer(ctx, c.Tenant, c.Peer)
		if err != nil {
			return err
		}
		fmt.Fprintf(stdio.Err, "forgotten: %d messages in %d conversations\n", f.Messages, f.Conversations)
		if f.Left {
			return fmt.Errorf("something still waits to be sent or delivered, and was left, the contact too; do it again later")
		}
		return nil
	})
}
