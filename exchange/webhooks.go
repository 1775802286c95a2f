package exchange

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Methods of a webhook: the shape of what it gets (bulkvs: PUT /webHooks, Method).
const (
	MethodPOST = "POST"
	Method3CX  = "3CX"
)

var webhookName = regexp.MustCompile(`^[A-Za-z0-9 _.-]{1,64}$`)

// Webhooks lists the webhooks of a tenant by name.
func (x *Exchange) Webhooks(_ context.Context, tenant string) []wirechief.Webhook {
	x.dir.mu.RLock()
	defer x.dir.mu.RUnlock()
	out := []wirechief.Webhook{}
	for key, w := range x.dir.webhooks {
		if key.tenant == tenant {
			out = append(out, *w)
		}
	}
	slices.SortFunc(out, func(a, b wirechief.Webhook) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Webhook gives one webhook of a tenant.
func (x *Exchange) Webhook(_ context.Context, tenant, name string) (wirechief.Webhook, error) {
	if w := x.dir.webhook(tenant, name); w != nil {
		return *w, nil
	}
	return wirechief.Webhook{}, &wirechief.Error{Op: "webhook", Kind: wirechief.NotFound, Field: "name", Message: "there is no webhook of this name"}
}

// PutWebhook creates a webhook or changes one; what the patch leaves alone
// keeps its value, and for a new one has the vendor's default. p.Tenant is
// whose it is.
func (x *Exchange) PutWebhook(ctx context.Context, p wirechief.Principal, patch wirechief.WebhookPatch) (wirechief.Webhook, error) {
	asked, cancel := context.WithTimeout(ctx, vetTime)
	defer cancel()
	v := &vetted{said: make(map[string]error)}
	if _, err := x.patchWebhook(asked, v, p.Tenant, patch); err != nil {
		err.Op = "webhook.put"
		return wirechief.Webhook{}, err
	}
	v.sealed = true
	x.configuring.Lock()
	defer x.configuring.Unlock()
	w, err := x.patchWebhook(ctx, v, p.Tenant, patch)
	if err != nil {
		err.Op = "webhook.put"
		return wirechief.Webhook{}, err
	}
	x.Log.InfoContext(ctx, "configured", "kind", wirechief.EntityWebhook, "tenant", p.Tenant, "key", w.Name, "by", x.by(p))
	return w, x.putEntity(ctx, wirechief.EntityWebhook, p.Tenant, w.Name, w)
}

func (x *Exchange) patchWebhook(ctx context.Context, v *vetted, tenant string, p wirechief.WebhookPatch) (wirechief.Webhook, *wirechief.Error) {
	var none wirechief.Webhook
	w := wirechief.Webhook{Name: p.Name, Method: MethodPOST}
	if old := x.dir.webhook(tenant, p.Name); old != nil {
		w = *old
		v.pass(old.URL)
	}
	p.Description.Apply(&w.Description)
	p.URL.Apply(&w.URL)
	p.DLR.Apply(&w.DLR)
	p.Method.Apply(&w.Method)
	p.Encoding.Apply(&w.Encoding)
	w.ModifiedAt = x.Now().UTC().Truncate(time.Second)
	if err := x.judgeWebhook(ctx, v, &w); err != nil {
		return none, err
	}
	t := x.dir.tenant(tenant)
	switch {
	case t == nil || !t.Messaging:
		return none, wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMessaging, "the messaging service is not enabled for this account")
	case !t.Agreement:
		return none, wirechief.Refuse(wirechief.Consent, wirechief.RuleAgreement, "the messaging agreement has not been accepted for this account")
	}
	return w, nil
}

// judgeWebhook looks at the properties alone, and asks the guard about the URL.
func (x *Exchange) judgeWebhook(ctx context.Context, v *vetted, w *wirechief.Webhook) *wirechief.Error {
	switch {
	case !webhookName.MatchString(w.Name):
		return wirechief.InvalidField("name", "a webhook's name has 1 to 64 letters, digits, spaces, dots, dashes or underscores")
	case w.URL == "":
		return wirechief.InvalidField("url", "a webhook needs an absolute http or https URL")
	case w.Method != MethodPOST && w.Method != Method3CX:
		return wirechief.InvalidField("method", "%q is not a method of a webhook: POST or 3CX", w.Method)
	case len(w.Description) > 255:
		return wirechief.InvalidField("description", "a description has at most 255 characters")
	case !slices.Contains([]string{"", "form", "percent", "none"}, w.Encoding):
		return wirechief.InvalidField("encoding", "%q is not an encoding: form, percent or none", w.Encoding)
	}
	return x.judgeURL(ctx, v, "url", w.URL, false)
}

// DeleteWebhook removes a webhook of p.Tenant's; numbers that use it have none
// then, and their events say who did it.
func (x *Exchange) DeleteWebhook(ctx context.Context, p wirechief.Principal, name string) error {
	tenant := p.Tenant
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if _, err := x.Webhook(ctx, tenant, name); err != nil {
		return err
	}
	for range confirmTries { // of those that somebody changes meanwhile
		left, err := x.unbindWebhook(ctx, p, name)
		if err != nil {
			return err
		}
		if left == 0 {
			break
		}
	}
	e := wirechief.Entity{Tenant: tenant, Kind: wirechief.EntityWebhook, Key: name}
	results, err := x.Store.Apply(ctx, wirechief.DropEntity{Entity: e})
	if err != nil {
		return err
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	x.dir.drop(e)
	return nil
}

// unbindWebhook takes a webhook off the numbers that have it, and says how many
// of them somebody else has changed meanwhile.
func (x *Exchange) unbindWebhook(ctx context.Context, p wirechief.Principal, name string) (left int, err error) {
	var commands []wirechief.Command
	var users []*wirechief.Number
	for _, n := range x.dir.numbersOf(p.Tenant) {
		if n.Webhook == name {
			changed := *n
			changed.Webhook = ""
			users = append(users, &changed)
			commands = append(commands, x.command(step{n: &changed, event: wirechief.NumberWasChanged, who: p, detail: "webhook=none", message: "webhook " + name + " is gone"}, n))
		}
	}
	results, err := x.Store.Apply(ctx, commands...)
	if err != nil {
		return 0, err
	}
	for i, n := range users {
		switch err := results[i].Err; {
		case err == nil:
			x.took(n)
		case wirechief.KindOf(err) == wirechief.Conflict:
			left++
		default:
			return left, err
		}
	}
	return left, nil
}

// CampaignUse is a campaign and how many numbers are bound to it.
type CampaignUse struct {
	wirechief.Campaign
	Numbers int `json:"numbers"`
}

// Campaigns lists the campaigns of a tenant by TCR id.
func (x *Exchange) Campaigns(_ context.Context, tenant string) []CampaignUse {
	x.dir.mu.RLock()
	defer x.dir.mu.RUnlock()
	out := []CampaignUse{}
	for key, c := range x.dir.campaigns {
		if key.tenant == tenant {
			out = append(out, CampaignUse{*c, x.dir.members[key]})
		}
	}
	slices.SortFunc(out, func(a, b CampaignUse) int { return strings.Compare(a.TCR, b.TCR) })
	return out
}

// putEntity stores a configured thing, then takes it over into memory.
func (x *Exchange) putEntity(ctx context.Context, kind wirechief.EntityKind, tenant, key string, v any) error {
	doc, err := json.Marshal(v)
	if err != nil {
		return err
	}
	e := wirechief.Entity{Tenant: tenant, Kind: kind, Key: key, Doc: doc}
	results, err := x.Store.Apply(ctx, wirechief.PutEntity{Entity: e})
	if err != nil {
		return err
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	return x.dir.put(e)
}
