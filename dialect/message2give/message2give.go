package message2give

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// Prefix is where the API lives.
const Prefix = "/2019-01-23"

// self stands for the workspace of the credentials.
const self = "self"

// Core is what the dialect needs of the exchange.
type Core interface {
	Authenticate(ctx context.Context, l exchange.Login) (wirechief.Principal, error)
	Numbers(ctx context.Context, p wirechief.Principal) ([]wirechief.Number, error)
	Number(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error)
	ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(n wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error)
	Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error)
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
	number string // E.164, of the path
	value  string // of the path, unescaped: a destination
	body   []byte // valid until the handler returns
}

// handler serves a call, or says why not.
type handler func(s *server, c *call) error

type server struct {
	core    Core
	log     *slog.Logger
	paths   *dialect.Paths[handler]
	buffers sync.Pool // of *bytes.Buffer: request bodies
}

// New makes the handler of everything under [Prefix].
func New(core Core, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &server{
		core: core, log: o.Log,
		paths:   dialect.NewPaths(Prefix, false, routes()),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
}

// The path parameters come in this order: workspace, number, destination.
func routes() []dialect.Route[handler] {
	const msns = "/organisations/{workspace_id}/msns"
	return []dialect.Route[handler]{
		{Method: http.MethodGet, Path: msns, Handle: (*server).list, Cite: "message2give: GET /organisations/{workspace_id}/msns"},
		{Method: http.MethodGet, Path: msns + "/{msn_id}", Handle: (*server).get, Cite: "message2give: GET /organisations/{workspace_id}/msns/{msn_id}"},
		{Method: http.MethodPost, Path: msns + "/{msn_id}", Handle: (*server).update, Cite: "message2give: POST /organisations/{workspace_id}/msns/{msn_id}"},
		{Method: http.MethodPost, Path: msns + "/{msn_id}/forwarding", Handle: (*server).addForward, Cite: "message2give: POST /organisations/{workspace_id}/msns/{msn_id}/forwarding"},
		{Method: http.MethodDelete, Path: msns + "/{msn_id}/forwarding/{value...}", Handle: (*server).removeForward, Cite: "message2give: DELETE /organisations/{workspace_id}/msns/{msn_id}/forwarding/{value}"},
		{Method: http.MethodPost, Path: msns + "/{msn_id}/voice", Handle: (*server).addVoice, Cite: "message2give: POST /organisations/{workspace_id}/msns/{msn_id}/voice"},
		{Method: http.MethodDelete, Path: msns + "/{msn_id}/voice/{value...}", Handle: (*server).removeVoice, Cite: "message2give: DELETE /organisations/{workspace_id}/msns/{msn_id}/voice/{value}"},
		{Method: http.MethodPost, Path: "/messages", Handle: (*server).send, Cite: "message2give: POST /messages"},
	}
}

// ServeHTTP finds the route on the path as it was sent, lets the client in,
// and reads the body: 401 comes before 404 for a workspace, and before 400.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, params, allowed := s.paths.Find(r.Method, r.URL.EscapedPath())
	switch {
	case route != nil:
	case len(allowed) > 0:
		s.refuseMethod(w, allowed)
		return
	default:
		s.refuse(w, r, noSuch(saysNotFound))
		return
	}
	workspace := self
	if len(params) > 0 {
		workspace = params[0]
	}
	c := call{w: w, r: r}
	var err error
	if c.who, err = s.login(r, workspace); err == nil {
		c.r = dialect.Known(r, c.who)
		err = c.place(params)
	}
	if err == nil && r.Method == http.MethodPost {
		buf := s.buffers.Get().(*bytes.Buffer)
		defer s.buffers.Put(buf)
		err = dialect.ReadBody(w, r, buf)
		c.body = buf.Bytes()
	}
	if err == nil {
		err = route.Handle(s, &c)
	}
	if err != nil {
		s.refuse(w, r, err)
	}
}

// place takes the number and the destination from the path. What is no number
// is as unknown as one that nobody has.
//
// message2give: organisations/{workspace_id}/msns/{msn_id}, msn_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}/forwarding, msn_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}/forwarding/{value}, msn_id, value;
// message2give: organisations/{workspace_id}/msns/{msn_id}/voice, msn_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}/voice/{value}, msn_id, value
func (c *call) place(params []string) (err error) {
	if len(params) > 1 {
		if c.number, err = readNumber("number", params[1]); err != nil {
			return noSuch(saysNoNumber)
		}
	}
	if len(params) > 2 {
		c.value = params[2]
		// These calls have no query, so that of a URL which was not encoded
		// belongs to it. Without it the path would name another destination.
		if c.r.URL.RawQuery != "" {
			c.value += "?" + c.r.URL.RawQuery
		}
	}
	return nil
}

// say answers with a status alone.
func (c *call) say(status string) error {
	dialect.WriteJSON(c.w, http.StatusOK, appendStatus(nil, status))
	return nil
}

func (s *server) list(c *call) error {
	numbers, err := s.core.Numbers(c.r.Context(), c.who)
	if err != nil {
		return err
	}
	dialect.WriteJSON(c.w, http.StatusOK, appendList(nil, numbers))
	return nil
}

