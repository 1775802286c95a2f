package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// statuses is the table from kind to HTTP status (RFC 9110 15).
var statuses = [...]int{
	wirechief.Internal:        http.StatusInternalServerError,
	wirechief.Invalid:         http.StatusBadRequest,
	wirechief.Unauthenticated: http.StatusUnauthorized,
	wirechief.Forbidden:       http.StatusForbidden,
	wirechief.NotFound:        http.StatusNotFound,
	wirechief.Conflict:        http.StatusConflict,
	wirechief.Consent:         http.StatusPreconditionFailed,
	wirechief.NotOffered:      http.StatusUnprocessableEntity,
	wirechief.Exhausted:       http.StatusTooManyRequests,
	wirechief.Unavailable:     http.StatusServiceUnavailable,
}

// problem is a problem document on its way out.
type problem struct{ wire.Problem }

// newProblem turns an error into a problem document. Its cause is not shown.
func newProblem(err error) *problem {
	kind := wirechief.KindOf(err)
	p := makeProblem(statuses[kind], kind, wirechief.MessageOf(err))
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		p.Rule, p.Field = string(e.Rule), e.Field
	}
	return p
}

func makeProblem(status int, kind wirechief.Kind, detail string) *problem {
	return &problem{wire.Problem{
		Type: "about:blank", Status: status, Title: http.StatusText(status), Detail: detail, Kind: kind.String(),
	}}
}

// GetStatus is what huma answers with.
func (p *problem) GetStatus() int { return p.Status }

// GetHeaders gives what goes with some statuses. A second is about how long
// full queues and busy stores last.
func (p *problem) GetHeaders() http.Header {
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return http.Header{"Retry-After": {"1"}}
	case http.StatusUnauthorized:
		return http.Header{"Www-Authenticate": {`Bearer realm="wirechief"`}}
	}
	return nil
}

// ContentType is that of RFC 9457 3.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// write answers with the problem outside of an operation.
func (p *problem) write(w http.ResponseWriter) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p.Problem)
}

// answer is a context whose status can be corrected at the last moment: huma
// says 422 to what it could read but does not like, which is our 400.
type answer struct {
	humaContext
	status int // 0: as huma says
}

// humaContext is huma.Context under a name that is not that of its method.
type humaContext = huma.Context

// SetStatus implements [huma.Context].
func (c *answer) SetStatus(code int) { c.humaContext.SetStatus(cmp.Or(c.status, code)) }

// Unwrap lets the adapter find its own context.
func (c *answer) Unwrap() huma.Context { return c.humaContext }

// answerOf finds the answer in a context that was wrapped further.
func answerOf(ctx huma.Context) *answer {
	for {
		if c, ok := ctx.(*answer); ok {
			return c
		}
		wrapped, ok := ctx.(interface{ Unwrap() huma.Context })
		if !ok {
			return nil
		}
		ctx = wrapped.Unwrap()
	}
}

// maxFaults is how many faults of one request are told.
const maxFaults = 20

// translate turns the errors that huma finds by itself, in the form or the
// size of a request, into our problem documents.
func (a *api) translate(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := a.translated(ctx, e)
	if c := answerOf(ctx); c != nil {
		c.status = p.Status
	}
	return p.Problem, nil
}

