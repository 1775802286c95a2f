package crosstalk

import (
	"strings"
	"testing"
)

// Calls that name a number; {N} is its digits, {ID} its id in Zendesk Talk.
var calls = []string{
	"GET /2019-01-23/organisations/self/msns/{N}",
	`POST /2019-01-23/organisations/self/msns/{N} {"alias":"x"}`,
	`POST /2019-01-23/organisations/self/msns/{N}/forwarding {"destination":"a@b.test","enabled":true,"type":"Email"}`,
	"DELETE /2019-01-23/organisations/self/msns/{N}/forwarding/a%40b.test",
	"DELETE /2019-01-23/organisations/self/msns/{N}/voice/13105550123",
	`POST /2019-01-23/messages {"to":"13105551212","from":"{N}","type":"sms","content":"x"}`,
	"GET /v2/Numbers/{N}",
	`POST /v2/Numbers/{N} {"Friendly":"x"}`,
	"DELETE /v2/Numbers/{N}",
	`POST /v2/Properties/SACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA/Numbers {"Number":"+{N}"}`,
	`POST /v2/Properties/SACMEAAAAAAAAAAAAAAAAAAAAAAAAAAA/Messages {"From":"+{N}","To":"+13105551212","Text":"x"}`,
	"GET /api/v2/channels/voice/phone_numbers/{ID}",
	`PUT /api/v2/channels/voice/phone_numbers/{ID} {"phone_number":{"nickname":"x"}}`,
	"DELETE /api/v2/channels/voice/phone_numbers/{ID}",
	`POST /api/v2/channels/voice/callback_requests {"callback_request":{"phone_number_id":{ID},"requester_phone_number":"+13105551212"}}`,
	"GET /api/v1.0/tnRecord?Number={N}",
	`POST /api/v1.0/tnRecord {"TN":"{N}","Lidb":"x"}`,
	"DELETE /api/v1.0/tnRecord?Number={N}",
	`POST /api/v1.0/orderTn {"TN":"{N}"}`,
	`POST /api/v1.0/messageSend {"From":"{N}","To":["13105551212"],"Message":"x"}`,
	"GET /wirechief/v1/numbers/%2B{N}",
	`PATCH /wirechief/v1/numbers/%2B{N} {"name":"x"}`,
	"DELETE /wirechief/v1/numbers/%2B{N}",
	"POST /wirechief/v1/numbers/%2B{N}/restore",
	`POST /wirechief/v1/numbers {"number":"+{N}"}`,
	`POST /wirechief/v1/reservations {"numbers":["+{N}"]}`,
	`POST /wirechief/v1/messages {"from":"+{N}","to":["+13105551212"],"text":"x"}`,
	"GET /wirechief/v1/numbers/%2B{N}/events",
}

// A number of another tenant's answers as one that nobody has: in service, in
// quarantine, or only reserved.
func TestAForeignNumberIsAsUnknown(t *testing.T) {
	for _, state := range []struct{ name, number, make string }{
		{"in service", theirs, ""},
		{"aging", theirs, "DELETE /wirechief/v1/numbers/%2B" + digits(theirs)},
		{"reserved", onSale, `POST /wirechief/v1/reservations {"numbers":["` + onSale + `"]}`},
	} {
		t.Run(state.name, func(t *testing.T) {
			for _, call := range calls {
				h := newHouse(t)
				foreignID := at(h.read(own, "globex", theirs), "id")
				if state.make != "" {
					h.must("globex", state.make)
				}
				h.foreign(call, state.number, foreignID)
			}
		})
	}
}

// foreign makes a call about a number of another tenant's, and about one that
// nobody has.
func (h *house) foreign(call, number, id string) {
	h.t.Helper()
	const unknown = "+13105550177"
	fill := func(number, id string) string {
		return strings.NewReplacer("{N}", digits(number), "{ID}", id).Replace(call)
	}
	before := h.read(own, "globex", number)
	foreignStatus, foreign := h.do("acme", fill(number, id))
	unknownStatus, none := h.do("acme", fill(unknown, "987654321"))
	foreign = strings.NewReplacer(digits(number), "N", id, "ID").Replace(foreign)
	none = strings.NewReplacer(digits(unknown), "N", "987654321", "ID").Replace(none)
	if foreignStatus != unknownStatus || foreign != none {
		h.t.Errorf("%s\nforeign: %d %s\nunknown: %d %s", call, foreignStatus, foreign, unknownStatus, none)
	}
	if unknownStatus < 400 && !strings.HasSuffix(call, "/events") {
		h.t.Errorf("%s: %d for a number that nobody has", call, unknownStatus)
	}
	if after := h.read(own, "globex", number); after != before {
		h.t.Errorf("%s changed another tenant's number:\n%s\n%s", call, before, after)
	}
}

// What belongs to another tenant beside numbers answers as what there is not.
func TestForeignThingsAreAsUnknown(t *testing.T) {
	h := newHouse(t)
	foreignAddress := at(h.must("globex", "GET /api/v2/channels/voice/addresses"), "addresses/0/id")
	foreignSID := at(h.must("globex", "GET /v2/Accounts/AGLOBEXAAAAAAAAAAAAAAAAAAAAAAAAA/Addresses"), "Addresses/0/AddressSid")
	greeting := at(h.must("globex", `POST /api/v2/channels/voice/greetings {"greeting":{"name":"x","category_id":1}}`), "greeting/id")
	ivr := at(h.must("globex", `POST /api/v2/channels/voice/ivr {"ivr":{"name":"x"}}`), "ivr/id")
	line := at(h.must("globex", `POST /api/v2/channels/voice/digital_lines {"digital_line":{"nickname":"x"}}`), "digital_line/id")
	for _, c := range []struct{ call, foreign, unknown string }{
		{"GET /api/v2/channels/voice/addresses/X", foreignAddress, "987654321"},
		{"DELETE /api/v2/channels/voice/addresses/X", foreignAddress, "987654321"},
		{"GET /wirechief/v1/addresses/X", foreignAddress, "987654321"},
		{"GET /v2/Addresses/X", foreignSID, "DAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"DELETE /v2/Addresses/X", foreignSID, "DAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"GET /v2/Accounts/X/Numbers", "AGLOBEXAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"GET /v2/Properties/X/Numbers", "SGLOBEXAAAAAAAAAAAAAAAAAAAAAAAAA", "SAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"GET /2019-01-23/organisations/X/msns", "4712", "4713"},
		{"GET /api/v2/channels/voice/greetings/X", greeting, "987654321"},
		{"DELETE /api/v2/channels/voice/greetings/X", greeting, "987654321"},
		{"GET /api/v2/channels/voice/ivr/X", ivr, "987654321"},
		{"GET /api/v2/channels/voice/ivr/X/menus", ivr, "987654321"},
		{"GET /api/v2/channels/voice/digital_lines/X", line, "987654321"},
	} {
		if c.foreign == "" {
			t.Errorf("%s: there is nothing foreign to ask for", c.call)
			continue
		}
		foreignStatus, foreign := h.do("acme", strings.Replace(c.call, "X", c.foreign, 1))
		unknownStatus, none := h.do("acme", strings.Replace(c.call, "X", c.unknown, 1))
		if foreignStatus != unknownStatus || strings.ReplaceAll(foreign, c.foreign, "X") != strings.ReplaceAll(none, c.unknown, "X") || unknownStatus < 400 {
			t.Errorf("%s\nforeign: %d %s\nunknown: %d %s", c.call, foreignStatus, foreign, unknownStatus, none)
		}
	}
}
