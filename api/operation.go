package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/routing"
	"github.com/wirechief/wirechief/state"
)

// operation adds what running the installation needs.
func (a *api) operation() {
	register(a, a.op(scopeOperator, "list-carriers", http.MethodGet, "/carriers", "List the carriers, in the order of the configuration"), a.listCarriers)
	register(a, a.op(scopeOperator, "change-carrier", http.MethodPatch, "/carriers/{name}", "Pause a carrier, or resume it"), a.changeCarrier)
	register(a, a.op(scopeOperator, "list-unmatched-receipts", http.MethodGet, "/receipts/unmatched", "List the newest receipts that belong to no message"), a.listUnmatched)
	register(a, a.op(scopeRead, "explain-route", http.MethodGet, "/route", "Say which carriers a text would be tried over, and why"), a.explainRoute)
	register(a, a.op(scopeSend, "simulate-text", http.MethodPost, "/sim/texts", "Play a handset that texts a number on a simulator carrier"), a.simulateText)
	register(a, a.op(scopeOperator, "apply", http.MethodPost, "/apply", "Bring what is configured to the state in a file",
		about("The body is a state file (YAML), or multipart/form-data: the state file as the part state, and the files that its offers name as parts file, each under that name. Repeating it changes nothing."),
		func(op *huma.Operation) { op.MaxBodyBytes, op.BodyReadTimeout = maxFiles+1, -1 }), a.apply)
	register(a, a.op(scopeOperator, "backup", http.MethodGet, "/backup", "Get a consistent copy of everything, while it is in use",
		about("The trailer field Content-Digest (RFC 9530) ends an answer that is whole; an answer without it broke off."), octets), a.backup)
	register(a, a.op(scopeAny, "version", http.MethodGet, "/version", "Say what runs"), a.version)
}

type carriersOutput struct {
	Body []wire.Carrier `nullable:"false"`
}

func (a *api) listCarriers(ctx context.Context, _ *struct{}) (*carriersOutput, error) {
	list := a.Core.Carriers(ctx)
	out := &carriersOutput{make([]wire.Carrier, len(list))}
	for i := range list {
		out.Body[i] = newCarrier(&list[i])
	}
	return out, nil
}

type unmatchedInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type unmatchedOutput struct {
	Body []wirechief.Receipt `nullable:"false"`
}

func (a *api) listUnmatched(ctx context.Context, in *unmatchedInput) (*unmatchedOutput, error) {
	list, err := a.Core.UnmatchedReceipts(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	return &unmatchedOutput{append([]wirechief.Receipt{}, list...)}, nil
}

type carrierInput struct {
	Name string `path:"name"`
	Body wire.CarrierChange
}

type carrierOutput struct{ Body wire.Carrier }

func (a *api) changeCarrier(ctx context.Context, in *carrierInput) (*carrierOutput, error) {
	if err := a.Core.PauseCarrier(ctx, in.Name, in.Body.Paused); err != nil {
		return nil, err
	}
	list := a.Core.Carriers(ctx)
	i := slices.IndexFunc(list, func(v exchange.CarrierView) bool { return v.Name == in.Name })
	if i < 0 {
		return nil, &wirechief.Error{Op: "carrier.pause", Kind: wirechief.NotFound, Field: "name", Message: "there is no carrier of this name"}
	}
	return &carrierOutput{newCarrier(&list[i])}, nil
}

type routeInput struct {
	From string `query:"from" doc:"A number of yours; its own carrier comes first"`
	To   string `query:"to" required:"true" doc:"The destination: a number in international form, or a short code"`
}

type routeOutput struct{ Body routing.Explanation }

func (a *api) explainRoute(ctx context.Context, in *routeInput) (*routeOutput, error) {
	to, err := readRecipient("to", inQuery(in.To))
	if err != nil {
		return nil, err
	}
	from := ""
	if in.From != "" {
		if from, err = readNumber("from", inQuery(in.From)); err != nil {
			return nil, err
		}
	}
	e, err := a.Core.ExplainRoute(ctx, who(ctx), from, to)
	if err != nil {
		return nil, err
	}
	e.Steps, e.Carriers = orNone(e.Steps), orNone(e.Carriers)
	return &routeOutput{e}, nil
}

type simInput struct{ Body wire.SimText }

func (a *api) simulateText(ctx context.Context, in *simInput) (*struct{}, error) {
	from, err := readParty("from", in.Body.From)
	if err != nil {
		return nil, err
	}
	to, err := readNumber("to", in.Body.To)
	if err != nil {
		return nil, err
	}
	return nil, a.Core.SimulateText(ctx, who(ctx), from, to, in.Body.Text)
}

type applyInput struct {
	DryRun  bool   `query:"dry_run" doc:"Only say what would change"`
	Name    string `query:"name" maxLength:"255" default:"state.yaml" doc:"What the file is called in messages about it"`
	Type    string `header:"Content-Type" hidden:"true"`
	RawBody []byte `contentType:"application/yaml"`
}

type applyOutput struct{ Body wire.Applied }

func (a *api) apply(ctx context.Context, in *applyInput) (*applyOutput, error) {
	if err := readQuery("name", in.Name); err != nil {
		return nil, err
	}
	doc, files, err := parts(in.Type, in.RawBody)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(doc) {
		return nil, wirechief.Errorf(wirechief.Invalid, "%s is not valid UTF-8", in.Name)
	}
	f, err := state.Parse(in.Name, doc)
	if err != nil {
		return nil, err
	}
	f.Open = func(name string) (io.ReadCloser, error) {
		file, ok := files[name]
		if !ok {
			return nil, errors.New("the file did not come with the state")
		}
		return io.NopCloser(bytes.NewReader(file)), nil
	}
	changes, err := a.Core.Apply(ctx, f, in.DryRun)
	if err != nil {
		return nil, err
	}
	return &applyOutput{wire.Applied{DryRun: in.DryRun, Changes: orNone(changes)}}, nil
}

type versionOutput struct{ Body wire.Version }

func (a *api) version(context.Context, *struct{}) (*versionOutput, error) {
	return &versionOutput{a.Version}, nil
}
