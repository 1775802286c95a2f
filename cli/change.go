package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

type setNumbers struct {
	connection
	forTenant
	All   bool     `name:"all" help:"All numbers on the account." xor:"which"`
	Tag   string   `name:"tag" help:"All numbers with this tag." placeholder:"T" xor:"which"`
	Clear []string `name:"clear" help:"Set this back, as voice.calls." placeholder:"NAME"`
	JSON  bool     `name:"json" help:"Print JSON."`
	What  []string `arg:"" optional:"" name:"number" help:"The numbers, and what they are to do as name=value, by the names of the API: name=\"Front desk\" tags=a,b voice.endpoint=+13105550123 protected=true forwards='[{\"type\":\"email\",\"destination\":\"desk@acme.test\"}]'."`
}

// Help is shown with --help.
func (c *setNumbers) Help() string {
	return "Lists of words are separated by commas; forwards and greeting_settings are JSON. What --clear names goes back to its default."
}

func (c *setNumbers) Run(ctx context.Context, stdio IO) error {
	named, patch, err := assignments(c.What, c.Clear)
	many := c.All || c.Tag != ""
	switch {
	case err != nil:
		return err
	case many && len(named) > 0:
		return usagef("name numbers, or select them with --all or --tag")
	case !many && len(named) == 0:
		return usagef("name the numbers, or select them with --all or --tag")
	case len(patch) == 0:
		return usagef("say what to change: name=value or --clear NAME")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	if err := byName(ctx, cl, c.Tenant, patch); err != nil {
		return err
	}
	if len(named) == 1 {
		n, err := cl.SetNumber(ctx, c.Tenant, named[0], patch)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(stdio.Out, n)
		}
		printNumbers(stdio, []wire.Number{n})
		return nil
	}
	b := wire.Bulk{Numbers: named, Patch: patch}
	if many {
		b.Filter = &wire.Filter{Tag: c.Tag}
	}
	r, err := cl.SetNumbers(ctx, c.Tenant, b)
	if err != nil {
		return err
	}
	return c.print(stdio, &r)
}

func (c *setNumbers) print(stdio IO, r *wire.BulkResult) error {
	if c.JSON {
		if err := printJSON(stdio.Out, r); err != nil {
			return err
		}
	} else {
		t := newTable(stdio.Out, "NUMBER", "RESULT", "WHY")
		for _, n := range r.Numbers {
			why := ""
			if n.Problem != nil {
				why = wordsOf(n.Problem)
			}
			t.row(n.Number, n.Result, why)
		}
		t.flush()
	}
	return refusedOf(r.Refused, len(r.Numbers))
}

// refusedOf is the error of a command that did not do all.
func refusedOf(refused, of int) error {
	if refused == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d %s refused", refused, of, map[bool]string{true: "was", false: "were"}[refused == 1])
}

type releaseNumbers struct {
	connection
	forTenant
	Yes     bool     `name:"yes" short:"y" help:"Do not ask."`
	JSON    bool     `name:"json" help:"Print JSON."`
	Numbers []string `arg:"" name:"number" help:"These. A protected one is not released; take that off first: set N protected=false."`
}

func (c *releaseNumbers) Run(ctx context.Context, stdio IO) error {
	if !c.Yes && !canAsk(stdio) {
		return usagef("nobody can be asked here; say --yes to release %s", map[bool]string{true: "it", false: "them"}[len(c.Numbers) == 1])
	}
	if !c.Yes && !agreed(stdio, fmt.Sprintf("Release %s? For a time %s can be had back.", strings.Join(c.Numbers, ", "), map[bool]string{true: "it", false: "they"}[len(c.Numbers) == 1])) {
		return errors.New("nothing was released")
	}
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	return each(ctx, stdio, c.JSON, c.Numbers, func(number string) (wire.Number, string, error) {
		n, err := cl.Release(ctx, c.Tenant, number)
		if p, ok := errors.AsType[*wire.Problem](err); ok && p.Rule == string(wirechief.RuleProtected) {
			p.Detail = fmt.Sprintf("%s is protected; take that off first: wirechief numbers set %s protected=false", number, number)
		}
		return n, "released; can be had back until " + rfc3339(n.Until), err
	})
}

type restoreNumbers struct {
	connection
	forTenant
	JSON    bool     `name:"json" help:"Print JSON."`
	Numbers []string `arg:"" name:"number" help:"These."`
}

func (c *restoreNumbers) Run(ctx context.Context, stdio IO) error {
	cl, err := c.open(stdio)
	if err != nil {
		return err
	}
	defer cl.Close()
	return each(ctx, stdio, c.JSON, c.Numbers, func(number string) (wire.Number, string, error) {
		n, err := cl.Restore(ctx, c.Tenant, number)
		return n, map[string]string{"in_service": "in service again", "pending": "yours again, and in service once it has an address"}[n.State], err
	})
}

// each does something to numbers one by one, and says what became of each. Of
// one alone the refusal is the error.
func each(ctx context.Context, stdio IO, asJSON bool, numbers []string, do func(number string) (wire.Number, string, error)) error {
	done := []wire.Number{}
	refused := 0
	for _, number := range numbers {
		n, words, err := do(number)
		if err != nil && (len(numbers) == 1 || !isRefusal(err) || ctx.Err() != nil) {
			return err
		}
		if err != nil {
			refused++
			fmt.Fprintf(stdio.Err, "%s: %s\n", number, wordsOf(err))
			continue
		}
		done = append(done, n)
		if !asJSON {
			fmt.Fprintf(stdio.Out, "%s is %s\n", n.Number, words)
		}
	}
	if asJSON {
		if err := printJSON(stdio.Out, done); err != nil {
			return err
		}
	}
	return refusedOf(refused, len(numbers))
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*wire.Problem](err)
	return ok
}

// canAsk says whether a person is at the other end.
func canAsk(stdio IO) bool {
	f, ok := stdio.In.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// agreed asks the person at the terminal.
func agreed(stdio IO, question string) bool {
	fmt.Fprintf(stdio.Err, "%s [y/N] ", question)
	line, _ := bufio.NewReader(stdio.In).ReadString('\n') // what was typed before the end counts
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}

// usageOf makes a mistake in what was typed of an error that names the setting.
func usageOf(err error) error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field != "" {
		return usagef("%s: %s", e.Field, e.Message)
	}
	return usageError{err}
}
