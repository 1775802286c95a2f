package message2give_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/message2give"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/test/world"
)

// core is a whole exchange that can be told to fail.
type core struct {
	*world.World
	fail error
	sent chan string // texts that the carrier was given
}

// newCore is a core with the state, and with a guard of URLs for which no name
// resolves: only what is wrong with the URL itself is told.
func newCore(t testing.TB, yaml string) *core {
	t.Helper()
	guard, err := egress.New(egress.Options{Resolver: nowhere{}})
	if err != nil {
		t.Fatal(err)
	}
	c := &core{sent: make(chan string, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	var answering sync.WaitGroup
	t.Cleanup(func() { // after the world has stopped, which waits for answers
		cancel()
		answering.Wait()
	})
	c.World = world.New(t, yaml, func(o *exchange.Options) {
		o.Guard = guard
		o.Formats = map[string]wirechief.Formatter{
			wirechief.DialectMessage2Give: message2give.Formatter{Workspace: func(tenant string) string { return c.Workspace(tenant) }},
		}
	})
	answering.Go(func() {
		for {
			try, err := c.Main.Next(ctx)
			if err != nil {
				return
			}
			try.Answer(wirechief.Outcome{Disposition: wirechief.Done})
			select {
			case c.sent <- try.Text:
			default: // nobody looks
			}
		}
	})
	return c
}

type nowhere struct{}

func (nowhere) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, errors.New("there is no resolver in tests")
}

func (c *core) Numbers(ctx context.Context, p wirechief.Principal) ([]wirechief.Number, error) {
	if c.fail != nil {
		return nil, c.fail
	}
	return c.World.Numbers(ctx, p)
}

func (c *core) Number(ctx context.Context, p wirechief.Principal, number string) (wirechief.Number, error) {
	if c.fail != nil {
		return wirechief.Number{}, c.fail
	}
	return c.World.Number(ctx, p, number)
}

func (c *core) ConfigureNumber(ctx context.Context, p wirechief.Principal, number string, change func(wirechief.Number) (wirechief.NumberPatch, error)) (wirechief.Number, error) {
	if c.fail != nil {
		return wirechief.Number{}, c.fail
	}
	return c.World.ConfigureNumber(ctx, p, number, change)
}

func (c *core) Send(ctx context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	if c.fail != nil {
		return wirechief.SendResult{}, c.fail
	}
	return c.World.Send(ctx, r)
}

// state says what the core has now: for each number what this API can say of
// it, in the core's own words, and the messages that were sent.
func (c *core) state(t *testing.T) string {
	var b strings.Builder
	operator := wirechief.Principal{Operator: true}
	numbers, err := c.World.Numbers(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	line := func(what string, v any) {
		doc, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "  %s %s\n", what, doc)
	}
	for _, n := range numbers {
		fmt.Fprintf(&b, "%s %s %q\n", n.Number, n.Tenant, n.Name)
		for _, f := range n.Forwards {
			line("forward", f)
		}
		for _, f := range n.Voice.Forwards {
			line("voice", f)
		}
		if !reflect.DeepEqual(n.Replies, wirechief.Replies{}) {
			line("replies", n.Replies)
		}
	}
	messages, err := c.Messages(t.Context(), operator, wirechief.MessageFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i := len(messages) - 1; i >= 0; i-- {
		m := messages[i]
		kind := "sms"
		if m.MMS {
			kind = "mms"
		}
		fmt.Fprintf(&b, "%s %s %s from %s to %s: %q", m.Tenant, m.Dialect, kind, m.From, m.To, m.Text)
		for _, item := range m.Media {
			fmt.Fprintf(&b, " %s", item.Source)
		}
		if m.Status == wirechief.StatusScheduled {
			fmt.Fprintf(&b, " at %s", m.Queue.At.UTC().Format(time.RFC3339))
		}
		if due := max(m.Queue.At.Unix(), m.CreatedAt.Unix()); m.ValidUntil.Unix()-due != 24*60*60 {
			fmt.Fprintf(&b, " until %s", m.ValidUntil.UTC().Format(time.RFC3339))
		}
		if m.Status == wirechief.StatusSuppressed {
			fmt.Fprintf(&b, " (suppressed)")
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// rev counts the changes of the number of the tests.
func (c *core) rev(t *testing.T) int64 {
	n, err := c.World.Number(t.Context(), wirechief.Principal{Operator: true}, "+61400000000")
	if err != nil {
		t.Fatal(err)
	}
	return n.Rev
}

// serve answers a request with the credentials of the tests.
func (c *core) serve(method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Basic m2g:m2g-secret")
	w := httptest.NewRecorder()
	message2give.New(c, message2give.Options{}).ServeHTTP(w, r)
	return w
}
