package bulkvs

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/e164"
)

// Words of the number calls.
const (
	statusActive  = "Active"
	statusPending = "Pending"
	classLongCode = "A2PLC"
	classTollFree = "A2PTF"
	tier          = "0" // every number is of this one
	noCharge      = "0.00"
)

// readNumber reads the number that a call is about, which every call needs. It
// is as lenient as with those of messages.
func readNumber(property, s string) (string, error) {
	if s == "" {
		return "", wirechief.InvalidField(property, "a telephone number is needed")
	}
	number, err := e164.ParseNANP(s)
	if err != nil {
		return "", &wirechief.Error{Kind: wirechief.Invalid, Field: property, Message: wirechief.MessageOf(err)}
	}
	return number, nil
}

// readCode reads an area code or an exchange, which may be absent.
func readCode(property, s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "", nil
	}
	if n, err := strconv.Atoi(s); err != nil || n < 200 || n > 999 || len(s) != 3 {
		return "", wirechief.InvalidField(property, "the value is not three digits from 200 to 999")
	}
	return s, nil
}

// readLimit reads how many rows are wanted: none said is fallback, more than
// most is most.
func readLimit(s string, fallback, most int) (int, error) {
	if s == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || n == 0 {
		return 0, wirechief.InvalidField("Limit", "the value is not a number of rows from 1")
	}
	return min(int(n), most), nil
}

// readSwitch reads a boolean as clients write it: true, 1 and "1".
func readSwitch(s string) (on, ok bool) {
	switch strings.ToLower(s) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// states are the states, provinces and territories of the North American plan
// that have a postal code.
const states = " AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY" +
	" DC PR GU VI AS MP AB BC MB NB NL NS NT NU ON PE QC SK YT "

// place tells a rate center from a state.
func place(location string) (center, state string) {
	if code := strings.ToUpper(location); len(code) == 2 && strings.Contains(states, " "+code+" ") {
		return "", code
	}
	return location, ""
}

// readLine reads what a purchase and a change have in common.
func readLine(p *wirechief.NumberPatch, name string, v dialect.Value) error {
	switch name {
	case "Lidb":
		return patchWord(&p.CallerName, v, "line.caller_name")
	case "Portout Pin":
		return patchWord(&p.PortOutPIN, v, "line.port_out_pin")
	case "ReferenceID":
		return patchWord(&p.Reference, v, "reference")
	case "Trunk Group":
		return patchWord(&p.TrunkGroup, v, "line.trunk_group")
	case "Sms":
		return patchSwitch(&p.SMS, v, "sms")
	case "Mms":
		return patchSwitch(&p.MMS, v, "mms")
	}
	return nil // unknown properties are ignored
}

// patchWord sets to a text; null leaves it, the empty text clears it. A number,
// as some clients write a PIN, is taken for its digits.
func patchWord(p *wirechief.Patch[string], v dialect.Value, property string) error {
	if v.Absent() {
		return nil
	}
	if len(v) > 0 && '0' <= v[0] && v[0] <= '9' && !strings.ContainsAny(string(v), ".eE") && property == "line.port_out_pin" {
		*p = wirechief.Set(string(v))
		return nil
	}
	s, err := v.Text()
	if err != nil {
		return wrong(property, "a string", err)
	}
	if *p = wirechief.Set(s); s == "" {
		*p = wirechief.Clear[string]()
	}
	return nil
}

// patchSwitch sets to a boolean; null and the empty text leave it alone.
func patchSwitch(p *wirechief.Patch[bool], v dialect.Value, property string) error {
	if v.Absent() || string(v) == `""` {
		return nil
	}
	word := string(v)
	if s, err := v.Text(); err == nil {
		word = s
	}
	on, ok := readSwitch(word)
	if !ok {
		return wirechief.InvalidField(property, "the value is not true or false")
	}
	*p = wirechief.Set(on)
	return nil
}

// change is what POST /tnRecord asks for.
type change struct {
	number   string
	settings wirechief.NumberPatch
	forward  *string // Call Forward: nil leaves it, "" clears it
}

// readChange reads the body of a change (bulkvs: POST /tnRecord, TN, Lidb,
// Portout Pin, ReferenceID, Trunk Group, Custom URI, Call Forward, PSTN Failover,
// Sms, Mms, Tcr, Webhook). null is as if absent, the empty text clears. Calls
// cannot both be forwarded and go to a URI of the customer's.
func readChange(body []byte) (c change, err error) {
	properties, err := dialect.ParseObject(body)
	if err != nil {
		return c, err
	}
	var tn dialect.Value
	p := &c.settings
	for name, v := range properties {
		if name == "TN" {
			tn = v
		}
		if err != nil {
			continue
		}
		switch name {
		case "Custom URI":
			err = patchWord(&p.CustomURI, v, "line.custom_uri")
		case "Tcr":
			err = patchWord(&p.Campaign, v, "campaign")
		case "Webhook":
			err = patchWord(&p.Webhook, v, "webhook")
		case "PSTN Failover":
			var to string
			if to, err = readEndpoint(v, "voice.failover"); err == nil && !v.Absent() {
				p.Failover = wirechief.Set(to)
			}
		case "Call Forward":
			var to string
			if to, err = readEndpoint(v, "voice.endpoint"); err == nil && !v.Absent() {
				c.forward = &to
			}
		default:
			err = readLine(p, name, v)
		}
	}
	s, terr := tn.Text()
	if terr != nil {
		return c, wrong("number", "a string", terr)
	}
	number, nerr := readNumber("number", s)
	if nerr != nil {
		return c, nerr
	}
	c.number = number
	if uri, _ := p.CustomURI.Value(); err == nil && uri != "" && c.forward != nil && *c.forward != "" {
		err = wirechief.Errorf(wirechief.Invalid, "Custom URI and Call Forward contradict each other: calls go to one of them")
	}
	return c, err
}

// readEndpoint reads where calls go: a North American number as leniently as
// anywhere, else what the core makes of it.
func readEndpoint(v dialect.Value, property string) (string, error) {
	s, err := v.Text()
	if err != nil {
		return "", wrong(property, "a string", err)
	}
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, ":@") {
		return s, nil
	}
	if number, err := e164.ParseNANP(s); err == nil {
		return number, nil
	}
	return s, nil
}

