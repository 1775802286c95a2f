package message2give

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/exchange"
)

// readLogin finds out what a client shows: the API key, which is base64 of
// "user:password", as x-api-key or behind Basic, or the two plain behind Basic,
// as the vendor's page spells it. A colon is in no base64. (message2give: every call, x-api-key;
// message2give: every call, Authorization).
func readLogin(h http.Header) (exchange.Login, bool) {
	shown := strings.TrimSpace(h.Get("X-Api-Key"))
	if shown == "" {
		scheme, rest := dialect.SplitAuthorization(h.Get("Authorization"))
		if scheme != "basic" {
			return exchange.Login{}, false
		}
		if user, password, ok := strings.Cut(rest, ":"); ok {
			return exchange.Login{Dialect: wirechief.DialectMessage2Give, Name: user, Secret: password}, user != ""
		}
		shown = rest
	}
	user, password, ok := dialect.DecodeBasic(shown)
	return exchange.Login{Dialect: wirechief.DialectMessage2Give, Name: user, Secret: password}, ok
}

// fields are the properties of an object, each there once. Those that are null
// are absent.
type fields map[string]dialect.Value

// readFields reads a JSON object. in names the object for a refusal: "" for
// the body, else "replies." and the like.
func readFields(doc []byte, in string) (fields, error) {
	properties, err := dialect.ParseObject(doc)
	if err != nil {
		return nil, err
	}
	out := make(fields)
	for name, v := range properties {
		if _, twice := out[name]; twice {
			return nil, wirechief.InvalidField(in+name, "the property is there twice")
		}
		out[name] = v
	}
	return out, nil
}

// object gives the properties of an object within; ok is false when it is absent.
func (f fields) object(name, in string) (inner fields, ok bool, err error) {
	v := f[name]
	if v.Absent() {
		return nil, false, nil
	}
	if v[0] != '{' {
		return nil, false, wirechief.InvalidField(in+name, "the value is not an object")
	}
	inner, err = readFields(v, in+name+".")
	return inner, true, err
}

// text gives a string; an absent one is empty.
func (f fields) text(name, in string) (string, error) {
	s, err := f[name].Text()
	if err != nil {
		return "", wrong(in+name, "a string", err)
	}
	return s, nil
}

// boolean gives true or false; an absent one is false.
func (f fields) boolean(name, in string) (bool, error) {
	b, err := f[name].Bool()
	if err != nil {
		return false, wrong(in+name, "true or false", err)
	}
	return b, nil
}

// require refuses an object that lacks a property.
func (f fields) require(in string, names ...string) error {
	for _, name := range names {
		if v := f[name]; v.Absent() || string(v) == `""` {
			return missing(in + name)
		}
	}
	return nil
}

// bare is the vendor's way to write a number: digits without "+". Other
// addresses stay as they are.
func bare(address string) string {
	if e164.IsNumber(address) {
		return address[1:]
	}
	return address
}

// readNumber reads a number of any country in international form, with or
// without "+": E.164. Without it there are only digits: what is written as at
// home, "(310) 555-0199", would be somebody's in another country.
func readNumber(property, s string) (string, error) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "+") {
		s = "+" + strings.ReplaceAll(s, " ", "")
		if !e164.IsNumber(s) || !e164.InPlan(s) {
			s = ""
		}
	}
	number, err := e164.Parse(s, "")
	if err != nil {
		return "", wirechief.InvalidField(property, "not a telephone number in international form, such as 61400000000")
	}
	return number, nil
}

// readEndpoint reads where a call can go: a number becomes E.164, and what is
// none stays as it is.
func readEndpoint(s string) string {
	if number, err := readNumber("", s); err == nil && !strings.ContainsAny(s, ":@") {
		return number
	}
	return s
}

// update is what POST …/msns/{msn_id} changes; nil leaves alone.
type update struct {
	alias   *string
	offline reply
	online  reply
	voice   []wirechief.VoiceForward // nil: as it is
}

// reply is a change of an automatic reply.
type reply struct {
	message *string
	enabled *bool
}

