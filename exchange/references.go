package exchange

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// refs is where the things are looked up that a number refers to: what is
// configured, or what will be when a state file is applied.
type refs interface {
	webhook(tenant, name string) *wirechief.Webhook
	campaign(tenant, tcr string) *wirechief.Campaign
	// other gives what is kept as a document, nil when there is none.
	other(tenant string, kind wirechief.EntityKind, key string) []byte
}

func (x *Exchange) refs() refs { return x.dir }

// reference is one thing that a number refers to.
type reference struct {
	field string
	kind  wirechief.EntityKind
	key   string
}

// references lists what a number refers to among the documents.
func references(n *wirechief.Number) []reference {
	var out []reference
	one := func(field string, kind wirechief.EntityKind, id int64) {
		if id != 0 {
			out = append(out, reference{field, kind, id10(id)})
		}
	}
	one("address", wirechief.EntityAddress, n.Address)
	one("brand", wirechief.EntityBrand, n.Brand)
	for _, id := range n.Groups {
		one("groups", wirechief.EntityGroup, id)
	}
	one("default_group", wirechief.EntityGroup, n.DefaultGroup)
	one("sms_group", wirechief.EntityGroup, n.SMSGroup)
	one("voice.ivr", wirechief.EntityIVR, n.Voice.IVR)
	one("voice.schedule", wirechief.EntitySchedule, n.Voice.Schedule)
	for _, id := range n.Voice.Greetings {
		one("voice.greetings", wirechief.EntityGreeting, id)
	}
	for _, id := range chosenGreetings(n) {
		out = append(out, reference{"voice.greeting_settings", wirechief.EntityGreeting, id})
	}
	if n.Property != "" {
		out = append(out, reference{"property", wirechief.EntityProperty, n.Property})
	}
	if n.Voice.Flow != "" {
		out = append(out, reference{"voice.flow", wirechief.EntityFlow, n.Voice.Flow})
	}
	return out
}