// patch is the change of a number as it stands. Calls that go through a flow
// stay there when Call Forward is cleared, for it was not in force.
func (c *change) patch(n wirechief.Number) wirechief.NumberPatch {
	p := c.settings
	switch {
	case c.forward == nil:
	case *c.forward != "":
		p.Route, p.Endpoint = wirechief.Set(wirechief.RouteEndpoint), wirechief.Set(*c.forward)
	case n.Voice.Route != wirechief.RouteFlow:
		p.Route, p.Endpoint = wirechief.Clear[string](), wirechief.Clear[string]()
	}
	return p
}

// filter is what GET /tnRecord selects by (bulkvs: GET /tnRecord, Number, Status,
// Tier, Trunk Group, Portout Pin, Lidb, Class, Sms, Mms, Webhook, Tcr, Limit). What is
// empty is not asked about.
type filter struct {
	number, status, tier, trunk, pin, lidb, class string
	sms, mms                                      *bool
	webhook, tcr                                  string
	limit                                         int // 0: all
}

func readFilter(query url.Values) (f filter, err error) {
	f = filter{
		status: query.Get("Status"), tier: query.Get("Tier"), trunk: query.Get("Trunk Group"), pin: query.Get("Portout Pin"),
		lidb: query.Get("Lidb"), class: query.Get("Class"), webhook: query.Get("Webhook"), tcr: query.Get("Tcr"),
	}
	if s := query.Get("Number"); s != "" {
		if f.number, err = readNumber("Number", s); err != nil {
			return f, err
		}
	}
	for _, sw := range []struct {
		name string
		to   **bool
	}{{"Sms", &f.sms}, {"Mms", &f.mms}} {
		s := query.Get(sw.name)
		if s == "" {
			continue
		}
		on, ok := readSwitch(s)
		if !ok {
			return f, wirechief.InvalidField(sw.name, "the value is not true or false")
		}
		*sw.to = &on
	}
	f.limit, err = readLimit(query.Get("Limit"), 0, 1<<30)
	return f, err
}

