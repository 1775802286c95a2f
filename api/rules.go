package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/presence"
	"github.com/wirechief/wirechief/state"
)

// Rules is what a tenant says of itself: who gets no texts, and when they go out.
type Rules interface {
	Suppressions(ctx context.Context, p wirechief.Principal, f exchange.SuppressionFilter, after string, limit int) (list []wirechief.OptOut, next string, total int, err error)
	Suppress(ctx context.Context, p wirechief.Principal, list []wirechief.OptOut) (int, error)
	Unsuppress(ctx context.Context, p wirechief.Principal, list []wirechief.OptOut) (int, error)
	ImportSuppressions(ctx context.Context, p wirechief.Principal, file io.Reader, o exchange.ImportOptions) (exchange.SuppressionImport, error)
	ExportSuppressions(ctx context.Context, p wirechief.Principal, w io.Writer) error
	ConfigureTenant(ctx context.Context, p wirechief.Principal, change func(*wirechief.Tenant) error) (wirechief.Tenant, error)
	TestNumber(ctx context.Context, p wirechief.Principal, number string) error
	TestWebhook(ctx context.Context, p wirechief.Principal, name string) (*wirechief.Delivery, error)
}

// Presence says who is there (package presence).
type Presence interface {
	List(tenant string) []presence.Status
	Of(tenant string, agent int64) (presence.Status, bool)
}

// rules adds the operations on suppressions, settings of tenants and presence,
// and those that try out what is set.
func (a *api) rules() {
	register(a, a.op(scopeRead, "list-suppressions", http.MethodGet, "/suppressions", "List handsets that get no texts, by handset",
		about("Those that said so themselves, and those that people and imports put there. The header X-Total-Count says how many there are in all; X-Next, when it is there, is after of the next page.")), a.listSuppressions)
	register(a, a.op(scopeManage, "suppress", http.MethodPost, "/suppressions", "Put handsets on the suppression list"), a.suppress)
	register(a, a.op(scopeManage, "unsuppress", http.MethodPost, "/suppressions/lift", "Take handsets off the suppression list",
		about("What a handset said itself is lifted only with a reason. One that is not on the list is an error, and nothing is changed then.")), a.unsuppress)
	register(a, a.op(scopeManage, "import-suppressions", http.MethodPost, "/suppressions/import", "Put the handsets of a table on the suppression list",
		about("The body is a table (CSV, UTF-8) with a heading row: handset, and if you want number and reason. With a bad row nothing is changed, unless skip_bad is true."), ofTable), a.importSuppressions)
	register(a, a.op(scopeRead, "export-suppressions", http.MethodGet, "/suppressions/export", "Get the suppression list as a table",
		about("It can be imported again. "+guardHelp), table), a.exportSuppressions)
	register(a, a.op(scopeRead, "get-tenant", http.MethodGet, "/tenant", "Show the settings of a tenant"), a.getTenant)
	register(a, a.op(scopeManage, "change-tenant", http.MethodPatch, "/tenant", "Change settings of a tenant", about(mergeHelp)), a.changeTenant)
	register(a, a.op(scopeRead, "list-presence", http.MethodGet, "/presence", "List who of the team is there, by name"), a.listPresence)
	register(a, a.op(scopeManage, "set-presence", http.MethodPut, "/presence/{id}", "Set what somebody of the team says of themselves",
		about("Who is reached by a console counts as online only while one is open.")), a.setPresence)
	register(a, a.op(scopeManage, "test-number", http.MethodPost, "/numbers/{number}/test", "Send a marked text down the wires of a number",
		about("As if a handset named Wirechief had sent it: it is kept, forwarded and told like any other.")), a.testNumber)
	register(a, a.op(scopeManage, "test-webhook", http.MethodPost, "/webhooks/{name}/test", "Tell a webhook of a text that nobody sent",
		about("The delivery is kept and tried like any other.")), a.testWebhook)
}

func newSuppression(o *wirechief.OptOut) wire.Suppression {
	return wire.Suppression{Handset: o.Handset, Number: o.Number, Word: o.Word, Reason: o.Reason, By: o.By, At: o.At.UTC()}
}

