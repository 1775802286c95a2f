package bulkvs

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// Prefix is where the API lives, in any case of letters.
const Prefix = "/api/v1.0"

// Core is what the dialect needs of the exchange.
type Core interface {
	Authenticate(ctx context.Context, l exchange.Login) (wirechief.Principal, error)
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
	Webhooks(ctx context.Context, tenant string) []wirechief.Webhook
	Webhook(ctx context.Context, tenant, name string) (wirechief.Webhook, error)
	PutWebhook(ctx context.Context, p wirechief.Principal, patch wirechief.WebhookPatch) (wirechief.Webhook, error)
	DeleteWebhook(ctx context.Context, p wirechief.Principal, name string) error
	Campaigns(ctx context.Context, tenant string) []exchange.CampaignUse

	SearchOffers(ctx context.Context, p wirechief.Principal, q wirechief.OfferQuery) (exchange.OfferPage, error)
	OfferedExchanges(ctx context.Context, npa string) ([]exchange.OfferedExchange, error)
	Order(ctx context.Context, p wirechief.Principal, r wirechief.OrderRequest) (wirechief.Number, error)
	Number(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)
	FindNumbers(ctx context.Context, p wirechief.Principal, f wirechief.NumberFilter) ([]wirechief.Number, int)
	ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error)
	Release(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)

	Tenant(ctx context.Context, id string) (wirechief.Tenant, error)
	Balance(ctx context.Context, tenant string) (wirechief.Money, error)
	Agents() exchange.Shelf[wirechief.Agent]
}

// Options are what a deployment chooses.
type Options struct {
	Log *slog.Logger // nil: nothing is logged
}

// call is one request that has been let in.
type call struct {
	w      http.ResponseWriter
	r      *http.Request
	who    wirechief.Principal
	tenant string
	tn     string // the number that it is about, once that is known: refusals name it
	query  url.Values
	body   []byte // valid until the handler returns
}

// handler serves a call, or says why not.
type handler func(s *server, c *call) error

type server struct {
	core    Core
	log     *slog.Logger
	table   *dialect.Table[handler]
	buffers sync.Pool // of *bytes.Buffer: request bodies
	replies sync.Pool // of *[]byte
}

// New makes the handler of everything under [Prefix].
func New(core Core, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &server{
		core: core, log: o.Log,
		table:   dialect.NewTable(Prefix, true, routes()),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
		replies: sync.Pool{New: func() any { return new([]byte) }},
	}
}

func routes() []dialect.Route[handler] {
	return []dialect.Route[handler]{
		{Method: http.MethodPost, Path: "/messageSend", Handle: (*server).messageSend, Cite: "bulkvs: POST /messageSend"},
		{Method: http.MethodGet, Path: "/webHooks", Handle: (*server).listWebhooks, Cite: "bulkvs: GET /webHooks"},
		{Method: http.MethodPut, Path: "/webHooks", Handle: (*server).putWebhook, Cite: "bulkvs: PUT /webHooks"},
		{Method: http.MethodDelete, Path: "/webHooks", Handle: (*server).deleteWebhook, Cite: "bulkvs: DELETE /webHooks"},
		{Method: http.MethodGet, Path: "/campaigns", Handle: (*server).listCampaigns, Cite: "bulkvs: GET /campaigns"},
		{Method: http.MethodGet, Path: "/orderTn", Handle: (*server).searchNumbers, Cite: "bulkvs: GET /orderTn"},
		{Method: http.MethodPost, Path: "/orderTn", Handle: (*server).orderNumber, Cite: "bulkvs: POST /orderTn"},
		{Method: http.MethodGet, Path: "/tnRecord", Handle: (*server).listNumbers, Cite: "bulkvs: GET /tnRecord"},
		{Method: http.MethodPost, Path: "/tnRecord", Handle: (*server).changeNumber, Cite: "bulkvs: POST /tnRecord"},
		{Method: http.MethodDelete, Path: "/tnRecord", Handle: (*server).releaseNumber, Cite: "bulkvs: DELETE /tnRecord"},
		{Method: http.MethodGet, Path: "/exchanges", Handle: (*server).listExchanges, Cite: "bulkvs: GET /exchanges"},
		{Method: http.MethodGet, Path: "/accountDetail", Handle: (*server).accountDetail, Cite: "bulkvs: GET /accountDetail"},
	}
}