// chosenGreetings lists the custom greetings that a number has for single cases.
// Default ones have names, not numbers.
func chosenGreetings(n *wirechief.Number) []string {
	var out []string
	for _, cases := range n.Voice.GreetingSettings {
		for _, greeting := range cases {
			if _, err := strconv.ParseInt(greeting, 10, 64); err == nil {
				out = append(out, greeting)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func id10(id int64) string { return strconv.FormatInt(id, 10) }

// judgeReferences looks at what a number newly refers to.
func (x *Exchange) judgeReferences(r refs, old, n *wirechief.Number) *wirechief.Error {
	var before []reference
	if old != nil {
		before = references(old)
	}
	for _, ref := range references(n) {
		if !slices.Contains(before, ref) && r.other(n.Tenant, ref.kind, ref.key) == nil {
			return missing(ref.field, "there is no %s %s", word(ref.kind), ref.key)
		}
	}
	if n.Webhook != "" && (old == nil || old.Webhook != n.Webhook) && r.webhook(n.Tenant, n.Webhook) == nil {
		return missing("webhook", "there is no webhook %q", n.Webhook)
	}
	if n.Campaign != "" && (old == nil || old.Campaign != n.Campaign) && (n.Type == wirechief.TypeTollFree || e164.IsTollFree(n.Number)) {
		err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleCampaign, "%s is toll-free: campaigns are of long codes", n.Number)
		err.Field = "campaign"
		return err
	}
	if n.Campaign != "" && (old == nil || old.Campaign != n.Campaign) && r.campaign(n.Tenant, n.Campaign) == nil {
		return missing("campaign", "there is no campaign %q", n.Campaign)
	}
	if n.Address != 0 && (old == nil || old.Address != n.Address) && n.AddressRule.Needed() && !fits(r, n) {
		err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleAddress, "this address does not do for %s: it needs one that is %s", n.Number, n.AddressRule)
		err.Field = "address"
		return err
	}
	return nil
}

// judgeCampaign asks whether a number may be bound to its campaign, when it
// was not before.
func (x *Exchange) judgeCampaign(old, n *wirechief.Number) *wirechief.Error {
	if n.Campaign == "" || old != nil && old.Campaign == n.Campaign {
		return nil
	}
	var err *wirechief.Error
	switch c := x.dir.campaign(n.Tenant, n.Campaign); {
	case c == nil || !c.Approved || c.Suspended:
		err = wirechief.Refuse(wirechief.Conflict, wirechief.RuleCampaign, "campaign %s is not approved, or suspended", n.Campaign)
	case x.dir.campaignSize(n.Tenant, n.Campaign) >= wirechief.CampaignNumbers:
		err = wirechief.Refuse(wirechief.Conflict, wirechief.RuleCampaignFull, "campaign %s has %d numbers, which is all that it may have", n.Campaign, wirechief.CampaignNumbers)
	default:
		return nil
	}
	err.Field = "campaign"
	return err
}

// missing is a refusal of a reference to what there is not.
func missing(field, format string, args ...any) *wirechief.Error {
	err := wirechief.Refuse(wirechief.Invalid, wirechief.RuleReference, format, args...)
	err.Field = field
	return err
}

// word is a kind as people say it.
func word(kind wirechief.EntityKind) string { return strings.ReplaceAll(string(kind), "_", " ") }

// fits says whether a number's address is one that it can have.
func fits(r refs, n *wirechief.Number) bool {
	var a wirechief.Address
	doc := r.other(n.Tenant, wirechief.EntityAddress, id10(n.Address))
	return doc != nil && json.Unmarshal(doc, &a) == nil && n.AddressRule.Fits(a.Country, n.Country)
}

// owesAddress says whether a number lacks the address that it needs.
func (x *Exchange) owesAddress(r refs, n *wirechief.Number) bool {
	return n.AddressRule.Needed() && (n.Address == 0 || !fits(r, n))
}

// fittingAddress gives the first address of a tenant's that will do, 0 for none.
func (x *Exchange) fittingAddress(tenant string, n *wirechief.Number) int64 {
	for _, e := range x.dir.documents(tenant, wirechief.EntityAddress) {
		var a wirechief.Address
		if json.Unmarshal(e.Doc, &a) == nil && n.AddressRule.Fits(a.Country, n.Country) {
			return a.ID
		}
	}
	return 0
}

// firstProperty gives the property that a tenant had first, "" when it has none.
func (x *Exchange) firstProperty(tenant string) string { return x.dir.firstProperty(tenant) }

// dropDangling takes references off a number to what has gone since, and says
// which.
func (x *Exchange) dropDangling(r refs, n *wirechief.Number) string {
	var gone []string
	lost := func(kind wirechief.EntityKind, key string) bool {
		if key == "" || key == "0" || r.other(n.Tenant, kind, key) != nil {
			return false
		}
		gone = append(gone, word(kind)+" "+key+" is gone")
		return true
	}
	one := func(kind wirechief.EntityKind, id *int64) {
		if lost(kind, id10(*id)) {
			*id = 0
		}
	}
	many := func(kind wirechief.EntityKind, ids []int64) []int64 {
		return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return lost(kind, id10(id)) })
	}
	one(wirechief.EntityAddress, &n.Address)
	one(wirechief.EntityBrand, &n.Brand)
	n.Groups = many(wirechief.EntityGroup, n.Groups)
	one(wirechief.EntityGroup, &n.DefaultGroup)
	one(wirechief.EntityGroup, &n.SMSGroup)
	one(wirechief.EntityIVR, &n.Voice.IVR)
	one(wirechief.EntitySchedule, &n.Voice.Schedule)
	n.Voice.Greetings = many(wirechief.EntityGreeting, n.Voice.Greetings)
	for _, id := range chosenGreetings(n) {
		if lost(wirechief.EntityGreeting, id) {
			n.Voice.GreetingSettings = nil
		}
	}
	if lost(wirechief.EntityProperty, n.Property) {
		n.Property = ""
	}
	if lost(wirechief.EntityFlow, n.Voice.Flow) {
		n.Voice.Flow, n.Voice.Route = "", ""
	}
	if n.Webhook != "" && r.webhook(n.Tenant, n.Webhook) == nil {
		gone, n.Webhook = append(gone, "webhook "+n.Webhook+" is gone"), ""
	}
	if n.Campaign != "" && (r.campaign(n.Tenant, n.Campaign) == nil || x.dir.campaignSize(n.Tenant, n.Campaign) >= wirechief.CampaignNumbers) {
		gone, n.Campaign = append(gone, "campaign "+n.Campaign+" is gone or full"), ""
	}
	return strings.Join(gone, ", ")
}
