package message2give

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// typeOf gives the vendor's word for a kind of forward.
func typeOf(kind wirechief.DeliveryKind) string {
	switch kind {
	case wirechief.KindConsole:
		return typeConsole
	case wirechief.KindEmail:
		return typeEmail
	case wirechief.KindHTTP:
		return typeHTTP
	case wirechief.KindSMS:
		return typeSMS
	}
	return string(kind)
}

// kindOf reads the vendor's word, in any case of letters.
func kindOf(s string) (wirechief.DeliveryKind, error) {
	for _, kind := range []wirechief.DeliveryKind{wirechief.KindConsole, wirechief.KindEmail, wirechief.KindHTTP, wirechief.KindSMS} {
		if strings.EqualFold(s, typeOf(kind)) {
			return kind, nil
		}
	}
	return "", wirechief.InvalidField("type", "%q is not a type: Console, Email, HTTP or SMS", s)
}

// keyOf names a forward on the wire: the destination, a number without "+".
func keyOf(f *wirechief.Forward) string {
	if f.Type == wirechief.KindSMS {
		return bare(f.Destination)
	}
	return f.Destination
}

// property is one that some types of forwarding have.
type property struct {
	wire string
	name string // the domain's, as in Forward.Set
	kind wirechief.DeliveryKind
	read func(f *wirechief.Forward, v dialect.Value) error
	// write gives the value as text, and whether that is a string on the wire.
	write func(f *wirechief.Forward) (text string, quoted bool)
}

// usual is the value of a string that goes without saying.
func (p *property) usual() string {
	switch p.wire {
	case "encoding":
		return "form"
	case "historyMessages":
		return strconv.Itoa(wirechief.HistoryDefault)
	case "historyTimezone":
		return "UTC"
	case "httpMethod":
		return http.MethodPost
	}
	return ""
}

// shows says whether a property is written: when it was said, or differs from
// what goes without saying.
func (p *property) shows(f *wirechief.Forward) bool {
	text, quoted := p.write(f)
	switch {
	case said(f, p.name):
		return true
	case !quoted:
		return text == "true"
	}
	return text != "" && text != p.usual()
}

// forwardProperties are all of them, in the order in which they are written:
// the alphabet's, between enabled and type, as in the vendor's sample.
// (message2give: POST /organisations/{workspace_id}/msns/{msn_id}/forwarding,
// encoding, historyMessages, historyTimezone, httpMethod, includeContext,
// noChunkedTransferEncoding, prefix, suffix).
func forwardProperties() []property {
	return []property{
		text("encoding", "encoding", wirechief.KindHTTP, func(f *wirechief.Forward) *string { return &f.Encoding }, strings.ToLower),
		{"historyMessages", "history", wirechief.KindEmail, readHistory, writeHistory},
		text("historyTimezone", "timezone", wirechief.KindEmail, func(f *wirechief.Forward) *string { return &f.Timezone }, asIs),
		text("httpMethod", "method", wirechief.KindHTTP, func(f *wirechief.Forward) *string { return &f.Method }, strings.ToUpper),
		flag("includeContext", "context", wirechief.KindHTTP, func(f *wirechief.Forward) *bool { return &f.Context }),
		flag("noChunkedTransferEncoding", "length", wirechief.KindHTTP, func(f *wirechief.Forward) *bool { return &f.Length }),
		text("prefix", "prefix", wirechief.KindSMS, func(f *wirechief.Forward) *string { return &f.Prefix }, asIs),
		text("suffix", "suffix", wirechief.KindSMS, func(f *wirechief.Forward) *string { return &f.Suffix }, asIs),
	}
}

func asIs(s string) string { return s }

// text is a property that is a string; canon brings it into its form.
func text(wire, name string, kind wirechief.DeliveryKind, at func(*wirechief.Forward) *string, canon func(string) string) property {
	return property{
		wire, name, kind,
		func(f *wirechief.Forward, v dialect.Value) error {
			s, err := v.Text()
			if err != nil {
				return wrong(wire, "a string", err)
			}
			*at(f) = canon(s)
			return nil
		},
		func(f *wirechief.Forward) (string, bool) { return *at(f), true },
	}
}

