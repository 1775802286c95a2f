package api

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// readNumber reads a telephone number that a client gave.
func readNumber(field, s string) (string, error) {
	number, err := e164.Parse(s, "")
	if err != nil {
		return "", notA(field, s, wirechief.MessageOf(err))
	}
	return number, nil
}

// readRecipient reads a telephone number or a short code.
func readRecipient(field, s string) (string, error) {
	if e164.IsShortCode(s) {
		return s, nil
	}
	return readNumber(field, s)
}

// readParty reads whatever can stand at either end of a message.
func readParty(field, s string) (string, error) {
	if e164.KindOf(s) != e164.Unknown {
		return s, nil
	}
	return readNumber(field, s)
}

// inQuery gives a number as it was meant: a plus sign that was not escaped
// arrives as a space.
func inQuery(s string) string {
	if rest, ok := strings.CutPrefix(s, " "); ok && rest != "" && '1' <= rest[0] && rest[0] <= '9' {
		return "+" + rest
	}
	return s
}

func notA(field, s, message string) error {
	const most = 64 // characters given back
	if s == "" {
		return wirechief.InvalidField(field, "a telephone number in international form is needed, as +12025550123")
	}
	if utf8.RuneCountInString(s) > most {
		return wirechief.InvalidField(field, "%s", message)
	}
	return wirechief.InvalidField(field, "%q is %s", s, message)
}

// readQuery refuses what is no text in a query: it would only look like what
// it is compared with.
func readQuery(field, s string) error {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return wirechief.InvalidField(field, "the value holds a NUL or is not valid UTF-8")
	}
	return nil
}

func item(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

// messageID is an id in a path.
type messageID struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
}

// given is an id that makes a difference even when it is 0.
type given struct {
	ID  int64
	Set bool
}

// Receiver implements [huma.ParamWrapper].
func (g *given) Receiver() reflect.Value { return reflect.ValueOf(&g.ID).Elem() }

// OnParamSet implements [huma.ParamReactor].
func (g *given) OnParamSet(set bool, _ any) { g.Set = set }

// Schema implements [huma.SchemaProvider].
func (g *given) Schema(huma.Registry) *huma.Schema {
	least, most := 0.0, float64(maxID)
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: &least, Maximum: &most}
}
