package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/wirechief/wirechief/api/wire"
)

// Send sends a message to one or many. With a key, a repeat of the same
// request is harmless and gets the first answer; empty: none.
func (c *Client) Send(ctx context.Context, m wire.Send, key string) (wire.Sent, error) {
	what := call{body: m}
	if key != "" {
		what.header = http.Header{"Idempotency-Key": {key}}
	}
	return fetch[wire.Sent](ctx, c, http.MethodPost, "/messages", what)
}

// MessageQuery selects messages; the zero value selects the newest 50.
type MessageQuery struct {
	Tenant    string // for the operator; empty: all
	Direction string // inbound or outbound
	Status    string
	Number    string // at either end
	Ref       string // of the request that sent it
	Before    int64  // ids below it
	After     int64  // ids above it, oldest first when set
	Limit     int    // 1 to 1000; 0: 50
}

func (q MessageQuery) values() url.Values {
	return values(
		"tenant", q.Tenant, "direction", q.Direction, "status", q.Status, "number", q.Number, "ref", q.Ref,
		"before", number(q.Before), "after", number(q.After), "limit", number(int64(q.Limit)),
	)
}

// Messages lists messages with their timelines, newest first, or oldest first
// with After.
func (c *Client) Messages(ctx context.Context, q MessageQuery) ([]wire.Message, error) {
	return fetch[[]wire.Message](ctx, c, http.MethodGet, "/messages", call{query: q.values()})
}

// Message gives one message with its timeline.
func (c *Client) Message(ctx context.Context, id int64) (wire.Message, error) {
	return fetch[wire.Message](ctx, c, http.MethodGet, "/messages/"+strconv.FormatInt(id, 10), call{})
}

// Cancel withdraws a message that has not left yet, and gives what it is then.
func (c *Client) Cancel(ctx context.Context, id int64) (wire.Message, error) {
	return fetch[wire.Message](ctx, c, http.MethodPost, "/messages/"+strconv.FormatInt(id, 10)+"/cancel", call{})
}

// values makes a query of names and values, without those that are empty.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

// number writes a number, or nothing for 0.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
