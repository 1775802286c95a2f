package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/exchange"
)

// Numbers is the part of the exchange about numbers that tenants have.
type Numbers interface {
	NumberAnyState(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)
	FindNumbers(ctx context.Context, p wirechief.Principal, f wirechief.NumberFilter) ([]wirechief.Number, int)
	NumberEvents(ctx context.Context, p wirechief.Principal, f wirechief.NumberEventFilter) ([]wirechief.NumberEvent, error)
	ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(n wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error)
	Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)
	Restore(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)
	ImportNumbers(ctx context.Context, p wirechief.Principal, tenant string, rows []exchange.ImportRow, o exchange.ImportOptions) ([]exchange.ImportResult, bool, error)
}

// numbers adds the operations on numbers that tenants have.
func (a *api) numbers() {
	register(a, a.op(scopeRead, "list-numbers", http.MethodGet, "/numbers", "List numbers, in their order",
		about("The header X-Total-Count says how many there are without limit and offset.")), a.listNumbers)
	register(a, a.op(scopeRead, "get-number", http.MethodGet, "/numbers/{number}", "Show a number",
		about("One that is reserved for you, or that you released and can have back, too.")), a.getNumber)
	register(a, a.op(scopeManage, "change-number", http.MethodPatch, "/numbers/{number}", "Change what a number does",
		about(mergeHelp)), a.changeNumber)
	register(a, a.op(scopeManage, "release-number", http.MethodDelete, "/numbers/{number}", "Take a number out of service",
		about("It is kept as it was for a time, in which you can have it back."), body), a.releaseNumber)
	register(a, a.op(scopeManage, "restore-number", http.MethodPost, "/numbers/{number}/restore", "Have back a number that was released"), a.restoreNumber)
	register(a, a.op(scopeRead, "list-number-events", http.MethodGet, "/number-events", "List what happened to numbers, newest first"), a.listEvents)
	register(a, a.op(scopeRead, "list-events-of-number", http.MethodGet, "/numbers/{number}/events", "List what happened to one number, newest first"), a.listEventsOf)
}

// body has an operation answer with one, where its method would not.
func body(op *huma.Operation) { op.DefaultStatus = http.StatusOK }

// Selection is what selects numbers in a query.
type Selection struct {
	State        []string `query:"state,explode" doc:"Any of available, reserved, ordered, pending, in_service, aging; repeated or as a list with commas; default: those on the account" example:"in_service"`
	Type         []string `query:"type,explode" doc:"Any of local, toll-free, mobile, national, shared-rate; repeated or as a list with commas" example:"local"`
	Capabilities []string `query:"capabilities,explode" doc:"All of voice, sms, mms, fax; repeated or as a list with commas" example:"voice,sms"`
	Property     string   `query:"property" maxLength:"64"`
	Campaign     string   `query:"campaign" maxLength:"64"`
	Webhook      string   `query:"webhook" maxLength:"255"`
	Tag          string   `query:"tag" maxLength:"64"`
	Text         string   `query:"text" maxLength:"255" doc:"In number, name, tags, notes or reference, any case"`
	NANP         bool     `query:"nanp" doc:"Only those of the North American plan"`
	Newest       bool     `query:"newest" doc:"By activation, newest first; else by the digits"`
}

func (s *Selection) filter(tenant string) (f wirechief.NumberFilter, err error) {
	f = wirechief.NumberFilter{
		Tenant: tenant, Property: s.Property, Campaign: s.Campaign, Webhook: s.Webhook, Tag: s.Tag, Text: s.Text, NANP: s.NANP, Newest: s.Newest,
	}
	for _, q := range []struct{ name, text string }{
		{"property", s.Property}, {"campaign", s.Campaign}, {"webhook", s.Webhook}, {"tag", s.Tag}, {"text", s.Text},
	} {
		if err := readQuery(q.name, q.text); err != nil {
			return f, err
		}
	}
	if f.States, err = words("state", s.State, numberStates()); err != nil {
		return f, err
	}
	if f.Types, err = words("type", s.Type, wirechief.NumberTypes()); err != nil {
		return f, err
	}
	f.Capabilities, err = readCapabilities("capabilities", s.Capabilities)
	return f, err
}

func numberStates() []wirechief.NumberState {
	return []wirechief.NumberState{
		wirechief.NumberAvailable, wirechief.NumberReserved, wirechief.NumberOrdered, wirechief.NumberPending, wirechief.NumberInService, wirechief.NumberAging,
	}
}

// words reads a list of words out of a closed list; each may be several, with
// commas between them.
func words[T ~string](field string, given []string, known []T) (out []T, _ error) {
	for _, list := range given {
		for word := range strings.SplitSeq(list, ",") {
			switch w := T(strings.TrimSpace(word)); {
			case slices.Contains(known, w):
				out = append(out, w)
			case w != "" || len(given) > 1 || list != "":
				names := make([]string, len(known))
				for i, k := range known {
					names[i] = string(k)
				}
				return nil, wirechief.InvalidField(field, "%q is none of %s", shorten(string(w)), strings.Join(names, ", "))
			}
		}
	}
	return out, nil
}

func readCapabilities(field string, given []string) (c wirechief.Capabilities, _ error) {
	list, err := words(field, given, []string{"voice", "sms", "mms", "fax"})
	has := func(name string) bool { return slices.Contains(list, name) }
	return wirechief.Capabilities{Voice: has("voice"), SMS: has("sms"), MMS: has("mms"), Fax: has("fax")}, err
}