// ServeHTTP finds the route, lets the client in and reads the body, in the
// order of docs/dialects/bulkvs.md: 401 before 400.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, allowed := s.table.Find(r.Method, r.URL.Path)
	switch {
	case route != nil:
	case len(allowed) > 0:
		s.refuseMethod(w, allowed)
		return
	default:
		s.refuse(w, r, "", wirechief.Errorf(wirechief.NotFound, "there is no such path in this API"))
		return
	}
	// Bearer is for 3CX, which sends texts and nothing else.
	login, err := readLogin(r.Header, strings.EqualFold(r.URL.Path, Prefix+"/messageSend"))
	if err != nil {
		s.refuse(w, r, "", err)
		return
	}
	login.Address = dialect.Address(r)
	p, err := s.core.Authenticate(r.Context(), login)
	if err != nil {
		s.refuse(w, r, "", err)
		return
	}
	c := call{w: w, r: dialect.Known(r, p), who: p, tenant: p.Tenant}
	if r.URL.RawQuery != "" {
		if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			s.refuse(w, r, "", wirechief.Errorf(wirechief.Invalid, "the query is malformed"))
			return
		}
	}
	if r.Method == http.MethodPost || r.Method == http.MethodPut {
		buf := s.buffers.Get().(*bytes.Buffer)
		defer s.buffers.Put(buf)
		if err := dialect.ReadBody(w, r, buf); err != nil {
			s.refuse(w, r, "", err)
			return
		}
		c.body = buf.Bytes()
	}
	if err := route.Handle(s, &c); err != nil {
		s.refuse(w, r, c.tn, err)
	}
}

// bulkvs: POST /messageSend, Idempotency-Key, Send-At, Validity; bulkvs: 3CX, pbx=3cx
func (s *server) messageSend(c *call) error {
	key, err := dialect.IdempotencyKey(c.r.Header)
	if err != nil {
		return err
	}
	timing, err := dialect.ReadTiming(c.r.Header)
	if err != nil {
		return err
	}
	pbx := strings.EqualFold(c.query.Get("pbx"), "3cx")
	out, err := readSend(c.body, pbx)
	if err != nil {
		return err
	}
	out.request.Tenant = c.tenant
	timing.ApplyTo(&out.request)
	if key != "" {
		out.request.Key = key
		out.request.Fingerprint = timing.Fingerprint([]byte("bulkvs messageSend"), []byte(c.r.URL.RawQuery), c.body)
	}
	res, err := s.core.Send(c.r.Context(), out.request)
	if err != nil {
		return err
	}
	reply := s.replies.Get().(*[]byte)
	defer s.replies.Put(reply)
	*reply = appendSent((*reply)[:0], out, &res, pbx)
	dialect.WriteJSON(c.w, http.StatusOK, *reply)
	return nil
}

// bulkvs: GET /webHooks, Webhook: all, or the one that is named.
func (s *server) listWebhooks(c *call) error {
	rows := []webhookRow{}
	if name := c.query.Get("Webhook"); name != "" {
		w, err := s.core.Webhook(c.r.Context(), c.tenant, name)
		if err != nil {
			return err
		}
		rows = append(rows, webhookRowOf(w))
	} else {
		for _, w := range s.core.Webhooks(c.r.Context(), c.tenant) {
			rows = append(rows, webhookRowOf(w))
		}
	}
	s.write(c.w, http.StatusOK, rows)
	return nil
}

// putWebhook answers with what is kept now.
func (s *server) putWebhook(c *call) error {
	patch, err := readWebhook(c.body)
	if err != nil {
		return err
	}
	w, err := s.core.PutWebhook(c.r.Context(), c.who, patch)
	if err != nil {
		return err
	}
	s.write(c.w, http.StatusOK, webhookPut{w.Name, w.Description, w.URL, stamp(w.ModifiedAt)})
	return nil
}

// bulkvs: DELETE /webHooks, Webhook: required.
func (s *server) deleteWebhook(c *call) error {
	name := c.query.Get("Webhook")
	if name == "" {
		return wirechief.InvalidField("name", "the webhook's name is needed in the query")
	}
	if err := s.core.DeleteWebhook(c.r.Context(), c.who, name); err != nil {
		return err
	}
	s.write(c.w, http.StatusOK, webhookDeleted{"Success", name})
	return nil
}

// bulkvs: GET /campaigns, Tcr: all, or the one that is named.
func (s *server) listCampaigns(c *call) error {
	campaigns := s.core.Campaigns(c.r.Context(), c.tenant)
	if tcr := c.query.Get("Tcr"); tcr != "" {
		i := slices.IndexFunc(campaigns, func(c exchange.CampaignUse) bool { return c.TCR == tcr })
		if i < 0 {
			return &wirechief.Error{Kind: wirechief.NotFound, Field: "tcr", Message: "there is no campaign of this id"}
		}
		campaigns = campaigns[i : i+1]
	}
	rows := []campaignRow{}
	for _, c := range campaigns {
		rows = append(rows, campaignRowOf(c))
	}
	s.write(c.w, http.StatusOK, rows)
	return nil
}

// write writes an answer that is not on the hot path.
func (s *server) write(w http.ResponseWriter, status int, v any) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // only strings, bools and numbers: cannot fail
		s.log.Error("an answer could not be written", "error", err)
	}
	dialect.WriteJSON(w, status, bytes.TrimRight(buf.Bytes(), "\n"))
}
