package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// The exit codes.
const (
	exitDone    = 0
	exitRefused = 1 // by the server, or it could not be done
	exitUsage   = 2 // the command line or a file is wrong
)

// IO is what a command reads and writes beside the network.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) (string, bool) // like os.LookupEnv
}

// commands is the grammar: a field a command.
type commands struct {
	Demo          demo          `cmd:"" help:"Run a throw-away instance with a simulated carrier, made-up numbers and credentials."`
	Serve         serve         `cmd:"" help:"Run the server."`
	Config        configs       `cmd:"" help:"Look at a configuration file."`
	Apply         apply         `cmd:"" help:"Bring a running server to the state in a file."`
	Numbers       numbers       `cmd:"" help:"Find, hold, buy, change and release numbers."`
	List          list          `cmd:"" help:"What numbers refer to: addresses, groups, brands, schedules, properties and so on."`
	Send          send          `cmd:"" help:"Send a text."`
	Bulk          bulkSend      `cmd:"" help:"Send one text to many, from a table (CSV): look first, then start, watch, pause."`
	Messages      messages      `cmd:"" help:"See what became of messages."`
	Conversations conversations `cmd:"" help:"The conversations: who texts with you, unread texts, answers."`
	Contacts      contacts      `cmd:"" help:"Who texts, by name: list them, import and export them."`
	Templates     templates     `cmd:"" help:"Prepared texts."`
	Suppressions  suppressions  `cmd:"" help:"Handsets that get no texts: look, add, lift, import, export."`
	Tenant        tenant        `cmd:"" help:"The settings of a tenant: quiet hours, sending window, opt-out, retention."`
	Deliveries    deliveries    `cmd:"" help:"See what was told to customers' endpoints, and tell it again."`
	Endpoints     endpoints     `cmd:"" help:"URLs that are told of the messages of all numbers, in our own shape."`
	Secrets       secrets       `cmd:"" help:"Sign what goes to a URL, so that its program knows that it was us."`
	Route         route         `cmd:"" help:"See which carrier a text would take, and why."`
	Carriers      carriers      `cmd:"" help:"See the carriers; pause one without deleting it."`
	People        people        `cmd:"" help:"The team of a tenant: invite people, change what they may do, remove them."`
	Keys          keys          `cmd:"" help:"Make and revoke keys of all APIs, and see when they were used."`
	Audit         auditLog      `cmd:"" help:"See who changed what."`
	Sim           simulate      `cmd:"" help:"Play a handset on the simulator carrier."`
	Backup        backup        `cmd:"" help:"Write everything that is kept into one file, while the server runs."`
	Restore       restore       `cmd:"" help:"Put a backup into an empty data folder."`
	Bench         benchmark     `cmd:"" help:"Measure this program on this machine."`
	Version       version       `cmd:"" help:"Say which version this is."`
}

// variables are what help texts name that is known elsewhere.
func variables() kong.Option {
	return kong.Vars{"scenarios": scenarioNames(), "kinds": strings.Join(kinds(), ",")}
}

// usageError is a mistake of whoever called: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Run runs one command and gives the exit code.
func Run(ctx context.Context, args []string, stdio IO) int {
	if stdio.Env == nil {
		stdio.Env = func(string) (string, bool) { return "", false }
	}
	exited := -1 // the parser ends the process after --help
	parser, err := kong.New(new(commands),
		kong.Name("wirechief"),
		kong.Description("A self-hosted virtual-number platform: what each number does, and proof that it happened."),
		kong.Writers(stdio.Out, stdio.Err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(stdio),
		variables(),
	)
	if err != nil { // the grammar is wrong: a defect that every test of this package meets
		fmt.Fprintln(stdio.Err, "wirechief:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	_, words := commandOf(parser.Model.Node, args)
	parsed, err := parser.Parse(ordered(parser.Model.Node, args))
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(stdio.Err, "wirechief: %s\n", err)
		fmt.Fprintf(stdio.Err, "Try: %s --help\n", strings.Join(append([]string{"wirechief"}, args[:words]...), " "))
		return exitUsage
	}
	err = parsed.Run()
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(stdio.Err, "wirechief: %s\n", wordsOf(err))
	return codeOf(err)
}

// wordsOf says what went wrong to a person.
func wordsOf(err error) string {
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		if p.Field == "tenant" && p.Status == http.StatusBadRequest {
			return "say for which tenant: --tenant ID"
		}
		if p.Field != "" && !strings.HasPrefix(p.Detail, p.Field) {
			return p.Field + ": " + p.Detail
		}
		return p.Detail
	}
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Message != "" {
		// A cause of our own type has been worded already.
		if _, worded := errors.AsType[*wirechief.Error](e.Err); e.Err != nil && !worded && !strings.Contains(e.Message, e.Err.Error()) {
			return e.Message + ": " + e.Err.Error()
		}
		return e.Message
	}
	return err.Error()
}

func codeOf(err error) int {
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitRefused
}