type numbersInput struct {
	Selection
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator, who else sees those of all tenants"`
	After  string `query:"after" maxLength:"64" doc:"Numbers that come after it, by the digits"`
	Limit  int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
	Offset int    `query:"offset" minimum:"0" maximum:"100000000" doc:"How many to leave out first"`
}

type numbersOutput struct {
	Total int           `header:"X-Total-Count" doc:"How many there are without limit and offset"`
	Body  []wire.Number `nullable:"false"`
}

func (a *api) listNumbers(ctx context.Context, in *numbersInput) (*numbersOutput, error) {
	p := who(ctx)
	tenant, err := a.known(ctx, p, in.Tenant)
	if err != nil {
		return nil, err
	}
	f, err := in.filter(tenant)
	if err != nil {
		return nil, err
	}
	f.After, f.Limit, f.Offset = inQuery(in.After), in.Limit, in.Offset
	if f.After != "" && in.Newest {
		return nil, wirechief.InvalidField("after", "after goes by the digits, newest does not; use offset")
	}
	list, total := a.Core.FindNumbers(ctx, p, f)
	out := &numbersOutput{total, make([]wire.Number, len(list))}
	for i := range list {
		out.Body[i] = newNumber(&list[i])
	}
	return out, nil
}

// OnNumber names a number in a path.
type OnNumber struct {
	Number string `path:"number" example:"+13109060901"`
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator: whose number it has to be"`
}

// read gives who acts on which number.
func (in *OnNumber) read(ctx context.Context) (p wirechief.Principal, number string, err error) {
	if number, err = readNumber("number", in.Number); err == nil {
		p, err = actingOn(ctx, in.Tenant)
	}
	return p, number, err
}

type numberOutput struct{ Body wire.Number }

// answer gives the number that a call of the core gave.
func answerNumber(n wirechief.Number, err error) (*numberOutput, error) {
	if err != nil {
		return nil, inSettings(err)
	}
	return &numberOutput{newNumber(&n)}, nil
}

func (a *api) getNumber(ctx context.Context, in *OnNumber) (*numberOutput, error) {
	p, number, err := in.read(ctx)
	if err != nil {
		return nil, err
	}
	return answerNumber(a.Core.NumberAnyState(ctx, p, number))
}

type changeNumberInput struct {
	OnNumber
	Body wire.MergePatch
}

func (a *api) changeNumber(ctx context.Context, in *changeNumberInput) (*numberOutput, error) {
	p, number, err := in.read(ctx)
	if err != nil {
		return nil, err
	}
	return answerNumber(a.Core.ConfigureNumber(ctx, p, number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		return readPatch(&n, in.Body)
	}))
}

func (a *api) releaseNumber(ctx context.Context, in *OnNumber) (*numberOutput, error) {
	p, number, err := in.read(ctx)
	if err != nil {
		return nil, err
	}
	return answerNumber(a.Core.Release(ctx, p, number))
}

func (a *api) restoreNumber(ctx context.Context, in *OnNumber) (*numberOutput, error) {
	p, number, err := in.read(ctx)
	if err != nil {
		return nil, err
	}
	return answerNumber(a.Core.Restore(ctx, p, number))
}

// EventsPage is a page of events.
type EventsPage struct {
	Before int64 `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Ids below it"`
	Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type eventsInput struct {
	EventsPage
	Tenant string `query:"tenant" maxLength:"63" doc:"For the operator, who else sees those of all tenants"`
	Number string `query:"number" maxLength:"64"`
}

type eventsOutput struct {
	Body []wire.NumberEvent `nullable:"false"`
}

func (a *api) listEvents(ctx context.Context, in *eventsInput) (*eventsOutput, error) {
	p := who(ctx)
	tenant, err := a.known(ctx, p, in.Tenant)
	if err != nil {
		return nil, err
	}
	f := wirechief.NumberEventFilter{Tenant: tenant, Before: in.Before, Limit: in.Limit}
	if in.Number != "" {
		if f.Number, err = readNumber("number", inQuery(in.Number)); err != nil {
			return nil, err
		}
	}
	return a.events(ctx, p, f)
}

type eventsOfInput struct {
	OnNumber
	EventsPage
}

func (a *api) listEventsOf(ctx context.Context, in *eventsOfInput) (*eventsOutput, error) {
	p, number, err := in.read(ctx)
	if err != nil {
		return nil, err
	}
	out, err := a.events(ctx, p, wirechief.NumberEventFilter{Tenant: p.Tenant, Number: number, Before: in.Before, Limit: in.Limit})
	if err == nil && len(out.Body) == 0 && in.Before == 0 {
		// Nothing ever happened to it that is the tenant's to see.
		if _, err := a.Core.NumberAnyState(ctx, p, number); err != nil {
			return nil, err
		}
	}
	return out, err
}

func (a *api) events(ctx context.Context, p wirechief.Principal, f wirechief.NumberEventFilter) (*eventsOutput, error) {
	list, err := a.Core.NumberEvents(ctx, p, f)
	if err != nil {
		return nil, err
	}
	out := &eventsOutput{make([]wire.NumberEvent, len(list))}
	for i, e := range list {
		out.Body[i] = wire.NumberEvent{
			ID: e.ID, At: e.At.UTC(), Number: e.Number, Tenant: e.Tenant, Type: string(e.Type), By: e.By, Detail: e.Detail, Message: e.Message,
		}
	}
	return out, nil
}
