package fonedynamics

import (
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

func upper(s string) string { return strings.ToUpper(s) }

// Words of the wire for values of the domain.
const (
	routeEndpoint, routeFlow = "Endpoint", "Flow"
	recordOff, recordCall    = "Off", "Call"
)

// types are the kinds of lines as they are spelt here (fonedynamics: GET
// /Properties/[PropertySid]/Numbers, Type; Mobile is ours).
var types = map[string]wirechief.NumberType{
	"Local": wirechief.TypeLocal, "Toll-Free": wirechief.TypeTollFree, "Shared-Rate": wirechief.TypeSharedRate,
	"National": wirechief.TypeNational, "Mobile": wirechief.TypeMobile,
}

func typeWord(t wirechief.NumberType) string {
	for word, kind := range types {
		if kind == t {
			return word
		}
	}
	return ""
}

func readTypes(r *reading) (out []wirechief.NumberType) {
	for _, word := range r.choices("Type", "Local", "Toll-Free", "Shared-Rate", "National", "Mobile") {
		out = append(out, types[word])
	}
	return out
}

// readCapabilities reads what numbers must be able to do, all of it, under the
// vendor's spelling of the name and under the right one (fonedynamics: GET
// /Properties/[PropertySid]/Numbers, Capabilites, Capabilities).
func readCapabilities(r *reading) (c wirechief.Capabilities) {
	for _, name := range []string{"Capabilites", "Capabilities"} {
		for _, word := range r.choices(name, "Voice", "SMS", "MMS") {
			switch word {
			case "Voice":
				c.Voice = true
			case "SMS":
				c.SMS = true
			case "MMS":
				c.MMS = true
			}
		}
	}
	return c
}

func capabilityWords(c wirechief.Capabilities) []string {
	out := []string{}
	for _, w := range []struct {
		can  bool
		word string
	}{{c.Voice, "Voice"}, {c.SMS, "SMS"}, {c.MMS, "MMS"}} {
		if w.can {
			out = append(out, w.word)
		}
	}
	return out
}

func readNumberFilter(r *reading) (wirechief.NumberFilter, error) {
	f := wirechief.NumberFilter{Types: readTypes(r), Capabilities: readCapabilities(r)}
	f.Limit, f.Offset = r.page(mostNumbers, mostNumbers)
	return f, r.err()
}

// statusWord is Pending while something is owed: an address, or the word of
// the number's carrier.
func statusWord(s wirechief.NumberState) string {
	if s == wirechief.NumberInService {
		return "Active"
	}
	return "Pending"
}

// addressSID and addressID translate between AddressSid and the id of an address.
func addressSID(tenant string, id int64) string { return wirechief.SID('D', tenant, id) }

func addressID(tenant, sid string) (int64, error) {
	if id, ok := wirechief.SIDValue('D', tenant, sid); ok {
		return id, nil
	}
	return 0, &wirechief.Error{Kind: wirechief.NotFound, Field: "address", Message: "there is no such address"}
}

// settings is what a request to configure a number says. A value that is left
// is one that it does not name; an empty one clears.
type settings struct {
	friendly, address                 wirechief.Patch[string]
	source, medium, campaign, content wirechief.Patch[string]
	route, endpoint, flow, recording  wirechief.Patch[string]
	smsTo, smsFrom, mailTo, mailFrom  wirechief.Patch[string]
	hook, hookMethod                  wirechief.Patch[string]
	receiptHook, receiptMethod        wirechief.Patch[string]
}

func patchOf(text string, given bool) wirechief.Patch[string] {
	switch {
	case !given:
		return wirechief.Patch[string]{}
	case text == "":
		return wirechief.Clear[string]()
	}
	return wirechief.Set(text)
}

// readSettings reads them (fonedynamics: POST /Numbers/[Number], Friendly,
// AddressSid, Attribution_Source, Attribution_Medium, Attribution_Campaign,
// Attribution_Content, RoutingMethod, EndpointNumber, Flow, Recording,
// SendSmsFrom, SendSmsTo, SendEmailFrom, SendEmailTo, WebHookUrl, WebHookMethod,
// DeliveryReceiptWebHookUrl, DeliveryReceiptWebHookMethod).
func readSettings(r *reading) settings {
	return settings{
		friendly: patchOf(r.text("Friendly")), address: patchOf(r.words("AddressSid")),
		source: patchOf(r.text("Attribution_Source")), medium: patchOf(r.text("Attribution_Medium")),
		campaign: patchOf(r.text("Attribution_Campaign")), content: patchOf(r.text("Attribution_Content")),
		route: patchOf(r.choice("RoutingMethod", routeEndpoint, routeFlow)), endpoint: patchOf(r.number("EndpointNumber")),
		flow: patchOf(r.words("Flow")), recording: patchOf(r.choice("Recording", recordOff, recordCall)),
		smsFrom: patchOf(r.sender("SendSmsFrom")), smsTo: patchOf(r.number("SendSmsTo")),
		mailFrom: patchOf(r.mail("SendEmailFrom")), mailTo: patchOf(r.mail("SendEmailTo")),
		hook: patchOf(r.url("WebHookUrl")), hookMethod: patchOf(r.choice("WebHookMethod", "GET", "POST")),
		receiptHook:   patchOf(r.url("DeliveryReceiptWebHookUrl")),
		receiptMethod: patchOf(r.choice("DeliveryReceiptWebHookMethod", "GET", "POST")),
	}
}

// sender reads whom a forwarded text is from: a number or a name. The words
// that the exchange has for senders are no names.
func (r *reading) sender(name string) (sender string, given bool) {
	text, given := r.words(name)
	if !given || text == "" {
		return "", given
	}
	if e164.IsAlphanumeric(text) && text != senderOwn && text != senderOriginal {
		return text, true
	}
	if number, ok := readNumber(text); ok {
		return number, true
	}
	r.wrong(name, "%q is neither a number in E.164 nor a name of up to 11 letters, digits and spaces", text)
	return "", false
}

func isSet(p wirechief.Patch[string]) bool {
	v, _ := p.Value()
	return v != ""
}

// judge looks at what the settings need of each other and of what the number has.
func (s *settings) judge(r *reading, n *wirechief.Number) {
	v := n.Voice
	route, _ := s.route.Value()
	v.Route = after(s.route, wordOfRoute(v.Route))
	s.endpoint.Apply(&v.Endpoint)
	s.flow.Apply(&v.Flow)
	touched := !s.route.IsLeave() || !s.endpoint.IsLeave() || !s.flow.IsLeave()
	switch {
	case touched && v.Route == routeEndpoint && v.Endpoint == "":
		r.lacks("EndpointNumber", "RoutingMethod Endpoint needs an EndpointNumber")
	case touched && v.Route == routeFlow && v.Flow == "":
		r.lacks("Flow", "RoutingMethod Flow needs a Flow")
	}
	switch {
	case route == routeEndpoint && isSet(s.flow) && !isSet(s.endpoint):
		r.contradicts("Flow", "RoutingMethod Endpoint does not go with a Flow alone")
	case route == routeFlow && isSet(s.endpoint) && !isSet(s.flow):
		r.contradicts("EndpointNumber", "RoutingMethod Flow does not go with an EndpointNumber alone")
	}
	for _, pair := range []struct {
		name, needs string
		says, to    wirechief.Patch[string]
		there       bool
	}{
		{"SendSmsFrom", "SendSmsTo", s.smsFrom, s.smsTo, shown(n.Forwards, wirechief.KindSMS) >= 0},
		{"SendEmailFrom", "SendEmailTo", s.mailFrom, s.mailTo, shown(n.Forwards, wirechief.KindEmail) >= 0},
		{"WebHookMethod", "WebHookUrl", s.hookMethod, s.hook, shown(n.Forwards, wirechief.KindHTTP) >= 0},
		{"DeliveryReceiptWebHookMethod", "DeliveryReceiptWebHookUrl", s.receiptMethod, s.receiptHook, n.Receipts.URL != ""},
	} {
		if isSet(pair.says) && pair.to.IsLeave() && !pair.there {
			r.lacks(pair.needs, "%s needs a %s", pair.name, pair.needs)
		}
	}
}

// after is what a setting is after a patch.
func after(p wirechief.Patch[string], before string) string {
	p.Apply(&before)
	return before
}

// patch makes the change of a number.
func (s *settings) patch(n *wirechief.Number) (wirechief.NumberPatch, error) {
	p := wirechief.NumberPatch{
		Name: s.friendly, Endpoint: s.endpoint, Flow: s.flow,
		Attribution: wirechief.AttributionPatch{Source: s.source, Medium: s.medium, Campaign: s.campaign, Content: s.content},
		Route:       lowered(s.route), Recording: lowered(s.recording),
	}
	if sid, change := s.address.Value(); change {
		p.Address = wirechief.Clear[int64]()
		if sid != "" {
			id, err := addressID(n.Tenant, sid)
			if err != nil {
				return p, err
			}
			p.Address = wirechief.Set(id)
		}
	}
	if forwards, change := s.forwards(n); change {
		p.Forwards = wirechief.Set(forwards)
	}
	p.Receipts = s.receipts(n.Receipts)
	return p, nil
}

// lowered translates a word of the wire: the domain's are the same in lower case.
func lowered(p wirechief.Patch[string]) wirechief.Patch[string] {
	word, change := p.Value()
	return patchOf(strings.ToLower(word), change)
}

func wordOfRoute(route string) string {
	switch route {
	case wirechief.RouteEndpoint:
		return routeEndpoint
	case wirechief.RouteFlow:
		return routeFlow
	}
	return ""
}

// numberOf shows a number.
func numberOf(n *wirechief.Number, account, property string) number {
	out := number{
		Number: n.Number, AccountSid: account, PropertySid: property, Friendly: n.Name,
		AttributionSource: n.Attribution.Source, AttributionMedium: n.Attribution.Medium,
		AttributionCampaign: n.Attribution.Campaign, AttributionContent: n.Attribution.Content,
		RoutingMethod: wordOfRoute(n.Voice.Route), EndpointNumber: n.Voice.Endpoint, Flow: n.Voice.Flow,
	}
	if n.Address != 0 {
		out.AddressSid = addressSID(n.Tenant, n.Address)
	}
	switch {
	case n.Voice.Recording == wirechief.RecordCall:
		out.Recording = recordCall
	case n.Capabilities.Voice:
		out.Recording = recordOff
	}
	showForwards(n, &out)
	if n.Receipts.URL != "" {
		out.DeliveryReceiptWebHookURL, out.DeliveryReceiptWebHookMethod = n.Receipts.URL, orPost(n.Receipts.Method)
	}
	return out
}

func numberWithExtras(n *wirechief.Number, account, property string) number {
	out := numberOf(n, account, property)
	out.numberExtras = &numberExtras{typeWord(n.Type), capabilityWords(n.Capabilities), statusWord(n.State)}
	return out
}

func offeredOf(o *wirechief.Offer) offered {
	return offered{o.Number, typeWord(o.Type), capabilityWords(o.Capabilities), o.Country}
}

// shown gives the index of the first forward of a kind that is enabled, in the
// order in which they were made; -1 for none.
func shown(list []wirechief.Forward, kind wirechief.DeliveryKind) int {
	return slices.IndexFunc(list, func(f wirechief.Forward) bool { return f.Type == kind && f.Enabled })
}