type suppressionsInput struct {
	InTenant
	Number  string `query:"number" maxLength:"64" doc:"Only the entries of this number of yours; all: only those of all numbers"`
	Handset string `query:"handset" maxLength:"64" doc:"The beginning of it"`
	Own     string `query:"own" enum:"true,false" doc:"true: only what handsets said themselves, false: only what people did"`
	After   string `query:"after" maxLength:"64" doc:"X-Next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type suppressionsOutput struct {
	Total int                `header:"X-Total-Count" doc:"How many there are in all"`
	Next  string             `header:"X-Next" doc:"after of the next page; absent: there is none"`
	Body  []wire.Suppression `nullable:"false"`
}

func (a *api) listSuppressions(ctx context.Context, in *suppressionsInput) (*suppressionsOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	f := exchange.SuppressionFilter{Tenant: p.Tenant, Handset: inQuery(in.Handset)}
	switch in.Number {
	case "":
	case "all":
		f.Number = new("")
	default:
		number, err := readNumber("number", inQuery(in.Number))
		if err != nil {
			return nil, err
		}
		f.Number = &number
	}
	if in.Own != "" {
		f.Own = new(in.Own == "true")
	}
	list, next, total, err := a.Core.Suppressions(ctx, p, f, inQuery(in.After), in.Limit)
	if err != nil {
		return nil, err
	}
	out := &suppressionsOutput{total, next, make([]wire.Suppression, len(list))}
	for i := range list {
		out.Body[i] = newSuppression(&list[i])
	}
	return out, nil
}

type suppressInput struct {
	InTenant
	Body wire.SuppressionChange
}

type suppressOutput struct {
	Body wire.SuppressionsChanged
}

func (a *api) suppress(ctx context.Context, in *suppressInput) (*suppressOutput, error) {
	return changeSuppressions(ctx, in, a.Core.Suppress)
}

func (a *api) unsuppress(ctx context.Context, in *suppressInput) (*suppressOutput, error) {
	return changeSuppressions(ctx, in, a.Core.Unsuppress)
}

func changeSuppressions(ctx context.Context, in *suppressInput, do func(context.Context, wirechief.Principal, []wirechief.OptOut) (int, error)) (*suppressOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	number := in.Body.Number
	if number != "" {
		if number, err = readNumber("number", number); err != nil {
			return nil, err
		}
	}
	list := make([]wirechief.OptOut, len(in.Body.Handsets))
	for i, s := range in.Body.Handsets {
		handset, err := readRecipient(item("handsets", i), s)
		if err != nil {
			return nil, err
		}
		list[i] = wirechief.OptOut{Handset: handset, Number: number, Reason: in.Body.Reason}
	}
	n, err := do(ctx, p, list)
	if err != nil {
		return nil, err
	}
	return &suppressOutput{wire.SuppressionsChanged{Changed: n}}, nil
}

type importSuppressionsInput struct {
	InTenant
	DryRun  bool   `query:"dry_run" doc:"Only say what would come of it"`
	SkipBad bool   `query:"skip_bad" doc:"Take the good rows beside bad ones"`
	RawBody []byte `contentType:"text/csv"`
}

type importSuppressionsOutput struct{ Body wire.SuppressionsImported }

func (a *api) importSuppressions(ctx context.Context, in *importSuppressionsInput) (*importSuppressionsOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	res, err := a.Core.ImportSuppressions(ctx, p, bytes.NewReader(in.RawBody), exchange.ImportOptions{DryRun: in.DryRun, Partial: in.SkipBad})
	if err != nil {
		return nil, err
	}
	out := &importSuppressionsOutput{wire.SuppressionsImported{
		DryRun: in.DryRun, Applied: res.Applied, Rows: res.Rows, New: res.New, Known: res.Known, Bad: make([]wire.BadRow, len(res.Bad)),
	}}
	for i, b := range res.Bad {
		p := a.refuse(ctx, "import-suppressions", b.Err)
		out.Body.Bad[i] = wire.BadRow{Line: b.Line, Column: p.Field, Detail: p.Detail}
	}
	return out, nil
}

func (a *api) exportSuppressions(ctx context.Context, in *InTenant) (*huma.StreamResponse, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	if _, err := a.Core.Tenant(ctx, p.Tenant); err != nil {
		return nil, err
	}
	return a.stream(csvType, "suppressions", func(ctx context.Context, w io.Writer) error { return a.Core.ExportSuppressions(ctx, p, w) }), nil
}

type tenantOutput struct{ Body wire.Tenant }

func (a *api) getTenant(ctx context.Context, in *InTenant) (*tenantOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	t, err := a.Core.Tenant(ctx, p.Tenant)
	if err != nil {
		return nil, err
	}
	return &tenantOutput{newTenant(&t)}, nil
}

func newTenant(t *wirechief.Tenant) wire.Tenant {
	return wire.Tenant{
		ID: t.ID, Name: t.Name, TimeZone: t.TimeZone, QuietHours: t.QuietHours, SendingWindow: t.SendingWindow,
		OptOut: wire.OptOut{
			Replies: t.OptOutReplies, Languages: orNone(t.OptOutLanguages), Message: t.OptOutMessage, StartMessage: t.OptInMessage, HelpMessage: t.HelpMessage,
		},
		Retention: wire.Retention{
			Texts: keepWords(state.Keep(t.Retention.Texts)), Media: keepWords(state.Keep(t.Retention.Media)), Messages: keepWords(state.Keep(t.Retention.Messages)),
		},
	}
}

// keepWords writes a time for which something is kept as state files do.
func keepWords(k state.Keep) string {
	text, err := k.MarshalText()
	if err != nil {
		return "0"
	}
	return string(text)
}

func keepTenant(t *wirechief.Tenant, w *wire.Tenant) error {
	t.Name, t.TimeZone, t.QuietHours, t.SendingWindow = w.Name, w.TimeZone, w.QuietHours, w.SendingWindow
	o := &w.OptOut
	t.OptOutReplies, t.OptOutMessage, t.OptInMessage, t.HelpMessage = o.Replies, o.Message, o.StartMessage, o.HelpMessage
	if !slices.Equal(t.OptOutLanguages, o.Languages) {
		t.OptOutLanguages = o.Languages
	}
	for _, k := range []struct {
		field, text string
		keep        func(state.Keep)
	}{
		{"retention.texts", w.Retention.Texts, func(k state.Keep) { t.Retention.Texts = time.Duration(k) }},
		{"retention.media", w.Retention.Media, func(k state.Keep) { t.Retention.Media = time.Duration(k) }},
		{"retention.messages", w.Retention.Messages, func(k state.Keep) { t.Retention.Messages = time.Duration(k) }},
	} {
		var keep state.Keep
		if err := keep.UnmarshalText([]byte(k.text)); err != nil {
			return under(k.field, err)
		}
		k.keep(keep)
	}
	return nil
}

type changeTenantInput struct {
	InTenant
	Body merge[wire.Tenant]
}

func (a *api) changeTenant(ctx context.Context, in *changeTenantInput) (*tenantOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	t, err := a.Core.ConfigureTenant(ctx, p, func(t *wirechief.Tenant) error { return change(t, in.Body, newTenant, keepTenant) })
	if err != nil {
		return nil, tenantFault(err)
	}
	return &tenantOutput{newTenant(&t)}, nil
}

type presencesOutput struct {
	Body []wire.Presence `nullable:"false"`
}

func (a *api) listPresence(ctx context.Context, in *InTenant) (*presencesOutput, error) {
	p, err := a.present(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	list := a.Presence.List(p.Tenant)
	out := &presencesOutput{make([]wire.Presence, len(list))}
	for i := range list {
		out.Body[i] = newPresence(&list[i])
	}
	return out, nil
}

// present gives who asks for the presence of whom.
func (a *api) present(ctx context.Context, tenant string) (wirechief.Principal, error) {
	p, err := acting(ctx, tenant)
	if err == nil && a.Presence == nil {
		err = &wirechief.Error{Op: "presence", Kind: wirechief.NotOffered, Message: "this installation does not say who is there"}
	}
	if err == nil {
		_, err = a.Core.Tenant(ctx, p.Tenant)
	}
	return p, err
}

func newPresence(s *presence.Status) wire.Presence {
	return wire.Presence{
		Agent: s.Agent, Name: s.Name, State: string(s.State), Said: cmp.Or(s.Said, string(presence.Offline)),
		Since: instant(s.Since), Open: s.Open, Touched: instant(s.Touched), Answers: s.Answers,
	}
}

type setPresenceInput struct {
	OneID
	Body wire.PresenceChange
}

type presenceOutput struct{ Body wire.Presence }

func (a *api) setPresence(ctx context.Context, in *setPresenceInput) (*presenceOutput, error) {
	p, err := a.present(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	agent, err := a.Core.Agents().Put(ctx, p, strconv.FormatInt(in.ID, 10), func(g *wirechief.Agent) error {
		g.State = in.Body.State
		return nil
	})
	if err != nil {
		return nil, err
	}
	s, ok := a.Presence.Of(p.Tenant, agent.ID)
	if !ok {
		return nil, &wirechief.Error{Op: "presence.set", Kind: wirechief.NotFound, Field: "id", Message: "there is nobody of this id"}
	}
	return &presenceOutput{newPresence(&s)}, nil
}

func (a *api) testNumber(ctx context.Context, in *OnNumber) (*struct{}, error) {
	p, number, err := in.read(ctx)
	if err != nil {
		return nil, err
	}
	return nil, a.Core.TestNumber(ctx, p, number)
}

type testWebhookInput struct {
	InTenant
	Name string `path:"name" maxLength:"255"`
}

type testWebhookOutput struct{ Body wire.Delivery }

func (a *api) testWebhook(ctx context.Context, in *testWebhookInput) (*testWebhookOutput, error) {
	p, err := acting(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	d, err := a.Core.TestWebhook(ctx, p, in.Name)
	if err != nil {
		return nil, err
	}
	return &testWebhookOutput{newDelivery(d)}, nil
}

// tenantFault gives an error about a tenant under the names of this API.
func tenantFault(err error) error {
	for was, is := range map[string]string{
		"opt_out_languages": "opt_out.languages", "opt_out_message": "opt_out.message", "opt_in_message": "opt_out.start_message", "help_message": "opt_out.help_message",
	} {
		if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field == was {
			named := *e
			named.Field = is
			return &named
		}
	}
	return err
}