// readUpdate reads the body (message2give: POST /organisations/{workspace_id}/msns/{msn_id},
// alias, replies, voice). The vendor takes alias alone; replies and voice are
// ours, in the shape of the answer to GET. What else that has is ignored, so
// that what was read can be sent back.
func readUpdate(body []byte) (*update, error) {
	f, err := readFields(body, "")
	if err != nil {
		return nil, err
	}
	u := new(update)
	if !f["alias"].Absent() {
		alias, err := f.text("alias", "")
		if err != nil {
			return nil, err
		}
		u.alias = &alias
	}
	replies, _, err := f.object("replies", "")
	if err != nil {
		return nil, err
	}
	for _, r := range []struct {
		name string
		to   *reply
	}{{repliesOffline, &u.offline}, {repliesOnline, &u.online}} {
		if err := r.to.read(replies, r.name); err != nil {
			return nil, err
		}
	}
	voice, ok, err := f.object("voice", "")
	if err != nil {
		return nil, err
	}
	if ok {
		u.voice, err = readVoices(f["voice"], voice)
	}
	return u, err
}

func (r *reply) read(replies fields, name string) error {
	f, ok, err := replies.object(name, "replies.")
	if err != nil || !ok {
		return err
	}
	in := "replies." + name + "."
	if !f["message"].Absent() {
		message, err := f.text("message", in)
		if err != nil {
			return err
		}
		r.message = &message
	}
	if !f["enabled"].Absent() {
		enabled, err := f.boolean("enabled", in)
		if err != nil {
			return err
		}
		r.enabled = &enabled
	}
	return nil
}

// patch gives the change of the reply as it stands.
func (r *reply) patch(old wirechief.Reply) wirechief.Patch[wirechief.Reply] {
	if r.message == nil && r.enabled == nil {
		return wirechief.Patch[wirechief.Reply]{}
	}
	if r.message != nil {
		old.Message = *r.message
	}
	if r.enabled != nil {
		old.Enabled = *r.enabled
	}
	return wirechief.Set(old)
}

// patch gives the change of the number as it stands.
func (u *update) patch(n *wirechief.Number) wirechief.NumberPatch {
	p := wirechief.NumberPatch{
		AgentsOff: u.offline.patch(n.Replies.AgentsOffline),
		AgentsOn:  u.online.patch(n.Replies.AgentsOnline),
	}
	if u.alias != nil {
		p.Name = wirechief.Set(*u.alias)
	}
	if u.voice != nil {
		p.VoiceForwards = wirechief.Set(u.voice)
	}
	return p
}

// readVoices reads the voice object of an update: all voice forwardings there
// shall be, in the order of the object.
func readVoices(doc dialect.Value, inner fields) ([]wirechief.VoiceForward, error) {
	properties, err := dialect.ParseObject(doc)
	if err != nil {
		return nil, err
	}
	out := []wirechief.VoiceForward{}
	for destination := range properties {
		in := "voice." + destination + "."
		f, ok, err := inner.object(destination, "voice.")
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		v, err := readVoiceFields(f, destination, in)
		if err != nil {
			return nil, err
		}
		if hasVoice(out, v.Destination) {
			return nil, wirechief.InvalidField("voice."+destination, "the destination is there twice")
		}
		out = append(out, v)
	}
	return out, nil
}

// readVoice reads a voice forwarding (message2give: POST
// /organisations/{workspace_id}/msns/{msn_id}/voice, destination, enabled, notifySms).
func readVoice(body []byte) (wirechief.VoiceForward, error) {
	f, err := readFields(body, "")
	if err != nil {
		return wirechief.VoiceForward{}, err
	}
	if err := f.require("", "destination"); err != nil {
		return wirechief.VoiceForward{}, err
	}
	destination, err := f.text("destination", "")
	if err != nil {
		return wirechief.VoiceForward{}, err
	}
	return readVoiceFields(f, destination, "")
}

func readVoiceFields(f fields, destination, in string) (v wirechief.VoiceForward, err error) {
	if err := f.require(in, "enabled"); err != nil {
		return v, err
	}
	if v.Destination = readEndpoint(destination); !e164.IsEndpoint(v.Destination) {
		name := "destination"
		if in != "" {
			name = strings.TrimSuffix(in, ".")
		}
		return v, wirechief.InvalidField(name, "%q is neither a number such as 61400000000 nor a SIP URI", destination)
	}
	if v.Enabled, err = f.boolean("enabled", in); err != nil {
		return v, err
	}
	v.NotifySMS, err = f.boolean("notifySms", in)
	return v, err
}

func hasVoice(list []wirechief.VoiceForward, destination string) bool {
	return slices.ContainsFunc(list, func(f wirechief.VoiceForward) bool { return f.Destination == destination })
}
