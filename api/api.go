package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/report"
	"github.com/wirechief/wirechief/routing"
	"github.com/wirechief/wirechief/state"
)

// Prefix is where the API is mounted.
const Prefix = "/wirechief/v1"

// Core is the exchange, as far as this API needs it.
type Core interface {
	Authenticate(ctx context.Context, l exchange.Login) (wirechief.Principal, error)
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
	Message(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, []*wirechief.Delivery, error)
	Messages(ctx context.Context, p wirechief.Principal, f wirechief.MessageFilter) ([]*wirechief.Message, error)
	CancelMessage(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, error)
	Deliveries(ctx context.Context, p wirechief.Principal, f wirechief.DeliveryFilter) ([]*wirechief.Delivery, error)
	Delivery(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Delivery, error)
	Replay(ctx context.Context, p wirechief.Principal, ids []int64, f wirechief.DeliveryFilter) (int, error)
	PauseDestination(ctx context.Context, p wirechief.Principal, lane wirechief.Lane, paused bool) error
	ExplainRoute(ctx context.Context, p wirechief.Principal, from, to string) (routing.Explanation, error)
	Carriers(ctx context.Context) []exchange.CarrierView
	UnmatchedReceipts(ctx context.Context, limit int) ([]wirechief.Receipt, error)
	PauseCarrier(ctx context.Context, name string, paused bool) error
	SimulateText(ctx context.Context, p wirechief.Principal, from, to, text string) error
	Tenant(ctx context.Context, id string) (wirechief.Tenant, error)
	Apply(ctx context.Context, f *state.File, dryRun bool) ([]state.Change, error)
	Webhooks(ctx context.Context, tenant string) []wirechief.Webhook
	Campaigns(ctx context.Context, tenant string) []exchange.CampaignUse
	Number(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)
	Numbers
	Shop
	Shelves
	Team
	Rules
}

// Options is what the API is built from. Core is needed.
type Options struct {
	Core Core
	// AdminToken is the operator's. Empty: nobody is the operator.
	AdminToken wirechief.Secret
	// Link says where a kept file can be fetched; nil: where it came from.
	Link func(wirechief.MediaItem) wirechief.MediaLink
	// Backup writes a consistent copy of everything; nil: not offered.
	Backup func(ctx context.Context, w io.Writer) error
	// Reports gives the charts of a tenant; nil: not offered.
	Reports func(ctx context.Context, q report.Query) (*report.Report, error)
	// Bulk sends one text to many; nil: not offered.
	Bulk BulkSends
	// Desk has the conversations, contacts and templates; nil: not offered.
	Desk Desk
	// Presence says who of a team is there; nil: not offered.
	Presence Presence
	Version  wire.Version
	Log      *slog.Logger
}

// Limits of what comes in.
const (
	maxBody  = 1 << 20   // octets of JSON
	maxState = 64 << 20  // octets of a table of numbers
	maxFiles = 256 << 20 // octets of a state file and those that it names
	maxID    = 1<<53 - 1
)

// bodyTime is how long the body of a request may take. net/http ends the
// context of a request that lasts longer, so it bounds the whole of it.
const bodyTime = 30 * time.Second

// api is the state of a handler: nothing but its options.
type api struct {
	Options
	huma.API
	mux *routes
}

// routes is a mux that remembers what it serves.
type routes struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc implements [humago.Mux].
func (m *routes) HandleFunc(pattern string, handle func(http.ResponseWriter, *http.Request)) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.HandleFunc(pattern, handle)
}

// New builds the handler for everything under [Prefix].
func New(o Options) http.Handler { return build(o).mux }

