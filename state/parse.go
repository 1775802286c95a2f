package state

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/internal/document"
	"github.com/wirechief/wirechief/webhook"
)

// Parse reads a state file; name is what it is called in messages. An error
// shows every mistake, one a line, and is fit for a person; its kind is Invalid.
func Parse(name string, data []byte) (*File, error) {
	root, err := document.Parse(name, data)
	if err != nil {
		return nil, refused(err)
	}
	j := judge{document.NewReader(name)}
	f := &File{Name: name, places: j.Reader}
	j.Decode(root, "", f)
	// A file whose values cannot be read is not judged further: what would seem
	// to be missing then is a consequence, and would only confuse.
	if err := j.Err(); err != nil {
		return nil, refused(err)
	}
	j.file(f)
	if err := j.Err(); err != nil {
		return nil, refused(err)
	}
	return f, nil
}

func refused(err error) error {
	return &wirechief.Error{Op: "state.parse", Kind: wirechief.Invalid, Message: err.Error()}
}

// judge finds what is wrong with the meaning of a file.
type judge struct{ *document.Reader }

// campaignID is the form of the ids of the registry (TCR) that have been seen.
var campaignID = regexp.MustCompile(`^C[0-9A-Z]{5,7}$`)

var tenantID = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,62}$`)

func at(path, key string) string { return path + "." + key }

func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func (j judge) file(f *File) {
	j.tenants(f)
	sources := make(unique[string])
	for i := range f.Offers {
		path := item("offers", i)
		j.offer(path, &f.Offers[i])
		if name := f.Offers[i].Source(); name != "" {
			sources.check(j, path, "source of offers", name)
		}
	}
}

func (j judge) tenants(f *File) {
	seen := make(unique[string])
	owners := make(unique[string])
	for i := range f.Tenants {
		t, path := &f.Tenants[i], item("tenants", i)
		if !tenantID.MatchString(t.ID) {
			j.Report(at(path, "id"), "%q is no id of a tenant: up to 63 of a-z, 0-9 and, after the first, . _ -", t.ID)
		}
		seen.check(j, at(path, "id"), "tenant", t.ID)
		if !t.Absent {
			j.tenant(path, t)
		}
		for k := range t.Numbers {
			n, path := &t.Numbers[k], item(at(path, "numbers"), k)
			if n.Number == "" {
				j.Report(at(path, "number"), "a number is needed")
				continue
			}
			j.phone(at(path, "number"), &n.Number)
			owners.check(j, at(path, "number"), "number", n.Number)
			if !n.Absent && !t.Absent {
				j.number(path, n)
				j.keywords(path, t, n)
			}
		}
	}
}

func (j judge) tenant(path string, t *Tenant) {
	if t.Balance != nil && *t.Balance < 0 {
		j.Report(at(path, "balance"), "it is negative")
	}
	if t.Rates != nil {
		j.price(at(path, "rates.sms_segment"), t.Rates.SMSSegment)
		j.price(at(path, "rates.mms"), t.Rates.MMS)
		j.price(at(path, "rates.number_month"), t.Rates.NumberMonth)
	}
	j.settings(path, t)
	optional(j, at(path, "in_doubt"), t.InDoubt, "resend", "unknown")
	j.credentials(at(path, "credentials"), t.Credentials)
	j.directory(path, t)
	j.endpoints(path, t)
	j.people(path, t)
	for i, f := range each(j, at(path, "flows"), t.Flows, "flow", func(f Flow) string { return f.ID }, "id") {
		if f.Absent || f.Nodes == nil || f.Start == nil {
			continue
		}
		if _, ok := f.Nodes[*f.Start]; !ok {
			j.Report(at(item(at(path, "flows"), i), "start"), "there is no node %q under nodes", *f.Start)
		}
	}
}

// directory judges what has a name of its own and little else.
func (j judge) directory(path string, t *Tenant) {
	each(j, at(path, "properties"), t.Properties, "property", func(p Property) string { return p.SID }, "sid")
	for i, c := range each(j, at(path, "campaigns"), t.Campaigns, "campaign", func(c Campaign) string { return c.TCR }, "tcr") {
		if c.TCR != "" && !campaignID.MatchString(c.TCR) {
			j.Report(at(item(at(path, "campaigns"), i), "tcr"), "%q is no id of a campaign: C and 5 to 7 digits or capitals, as CW1549", c.TCR)
		}
	}
	each(j, at(path, "addresses"), t.Addresses, "address", func(a Address) string { return a.Name }, "name")
	for i, w := range each(j, at(path, "webhooks"), t.Webhooks, "webhook", func(w Webhook) string { return w.Name }, "name") {
		path := item(at(path, "webhooks"), i)
		optional(j, at(path, "method"), w.Method, "POST", "3CX")
		optional(j, at(path, "encoding"), w.Encoding, "", "form", "percent", "none")
	}
}

// endpoints judges what is told of all numbers.
func (j judge) endpoints(path string, t *Tenant) {
	for i, e := range each(j, at(path, "endpoints"), t.Endpoints, "endpoint", func(e Endpoint) string { return e.URL }, "url") {
		for k, event := range e.Events {
			if !slices.Contains(webhook.Events(), event) {
				j.Report(item(at(item(at(path, "endpoints"), i), "events"), k), "%q is not known; allowed: %s", event, strings.Join(webhook.Events(), ", "))
			}
		}
	}
}

// people judges agents and what organises them.
func (j judge) people(path string, t *Tenant) {
	id := func(n int64) string {
		if n < 1 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	emails := make(unique[string])
	for i := range each(j, at(path, "agents"), t.Agents, "agent", func(a Agent) string { return id(a.ID) }, "id") {
		path, a := item(at(path, "agents"), i), &t.Agents[i]
		optional(j, at(path, "role"), a.Role, "owner", "admin", "agent", "viewer", "api")
		if a.Email != nil {
			emails.check(j, at(path, "email"), "agent", strings.ToLower(*a.Email))
			j.mail(at(path, "email"), *a.Email)
		}
		if a.Phone != nil && *a.Phone != "" {
			j.phone(at(path, "phone"), a.Phone)
		}
	}
	each(j, at(path, "groups"), t.Groups, "group", func(g Group) string { return id(g.ID) }, "id")
	each(j, at(path, "brands"), t.Brands, "brand", func(b Brand) string { return id(b.ID) }, "id")
	for i, s := range each(j, at(path, "schedules"), t.Schedules, "schedule", func(s Schedule) string { return id(s.ID) }, "id") {
		path := item(at(path, "schedules"), i)
		j.zone(at(path, "time_zone"), s.TimeZone)
		for k, iv := range s.Intervals {
			if iv.StartTime < 0 || iv.EndTime > 7*24*60 || iv.StartTime >= iv.EndTime {
				j.Report(item(at(path, "intervals"), k), "start_time and end_time are minutes since Sunday 00:00, 0 to 10080, the first before the second")
			}
		}
		for k, h := range s.Holidays {
			if err := wirechief.Holiday(h).Judge(); err != nil {
				j.Report(at(item(at(path, "holidays"), k), err.Field), "%s", err.Message)
			}
		}
	}
}

// each reports entries without what identifies them, and those that are there
// twice; it gives the entries back.
func each[T any](j judge, path string, list []T, kind string, key func(T) string, name string) []T {
	seen := make(unique[string])
	for i, entry := range list {
		k := key(entry)
		if k == "" {
			j.Report(at(item(path, i), name), "it is needed: it identifies the %s", kind)
			continue
		}
		seen.check(j, at(item(path, i), name), kind, k)
	}
	return list
}

// unique remembers where things were seen first.
type unique[K comparable] map[K]string

func (u unique[K]) check(j judge, path, kind string, key K) {
	if first, again := u[key]; again {
		// The key is not shown: that of a credential holds its secret.
		j.Report(path, "this %s is in the file already, in line %d", kind, j.Line(first))
		return
	}
	u[key] = path
}

// optional reports a value that is given and not one of those allowed.
func optional[S ~string](j judge, path string, value *S, allowed ...S) {
	if value != nil && !slices.Contains(allowed, *value) {
		words := make([]string, len(allowed))
		for i, a := range allowed {
			words[i] = cmp.Or(string(a), `""`)
		}
		j.Report(path, "%q is not known; allowed: %s", *value, strings.Join(words, ", "))
	}
}

func (j judge) price(path string, m *wirechief.Money) {
	if m != nil && *m < 0 {
		j.Report(path, "a price is not negative")
	}
}

// phone brings a number into its normal form.
func (j judge) phone(path string, number *string) {
	n, err := e164.Parse(*number, "")
	if err != nil {
		j.Report(path, "%q: %s", *number, wirechief.MessageOf(err))
		return
	}
	*number = n
}

// endpoint is a number, which is normalised, or a SIP URI.
func (j judge) endpoint(path string, value *string) {
	if value == nil || *value == "" || strings.HasPrefix(*value, "sip:") || strings.HasPrefix(*value, "sips:") {
		return
	}
	j.phone(path, value)
}

func (j judge) mail(path, s string) {
	if !wirechief.IsMailAddress(s) {
		j.Report(path, "%q is not a mail address", s)
	}
}
