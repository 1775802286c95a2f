package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wirechief/wirechief/api/wire"
)

// send is `wirechief send`.
type send struct {
	connection
	From     string        `name:"from" help:"A number of yours." placeholder:"N" required:""`
	To       []string      `name:"to" help:"A recipient; may be given again." placeholder:"N" required:"" sep:"none"`
	Media    []string      `name:"media" help:"URL of a picture; may be given again. It makes the text a picture message." placeholder:"URL" sep:"none"`
	At       string        `name:"at" help:"Send then, not now: RFC 3339, as 2026-11-24T18:00:00Z." placeholder:"TIME"`
	Validity time.Duration `name:"validity" help:"How long it may wait for a carrier, as 4h." placeholder:"D"`
	Key      string        `name:"key" help:"Idempotency key: the same command again sends nothing twice." placeholder:"K"`
	JSON     bool          `name:"json" help:"Print JSON."`
	Text     string        `arg:"" optional:"" help:"The text; - reads it from standard input."`
}

func (c *send) Run(ctx context.Context, stdio IO) error {
	m := wire.Send{From: c.From, To: c.To, Text: c.Text, Media: c.Media, Validity: validity(c.Validity)}
	if c.Text == "-" {
		b, err := io.ReadAll(io.LimitReader(stdio.In, 1<<20))
		if err != nil {
			return err
		}
		m.Text = strings.TrimSuffix(string(b), "\n")
	}
	if m.Text == "" && len(m.Media) == 0 {
		return usagef("a text is needed, or --media")
	}
	if c.At != "" {
		at, err := time.Parse(time.RFC3339, c.At)
		if err != nil {
			return usagef("--at: %q is no time such as 2026-11-24T18:00:00Z", c.At)
		}
		m.At = at
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	sent, err := cl.Send(ctx, m, c.Key)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(stdio.Out, sent); err != nil {
			return err
		}
	}
	refused := 0
	for _, r := range sent.Messages {
		if !c.JSON {
			fmt.Fprintln(stdio.Out, r.ID)
		}
		if r.Refused {
			refused++
			fmt.Fprintf(stdio.Err, "%s: %s\n", r.To, r.Detail)
		}
	}
	if refused == len(sent.Messages) {
		return fmt.Errorf("no recipient was accepted")
	}
	return nil
}