func build(o Options) *api {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Link == nil {
		o.Link = func(m wirechief.MediaItem) wirechief.MediaLink {
			return wirechief.MediaLink{URL: m.Source, Type: m.Type, Size: m.Size}
		}
	}
	a := &api{Options: o, mux: &routes{ServeMux: http.NewServeMux()}}
	format := huma.Format{Marshal: marshal, Unmarshal: unmarshal}
	a.API = humago.New(a.mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Wirechief", Version: "1",
				Description: "The own API of Wirechief. Errors are problem documents (RFC 9457).",
			},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}},
			},
			Security: []map[string][]string{{"token": {}}},
		},
		// "json" is what huma looks for behind the + of application/problem+json.
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.translate},
	})
	a.OpenAPI().Components.Schemas.RegisterTypeAlias(reflect.TypeFor[wire.MergePatch](), reflect.TypeFor[merge[wire.Patch]]())
	a.UseMiddleware(a.authenticate)
	a.messages()
	a.sendMany()
	a.deliveries()
	a.directory()
	a.numbers()
	a.bulk()
	a.shop()
	a.shelves()
	a.team()
	a.conversations()
	a.contacts()
	a.rules()
	a.operation()
	a.reports()
	document := a.describe()
	a.mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Write(document)
	})
	a.mux.HandleFunc("/", a.unknownPath)
	return a
}

// describe gives the OpenAPI document. huma would make it while the first
// request waits, and again for a second one that comes meanwhile.
func (a *api) describe() []byte {
	// Nothing answers with huma's own error model.
	delete(a.OpenAPI().Components.Schemas.Map(), "ErrorModel")
	delete(a.OpenAPI().Components.Schemas.Map(), "ErrorDetail")
	for _, item := range a.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Post, item.Patch, item.Put} {
			if op != nil && op.RequestBody != nil {
				for _, media := range op.RequestBody.Content {
					allowNull(media.Schema)
				}
			}
		}
	}
	document, err := json.Marshal(a.OpenAPI())
	if err != nil {
		panic(fmt.Sprintf("api: the description of the operations cannot be written: %v", err))
	}
	return document
}

// unknownPath answers what no operation does.
func (a *api) unknownPath(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range [...]string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(probe); pattern != "" && pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	p := newProblem(wirechief.Errorf(wirechief.NotFound, "there is nothing at this path; %s/openapi.json describes what there is", Prefix))
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		p = newProblem(wirechief.Errorf(wirechief.Invalid, "this path takes %s", strings.Join(allowed, ", ")))
		p.Status, p.Title = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed)
	}
	p.write(w)
}

// register adds an operation. Its errors leave as problem documents, and
// those that are nobody's fault but ours are logged with their cause.
func register[I, O any](a *api, op huma.Operation, handle func(ctx context.Context, in *I) (*O, error)) {
	huma.Register(a.API, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.refuse(ctx, op.OperationID, err)
		}
		return out, nil
	})
}

// refuse turns an error into what leaves.
func (a *api) refuse(ctx context.Context, operation string, err error) *problem {
	if kind := wirechief.KindOf(err); kind == wirechief.Internal && ctx.Err() == nil {
		a.Log.ErrorContext(ctx, "a request of our own API failed", "operation", operation, "error", err)
	}
	return newProblem(err)
}

// op describes an operation for huma.
func (a *api) op(scope, id, method, path, summary string, more ...func(*huma.Operation)) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: Prefix + path, Summary: summary,
		Metadata:        map[string]any{scopeKey: scope},
		MaxBodyBytes:    maxBody + 1, // the first octet too many
		BodyReadTimeout: bodyTime,
		Responses: map[string]*huma.Response{"default": {
			Description: "A problem document, RFC 9457",
			Content: map[string]*huma.MediaType{"application/problem+json": {
				Schema: a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wire.Problem](), true, ""),
			}},
		}},
	}
	switch scope {
	case scopeAny:
		op.Description = "For whoever has a token."
	case scopeOperator:
		op.Description = "For the operator's token only."
	default:
		op.Description = "Needs the scope " + scope + " or all."
	}
	for _, m := range more {
		m(&op)
	}
	return op
}

// about adds to the description of an operation.
func about(text string) func(*huma.Operation) {
	return func(op *huma.Operation) { op.Description += " " + text }
}