// flag is a property that is true or false.
func flag(wire, name string, kind wirechief.DeliveryKind, at func(*wirechief.Forward) *bool) property {
	return property{
		wire, name, kind,
		func(f *wirechief.Forward, v dialect.Value) error {
			b, err := v.Bool()
			if err != nil {
				return wrong(wire, "true or false", err)
			}
			*at(f) = b
			return nil
		},
		func(f *wirechief.Forward) (string, bool) { return strconv.FormatBool(*at(f)), false },
	}
}

// readHistory reads a whole number, or a string of one: the vendor's table says
// Number, and its samples have strings.
func readHistory(f *wirechief.Forward, v dialect.Value) error {
	s := string(v)
	if v[0] == '"' {
		var err error
		if s, err = v.Text(); err != nil {
			return wrong("historyMessages", "a string", err)
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || n != math.Trunc(n) || math.Abs(n) > math.MaxInt32 {
		return wirechief.InvalidField("historyMessages", "the value is not a whole number")
	}
	i := int(n)
	f.History = &i
	return nil
}

// writeHistory writes a string, as the vendor's sample does.
func writeHistory(f *wirechief.Forward) (string, bool) {
	if f.History == nil {
		return "", true
	}
	return strconv.Itoa(*f.History), true
}

// said says whether a property was set explicitly.
func said(f *wirechief.Forward, name string) bool { return slices.Contains(f.Set, name) }

// readForward reads an SMS forwarding (message2give: POST
// /organisations/{workspace_id}/msns/{msn_id}/forwarding, destination, enabled,
// type). What belongs to another type is ignored.
func readForward(body []byte) (wirechief.Forward, error) {
	var f wirechief.Forward
	in, err := readFields(body, "")
	if err != nil {
		return f, err
	}
	if err := in.require("", "destination", "enabled", "type"); err != nil {
		return f, err
	}
	kind, err := in.text("type", "")
	if err != nil {
		return f, err
	}
	if f.Type, err = kindOf(kind); err != nil {
		return f, err
	}
	if f.Enabled, err = in.boolean("enabled", ""); err != nil {
		return f, err
	}
	if f.Destination, err = in.text("destination", ""); err != nil {
		return f, err
	}
	if strings.TrimSpace(f.Destination) == "" {
		return f, missing("destination")
	}
	switch f.Type {
	case wirechief.KindHTTP:
		f.Format = wirechief.DialectMessage2Give
	case wirechief.KindSMS:
		f.Sender = "own"
		if f.Destination, err = readNumber("destination", f.Destination); err != nil {
			return f, err
		}
	}
	for _, p := range forwardProperties() {
		v := in[p.wire]
		if p.kind != f.Type || v.Absent() {
			continue
		}
		if err := p.read(&f, v); err != nil {
			return f, err
		}
		f.Set = append(f.Set, p.name)
	}
	return f, nil
}

// putForward puts a forward in the place of the one with its key, or at the
// end. The key is the destination alone, so that one of another type goes, and
// nothing of what was there stays: not what another API has said of it either.
func putForward(old []wirechief.Forward, f wirechief.Forward) (list []wirechief.Forward, replaced bool) {
	for i := range old {
		switch {
		case keyOf(&old[i]) != keyOf(&f):
			list = append(list, old[i])
		case !replaced:
			list = append(list, f)
			replaced = true
		}
	}
	if !replaced {
		list = append(list, f)
	}
	return list, replaced
}

// dropForward gives the list without the forward that a path names, whatever
// its type. When there is none, a "+" may stand for a space, as forms have it.
func dropForward(old []wirechief.Forward, value string) []wirechief.Forward {
	for _, key := range []string{value, strings.ReplaceAll(value, "+", " ")} {
		list := slices.DeleteFunc(slices.Clone(old), func(f wirechief.Forward) bool {
			number, err := readNumber("", key)
			return keyOf(&f) == key || f.Type == wirechief.KindSMS && err == nil && f.Destination == number
		})
		if len(list) < len(old) {
			return list
		}
	}
	return old
}