func (a *api) translated(ctx huma.Context, e *huma.ErrorModel) *problem {
	switch {
	case e.Status == http.StatusRequestEntityTooLarge:
		return makeProblem(e.Status, wirechief.Invalid, "the request body is too large: "+sizeOf(ctx.Operation().MaxBodyBytes)+" are taken")
	case e.Status == http.StatusUnsupportedMediaType:
		return makeProblem(e.Status, wirechief.Invalid, "the request body has to be JSON, with Content-Type: application/json")
	case e.Status == http.StatusRequestTimeout:
		return makeProblem(e.Status, wirechief.Invalid, "the request body did not come in time")
	case e.Status == http.StatusInternalServerError && e.Detail == "cannot read request body":
		return makeProblem(http.StatusBadRequest, wirechief.Invalid, "the request body broke off")
	case e.Status >= http.StatusInternalServerError:
		return a.refuse(ctx.Context(), ctx.Operation().OperationID, e)
	case len(e.Errors) == 0:
		return makeProblem(http.StatusBadRequest, wirechief.Invalid, e.Detail)
	}
	p := makeProblem(http.StatusBadRequest, wirechief.Invalid, "")
	// A name that nobody knows comes first: it is why another one is missing.
	slices.SortStableFunc(e.Errors, func(a, b *huma.ErrorDetail) int { return unknown(b) - unknown(a) })
	for _, d := range e.Errors[:min(len(e.Errors), maxFaults)] {
		p.Errors = append(p.Errors, faultOf(d))
	}
	first := p.Errors[0]
	p.Field, p.Detail = first.Field, first.Detail
	if first.Field != "" {
		p.Detail = first.Field + ": " + first.Detail
	}
	if len(p.Errors) == 1 {
		p.Errors = nil
	}
	return p
}

// unknown is 1 of a fault that is a name which nobody knows.
func unknown(d *huma.ErrorDetail) int {
	if d.Message == validation.MsgUnexpectedProperty {
		return 1
	}
	return 0
}

// faultOf words one fault. The value is not given back: it may be a secret, or
// a megabyte.
func faultOf(d *huma.ErrorDetail) wire.ProblemDetail {
	// "body.to[0]" is what the caller calls "to[0]".
	_, field, _ := strings.Cut(d.Location, ".")
	if inner, message := splitFault(d.Message); inner != "" || message != d.Message {
		return wire.ProblemDetail{Field: shorten(inner), Detail: message}
	}
	// huma reports a missing property at the object that lacks it.
	before, after, _ := strings.Cut(validation.MsgExpectedRequiredProperty, "%s")
	if name, ok := strings.CutPrefix(d.Message, before); ok {
		name = strings.TrimSuffix(name, after)
		return wire.ProblemDetail{Field: strings.TrimPrefix(field+"."+name, "."), Detail: "this property is needed"}
	}
	return wire.ProblemDetail{Field: shorten(field), Detail: plain(d.Message)}
}

// plain words a fault of huma's as people do.
func plain(message string) string {
	message = plainNumber(message)
	for _, w := range [][2]string{
		{validation.MsgExpectedMaxLength, "%s characters are the most"},
		{validation.MsgExpectedMinLength, "at least %s are needed"},
		{validation.MsgExpectedMaxItems, "%s entries are the most"},
		{validation.MsgExpectedMinItems, "at least %s are needed"},
		{validation.MsgExpectedMaximumNumber, "%s is the most"},
		{validation.MsgExpectedMinimumNumber, "%s is the least"},
	} {
		before, _, _ := strings.Cut(w[0], "%")
		if limit, ok := strings.CutPrefix(message, before); ok {
			return wordsOfLimit(w[1], limit)
		}
	}
	if message == validation.MsgUnexpectedProperty {
		return "there is no such property to set"
	}
	if message == "required query parameter is missing" {
		return "this parameter is needed"
	}
	return message
}

func wordsOfLimit(words, limit string) string {
	if strings.HasPrefix(words, "at least") && limit == "1" {
		return "it must not be empty"
	}
	return fmt.Sprintf(words, limit)
}

// plainNumber writes a limit that huma gives as 9.007199254740991e+15 as people do.
func plainNumber(message string) string {
	before, _, _ := strings.Cut(validation.MsgExpectedMaximumNumber, "%v")
	if limit, ok := strings.CutPrefix(message, before); ok {
		if f, err := strconv.ParseFloat(limit, 64); err == nil {
			return before + strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	return message
}

// shorten bounds a name that the caller gave.
func shorten(name string) string {
	const most = 100
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}

func sizeOf(limit int64) string {
	if limit > maxBody+1 {
		return "64 MB"
	}
	return "1 MB"
}