// selects says whether a row is wanted.
func (f *filter) selects(r *record) bool {
	switch m := &r.Messaging; {
	case f.status != "" && !strings.EqualFold(f.status, r.Status), f.class != "" && !strings.EqualFold(f.class, m.Class):
	case f.tier != "" && f.tier != r.Details.Tier, f.trunk != "" && f.trunk != r.Routing.TrunkGroup:
	case f.pin != "" && f.pin != r.PortoutPIN, f.lidb != "" && f.lidb != r.LIDB:
	case f.sms != nil && *f.sms != m.SMS, f.mms != nil && *f.mms != m.MMS:
	case f.webhook != "" && f.webhook != m.Webhook, f.tcr != "" && f.tcr != m.TCR:
	default:
		return true
	}
	return false
}

// recordOf shows a number. One that its carrier has yet to confirm, or that
// owes an address, is Pending.
func recordOf(n wirechief.Number) record {
	r := record{
		TN: bare(n.Number), Status: statusPending, LIDB: n.Line.CallerName, PortoutPIN: n.Line.PortOutPIN, ReferenceID: n.Reference,
		Messaging: recordMessaging{classLongCode, n.Enabled.SMS, n.Enabled.MMS, n.Webhook, n.Campaign},
		Details:   tnDetails{Tier: tier, ActivationDate: stamp(n.ActivatedAt)},
	}
	if n.State == wirechief.NumberInService {
		r.Status = statusActive
	}
	if n.Type == wirechief.TypeTollFree || e164.IsTollFree(n.Number) {
		r.Messaging.Class = classTollFree
	}
	r.Routing.TrunkGroup, r.Routing.CustomURI, r.Routing.PSTNFailover = n.Line.TrunkGroup, orNull(n.Line.CustomURI), orNull(endpointOf(n.Voice.Failover))
	if n.Voice.Route == wirechief.RouteEndpoint {
		r.Routing.CallForward = orNull(endpointOf(n.Voice.Endpoint))
	}
	r.Details.RateCenter, r.Details.State = place(n.Location)
	return r
}

// endpointOf writes where calls go, so that it can be read back: 11 digits, or
// with + another country's number, or a SIP URI as it is.
func endpointOf(s string) string {
	if e164.IsNANP(s) {
		return bare(s)
	}
	return s
}

// orNull is null for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// accountOf shows an account. What is not offered here is N and costs nothing;
// an account that is not metered is billed by invoice, whoever writes that.
func accountOf(username string, t wirechief.Tenant, balance wirechief.Money, owner wirechief.Agent) accountDetail {
	yes := func(on bool) string {
		if on {
			return "Y"
		}
		return "N"
	}
	a := accountDetail{
		Username: username, Balance: balanceRelated{Balance: balance.String(), Threshold: noCharge},
		Services:    serviceStatus{LRN: "N", Outbound: "N", Inbound: "N", E911: "N", TollFree: "N", SMS: yes(t.Messaging), MMS: yes(t.Messaging), Invoiced: yes(!t.Metered)},
		MainContact: contact{Name: owner.Name, Email: owner.Email},
		Rates:       rates{noCharge, t.Rates.NumberMonth.String(), noCharge, noCharge, noCharge},
	}
	if e164.IsNumber(owner.Phone) {
		a.MainContact.Telephone = endpointOf(owner.Phone)
	}
	return a
}
