package bulkvs_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/gsm"
	"github.com/wirechief/wirechief/test/world"
)

const ref = "5a66dee6-ff7a-40ee-8218-5805c074dc01"

// core is an exchange without rules: it refuses what it is told to refuse,
// and remembers what it was asked.
type core struct {
	webhooks   map[string]map[string]wirechief.Webhook // by tenant, name
	campaigns  map[string][]exchange.CampaignUse       // by tenant
	senders    map[string]error                        // by From
	names      map[string]error                        // by the name of a webhook that is put
	recipients map[string]*wirechief.Error
	keys       map[string][32]byte
	asked      strings.Builder
	fail       error               // of every call
	world      func() *world.World // answers the calls about numbers
}

// newCore reads the given section of an archive, one thing a line:
//
//	webhook NAME URL DLR METHOD DESCRIPTION
//	campaign TCR COUNT approved|suspended|pending BRAND
//	sender NUMBER KIND RULE MESSAGE         refuses to send from it
//	recipient NUMBER KIND RULE MESSAGE      refuses to send to it
//	put NAME KIND RULE FIELD MESSAGE        refuses to put the webhook
//
// "-" stands for an empty word. Another tenant, globex, has a webhook Secret
// and a campaign CGLOBEX.
func newCore(t testing.TB, given string) *core {
	t.Helper()
	at := time.Date(2021, 2, 16, 16, 23, 35, 0, time.UTC)
	c := &core{
		webhooks: map[string]map[string]wirechief.Webhook{
			"acme":   {},
			"globex": {"Secret": {Name: "Secret", URL: "https://globex.test/dlr", Method: "POST", ModifiedAt: at}},
		},
		campaigns: map[string][]exchange.CampaignUse{
			"globex": {{Campaign: wirechief.Campaign{TCR: "CGLOBEX", Brand: "Globex", Approved: true, ApprovedAt: at}}},
		},
		senders: map[string]error{}, names: map[string]error{},
		recipients: map[string]*wirechief.Error{}, keys: map[string][32]byte{},
	}
	for line := range strings.Lines(given) {
		words := strings.Fields(line)
		for i, w := range words {
			words[i] = strings.TrimPrefix(w, "-")
		}
		rest := func(n int) string { return strings.Join(words[n:], " ") }
		switch words[0] {
		case "webhook":
			c.webhooks["acme"][words[1]] = wirechief.Webhook{
				Name: words[1], URL: words[2], DLR: words[3] == "true", Method: words[4], Description: rest(5), ModifiedAt: at,
			}
		case "campaign":
			n, err := strconv.Atoi(words[2])
			if err != nil {
				t.Fatal(err)
			}
			use := exchange.CampaignUse{Campaign: wirechief.Campaign{TCR: words[1], Brand: rest(4)}, Numbers: n}
			if words[3] != "pending" {
				use.Approved, use.ApprovedAt, use.Suspended = true, at, words[3] == "suspended"
			}
			c.campaigns["acme"] = append(c.campaigns["acme"], use)
		case "sender":
			e := wirechief.Refuse(kindNamed(t, words[2]), wirechief.Rule(words[3]), "%s", rest(4))
			c.senders[words[1]] = e
		case "recipient":
			c.recipients[words[1]] = wirechief.Refuse(kindNamed(t, words[2]), wirechief.Rule(words[3]), "%s", rest(4))
		case "put":
			e := wirechief.Refuse(kindNamed(t, words[2]), wirechief.Rule(words[3]), "%s", rest(5))
			e.Field = words[4]
			c.names[words[1]] = e
		default:
			t.Fatalf("given: %q", line)
		}
	}
	return c
}

func kindNamed(t testing.TB, name string) wirechief.Kind {
	for k := wirechief.Internal; k <= wirechief.Unavailable; k++ {
		if strings.ReplaceAll(k.String(), " ", "_") == name {
			return k
		}
	}
	t.Fatalf("no kind is called %q", name)
	return 0
}

func (c *core) Authenticate(_ context.Context, l exchange.Login) (wirechief.Principal, error) {
	if l.Dialect == wirechief.DialectBulkVS && l.Name == "acme" && l.Secret == "bulk-secret" {
		return wirechief.Principal{Tenant: "acme", Dialect: l.Dialect, Name: l.Name}, nil
	}
	return wirechief.Principal{}, wirechief.Errorf(wirechief.Unauthenticated, "the credentials are missing or wrong")
}