func (s *server) get(c *call) error {
	n, err := s.core.Number(c.r.Context(), c.who, c.number)
	if err != nil {
		return err
	}
	dialect.WriteJSON(c.w, http.StatusOK, appendNumber(nil, &n))
	return nil
}

func (s *server) update(c *call) error {
	change, err := readUpdate(c.body)
	if err != nil {
		return err
	}
	if _, err := s.core.ConfigureNumber(c.r.Context(), c.who, c.number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		return change.patch(&n), nil
	}); err != nil {
		if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field == "voice.forwards.destination" {
			e.Field = "voice" // it is the key of an object here
		}
		return err
	}
	return c.say(saysUpdated)
}

func (s *server) addForward(c *call) error {
	f, err := readForward(c.body)
	if err != nil {
		return err
	}
	status := saysForwardingAdded
	if _, err := s.core.ConfigureNumber(c.r.Context(), c.who, c.number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		list, replaced := putForward(n.Forwards, f)
		if replaced {
			status = saysForwardingUpdated
		}
		return wirechief.NumberPatch{Forwards: wirechief.Set(list)}, nil
	}); err != nil {
		return err
	}
	return c.say(status)
}

func (s *server) removeForward(c *call) error {
	if _, err := s.core.ConfigureNumber(c.r.Context(), c.who, c.number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		list := dropForward(n.Forwards, c.value)
		if len(list) == len(n.Forwards) {
			return wirechief.NumberPatch{}, noSuch(saysNoForwarding)
		}
		return wirechief.NumberPatch{Forwards: wirechief.Set(list)}, nil
	}); err != nil {
		return err
	}
	return c.say(saysForwardingRemoved)
}

func (s *server) addVoice(c *call) error {
	f, err := readVoice(c.body)
	if err != nil {
		return err
	}
	status := saysVoiceAdded
	if _, err := s.core.ConfigureNumber(c.r.Context(), c.who, c.number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		if hasVoice(n.Voice.Forwards, f.Destination) {
			status = saysVoiceUpdated
		}
		return wirechief.NumberPatch{PutVoiceForwards: []wirechief.VoiceForward{f}}, nil
	}); err != nil {
		return err
	}
	return c.say(status)
}

func (s *server) removeVoice(c *call) error {
	destination := readEndpoint(c.value)
	if _, err := s.core.ConfigureNumber(c.r.Context(), c.who, c.number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		if !hasVoice(n.Voice.Forwards, destination) {
			return wirechief.NumberPatch{}, noSuch(saysNoVoice)
		}
		return wirechief.NumberPatch{DropVoiceForwards: []string{destination}}, nil
	}); err != nil {
		return err
	}
	return c.say(saysVoiceRemoved)
}

// message2give: POST /messages, Idempotency-Key, Send-At, Validity, response 200, response 200, id
func (s *server) send(c *call) error {
	key, err := dialect.IdempotencyKey(c.r.Header)
	if err != nil {
		return err
	}
	timing, err := dialect.ReadTiming(c.r.Header)
	if err != nil {
		return err
	}
	request, err := readMessage(c.body)
	if err != nil {
		return err
	}
	request.Tenant = c.who.Tenant
	timing.ApplyTo(&request)
	if key != "" {
		request.Key = key
		request.Fingerprint = timing.Fingerprint([]byte("message2give messages"), c.body)
	}
	res, err := s.core.Send(c.r.Context(), request)
	if err != nil {
		return err
	}
	// One message has one recipient here, and its refusal is the request's.
	if r := &res.Recipients[0]; r.Refusal != "" {
		return &wirechief.Error{Op: "send", Kind: r.Kind, Rule: r.Rule, Field: "to", Message: r.Refusal}
	}
	b := append([]byte(nil), `{"id":`...)
	b = dialect.AppendString(b, res.Ref)
	b = append(b, `,"status":`...)
	b = append(dialect.AppendString(b, saysSent), '}')
	dialect.WriteJSON(c.w, http.StatusOK, b)
	return nil
}

// login finds out who makes a request, in the workspace of the path.
//
// message2give: organisations/{workspace_id}/msns, workspace_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}, workspace_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}/forwarding, workspace_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}/forwarding/{value}, workspace_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}/voice, workspace_id;
// message2give: organisations/{workspace_id}/msns/{msn_id}/voice/{value}, workspace_id
func (s *server) login(r *http.Request, workspace string) (wirechief.Principal, error) {
	refused := &wirechief.Error{Kind: wirechief.Unauthenticated, Message: saysNoCredentials}
	l, ok := readLogin(r.Header)
	if !ok {
		return wirechief.Principal{}, refused
	}
	l.Address = dialect.Address(r)
	ask := func(account string) (wirechief.Principal, error) {
		l.Account = account
		p, err := s.core.Authenticate(r.Context(), l)
		if wirechief.KindOf(err) == wirechief.Unauthenticated {
			err = refused
		}
		return p, err
	}
	if workspace != self {
		if p, err := ask(workspace); err != error(refused) {
			return p, err
		}
	}
	p, err := ask("")
	if err == nil && workspace != self {
		return wirechief.Principal{}, noSuch(saysNoWorkspace) // somebody else's, or nobody's
	}
	return p, err
}
