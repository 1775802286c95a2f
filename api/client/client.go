package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// prefix is where every server mounts the API.
const prefix = "/wirechief/v1"

// Client calls one server with one token. It is safe for use from many goroutines.
type Client struct {
	server string // without a slash at the end
	token  wirechief.Secret
	http   *http.Client
}

// Option changes how a client is made.
type Option func(*Client)

// WithTransport has requests made by another transport than the usual one,
// which keeps connections and heeds the proxy variables of the environment.
func WithTransport(rt http.RoundTripper) Option {
	return func(c *Client) { c.http.Transport = rt }
}

// New makes a client. server is the address of the server, such as
// http://127.0.0.1:8080; nothing is sent yet.
func New(server string, token wirechief.Secret, options ...Option) (*Client, error) {
	u, err := url.Parse(server)
	switch {
	// The address is not shown: it may have a password in it.
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, wirechief.InvalidField("server", "the server has to be a URL such as http://127.0.0.1:8080")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, wirechief.InvalidField("server", "the URL of the server holds more than scheme, host, port and path; the token is given by itself")
	case token == "":
		return nil, wirechief.InvalidField("token", "a token is needed")
	case strings.ContainsFunc(token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, wirechief.InvalidField("token", "the token holds characters that no token has, such as spaces or the end of a line")
	}
	c := &Client{server: strings.TrimRight(u.String(), "/"), token: token, http: &http.Client{
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, o := range options {
		o(c)
	}
	return c, nil
}

// String names the server. Without it, printing a client would print the
// token, for fmt asks no unexported field how it wants to be shown.
func (c Client) String() string { return "client of " + c.server }

// GoString is String.
func (c Client) GoString() string { return c.String() }

// Close lets go of connections that are kept for further calls.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call is what goes out in one request beside method and path.
type call struct {
	query  url.Values
	body   any    // goes out as JSON
	raw    []byte // goes out as it is
	media  string // type of raw; empty: YAML
	header http.Header
	sent   func(done, total int64) // told how much of raw is under way
}

// counted is a body that tells how much of it was read.
type counted struct {
	*bytes.Reader
	sent func(done, total int64)
}

func (r *counted) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.sent(r.Size()-int64(r.Len()), r.Size())
	return n, err
}

// fetch makes a call that is answered with JSON.
func fetch[T any](ctx context.Context, c *Client, method, path string, what call) (T, error) {
	resp, err := c.start(ctx, method, path, what)
	if err != nil {
		var none T
		return none, err
	}
	defer drain(resp)
	return read[T](ctx, c, resp)
}

// read reads an answer in JSON.
func read[T any](ctx context.Context, c *Client, resp *http.Response) (T, error) {
	var out, none T
	if !isJSON(resp) {
		return none, c.stranger(resp)
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return none, c.failed(ctx, "the answer of the server broke off or makes no sense", err)
	}
	return out, nil
}

// do makes a call whose answer says nothing more than that it is done.
func (c *Client) do(ctx context.Context, method, path string, what call) error {
	resp, err := c.start(ctx, method, path, what)
	if err != nil {
		return err
	}
	defer drain(resp)
	if resp.StatusCode != http.StatusNoContent && !isJSON(resp) {
		return c.stranger(resp)
	}
	return nil
}

func isJSON(resp *http.Response) bool {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return media == "application/json"
}

// start sends a request and gives the answer when it is a good one.
func (c *Client) start(ctx context.Context, method, path string, what call) (*http.Response, error) {
	var body io.Reader
	media := ""
	switch {
	case what.raw != nil:
		body, media = bytes.NewReader(what.raw), cmp.Or(what.media, "application/yaml")
		if what.sent != nil {
			body = &counted{bytes.NewReader(what.raw), what.sent}
		}
	case what.body != nil:
		data, err := json.Marshal(what.body)
		if err != nil {
			return nil, err
		}
		body, media = bytes.NewReader(data), "application/json"
	}
	target := c.server + prefix + path
	if len(what.query) > 0 {
		target += "?" + what.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	if what.raw != nil {
		r.ContentLength = int64(len(what.raw)) // also of a body that is counted
	}
	for name, values := range what.header {
		r.Header[name] = values
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	r.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, c.failed(ctx, "the server at "+c.server+" gives no answer", err)
	}
	if resp.StatusCode >= 300 {
		defer drain(resp)
		return nil, c.problem(resp)
	}
	return resp, nil
}

// failed words an error of the network. The context's own stays recognisable.
func (c *Client) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // without the URL, which has been said
	}
	return fmt.Errorf("%s: %w", what, err)
}

// problem reads a refusal.
func (c *Client) problem(resp *http.Response) error {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	p := new(wire.Problem)
	if media != "application/problem+json" || json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(p) != nil || p.Detail == "" {
		return c.stranger(resp)
	}
	p.Status = resp.StatusCode
	c.hide(p)
	return p
}

// stranger is an answer that the API does not give.
func (c *Client) stranger(resp *http.Response) *wire.Problem {
	p := &wire.Problem{Type: "about:blank", Status: resp.StatusCode, Title: http.StatusText(resp.StatusCode), Kind: wirechief.Unavailable.String()}
	p.Detail = fmt.Sprintf("%s answered %s, which is no answer of Wirechief's own API; is the address right?",
		c.server, strings.TrimSpace(fmt.Sprint(p.Status, " ", p.Title)))
	return p
}

// hide takes the token out of what the server says.
func (c *Client) hide(p *wire.Problem) {
	for _, s := range []*string{&p.Type, &p.Title, &p.Detail, &p.Kind, &p.Rule, &p.Field} {
		*s = strings.ReplaceAll(*s, c.token.Reveal(), c.token.String())
	}
	for i := range p.Errors {
		e := &p.Errors[i]
		e.Field = strings.ReplaceAll(e.Field, c.token.Reveal(), c.token.String())
		e.Detail = strings.ReplaceAll(e.Detail, c.token.Reveal(), c.token.String())
	}
}

// drain reads the little that is left, so that the connection can be used again.
func drain(resp *http.Response) {
	io.CopyN(io.Discard, resp.Body, 64<<10)
	resp.Body.Close()
}