func (c *core) Send(_ context.Context, r wirechief.SendRequest) (wirechief.SendResult, error) {
	if c.fail != nil {
		return wirechief.SendResult{}, c.fail
	}
	if err := c.senders[r.From]; err != nil {
		return wirechief.SendResult{}, err
	}
	if r.Text == "" && len(r.Media) == 0 {
		return wirechief.SendResult{}, wirechief.InvalidField("text", "there is neither a text nor media")
	}
	if old, ok := c.keys[r.Key]; ok && old != r.Fingerprint {
		return wirechief.SendResult{}, &wirechief.Error{
			Kind: wirechief.Conflict, Rule: wirechief.RuleIdempotency, Field: "key", Message: "this idempotency key was used for another request; use a new key",
		}
	} else if r.Key == "" || !ok {
		fmt.Fprintf(&c.asked, "send %s from %s to %s: %q", r.Tenant, r.From, strings.Join(r.To, " "), r.Text)
		for _, u := range r.Media {
			fmt.Fprintf(&c.asked, " %s", u)
		}
		if !r.At.IsZero() {
			fmt.Fprintf(&c.asked, " at %s", r.At.Format(time.RFC3339))
		}
		if r.Validity > 0 {
			fmt.Fprintf(&c.asked, " for %s", r.Validity)
		}
		if r.Key != "" {
			fmt.Fprintf(&c.asked, " (key %q)", r.Key)
			c.keys[r.Key] = r.Fingerprint
		}
		fmt.Fprintln(&c.asked)
	}
	res := wirechief.SendResult{Ref: ref, From: r.From, MMS: len(r.Media) > 0, Segments: max(gsm.Analyse(r.Text).Segments, 1)}
	if res.MMS {
		res.Segments = 1
	}
	for i, to := range r.To {
		out := wirechief.SendRecipient{To: to, Message: int64(i + 1)}
		if e := c.recipients[to]; e != nil {
			out.Kind, out.Rule, out.Refusal = e.Kind, e.Rule, e.Message
		}
		res.Recipients = append(res.Recipients, out)
	}
	return res, nil
}

func (c *core) Webhooks(_ context.Context, tenant string) []wirechief.Webhook {
	var out []wirechief.Webhook
	for _, w := range c.webhooks[tenant] {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b wirechief.Webhook) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (c *core) Webhook(_ context.Context, tenant, name string) (wirechief.Webhook, error) {
	if c.fail != nil {
		return wirechief.Webhook{}, c.fail
	}
	w, ok := c.webhooks[tenant][name]
	if !ok {
		return w, &wirechief.Error{Kind: wirechief.NotFound, Field: "name", Message: "there is no webhook of this name"}
	}
	return w, nil
}

func (c *core) PutWebhook(_ context.Context, who wirechief.Principal, p wirechief.WebhookPatch) (wirechief.Webhook, error) {
	tenant := who.Tenant
	if c.fail != nil {
		return wirechief.Webhook{}, c.fail
	}
	if err := c.names[p.Name]; err != nil {
		return wirechief.Webhook{}, err
	}
	w, ok := c.webhooks[tenant][p.Name]
	if !ok {
		w = wirechief.Webhook{Name: p.Name, Method: "POST"}
	}
	p.Description.Apply(&w.Description)
	p.URL.Apply(&w.URL)
	p.DLR.Apply(&w.DLR)
	p.Method.Apply(&w.Method)
	p.Encoding.Apply(&w.Encoding)
	if w.URL == "" {
		return w, wirechief.InvalidField("url", "a webhook needs an absolute http or https URL")
	}
	w.ModifiedAt = time.Date(2026, 9, 16, 2, 47, 59, 0, time.FixedZone("", -7*3600))
	c.webhooks[tenant][p.Name] = w
	return w, nil
}

func (c *core) DeleteWebhook(ctx context.Context, who wirechief.Principal, name string) error {
	tenant := who.Tenant
	if _, err := c.Webhook(ctx, tenant, name); err != nil {
		return err
	}
	delete(c.webhooks[tenant], name)
	return nil
}

func (c *core) Campaigns(_ context.Context, tenant string) []exchange.CampaignUse {
	return c.campaigns[tenant]
}

// state is what the core was asked, and the webhooks that there are.
func (c *core) state() string {
	out := c.asked.String()
	for _, w := range c.Webhooks(context.Background(), "acme") {
		out += fmt.Sprintf("webhook %s %s %q dlr=%t method=%s encoding=%q\n", w.Name, w.URL, w.Description, w.DLR, w.Method, w.Encoding)
	}
	if out == "" {
		return "nothing was asked\n"
	}
	return out
}
