package audit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// changed stands in the place of a secret.
const changed = "(changed)"

// Bounds of an entry.
const (
	mostChanges = 100
	mostText    = 1000 // octets of a value
)

// secrets are the names of properties whose values nobody reads in a log.
func isSecret(name string) bool {
	switch strings.ToLower(name) {
	case "password", "hash", "salt", "secret", "token", "port_out_pin", "pin", "client_secret", "authorization":
		return true
	}
	return false
}

// noise are properties that change by themselves: their difference alone is none.
func isNoise(kind wirechief.EntityKind, name string) bool {
	switch name {
	case "rev", "revision", "updated_at", "modified_at", "sent", "refused", "started_at", "ended_at":
		return true
	case "state", "state_at", "via":
		return kind == wirechief.EntityAgent
	}
	return kind == wirechief.EntityAgent && (name == "presence" || strings.HasPrefix(name, "presence."))
}

// differences gives the properties in which two JSON objects differ, those of
// objects inside with dots, in order of their names. nil is an object without
// properties.
func differences(before, after []byte, kind wirechief.EntityKind) ([]wirechief.AuditChange, error) {
	if bytes.Equal(before, after) {
		return nil, nil
	}
	old, err := flatten(before)
	if err != nil {
		return nil, err
	}
	now, err := flatten(after)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(old)+len(now))
	for name := range old {
		names = append(names, name)
	}
	for name := range now {
		if _, ok := old[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []wirechief.AuditChange
	for _, name := range names {
		a, b := old[name], now[name]
		if isNoise(kind, name) || same(a, b) || kind == wirechief.EntityCredential && name == "name" && isDigest(shown(b)+shown(a)) {
			continue
		}
		if len(out) == mostChanges {
			break
		}
		c := wirechief.AuditChange{Field: name}
		if isSecret(name[strings.LastIndexByte(name, '.')+1:]) {
			c.After = changed
		} else if c.Before, c.After = shown(a), shown(b); c.Before == c.After {
			c.Before, c.After = "", changed // by a secret inside, or behind the bound
		}
		out = append(out, c)
	}
	return out, nil
}

// isDigest says whether a name is the fingerprint of a token, which tells
// nobody anything.
func isDigest(name string) bool {
	return len(name) == 16 && !strings.ContainsFunc(name, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

// flatten gives the values of an object, those of objects inside by dotted
// names. A document that is no object is one value without a name.
func flatten(doc []byte) (map[string]json.RawMessage, error) {
	out := make(map[string]json.RawMessage)
	if len(doc) == 0 {
		return out, nil
	}
	if bytes.TrimLeft(doc, " \t\r\n")[0] != '{' {
		out["value"] = doc
		return out, nil
	}
	return out, into(out, "", doc, 0)
}

// maxDepth is how deep objects are taken apart.
const maxDepth = 4

func into(out map[string]json.RawMessage, prefix string, doc []byte, depth int) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(doc, &fields); err != nil {
		return err
	}
	for name, v := range fields {
		if len(v) > 0 && v[0] == '{' && depth < maxDepth && !isSecret(name) {
			if err := into(out, prefix+name+".", v, depth+1); err != nil {
				return err
			}
			continue
		}
		out[prefix+name] = v
	}
	return nil
}

// same says whether two values are: what is left out and what is null, false,
// zero or empty are.
func same(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) || isNothing(a) && isNothing(b) {
		return true
	}
	if len(a) == 0 || len(b) == 0 || a[0] != b[0] || a[0] != '[' && a[0] != '{' {
		return false
	}
	return bytes.Equal(canonical(a), canonical(b))
}

// canonical writes the properties of objects in one order.
func canonical(v json.RawMessage) []byte {
	var any any
	d := json.NewDecoder(bytes.NewReader(v))
	d.UseNumber() // ids keep all their digits
	if d.Decode(&any) != nil {
		return v
	}
	doc, err := json.Marshal(any)
	if err != nil {
		return v
	}
	return doc
}

func isNothing(v json.RawMessage) bool {
	switch string(v) {
	case "", "null", `""`, "0", "false", "[]", "{}":
		return true
	}
	return false
}

// shown writes a value as people read it: texts without quotes, secrets inside
// lists not at all.
func shown(v json.RawMessage) string {
	if len(v) == 0 || string(v) == "null" {
		return ""
	}
	if v[0] == '"' {
		var s string
		if json.Unmarshal(v, &s) == nil {
			return bounded(withoutUser(s))
		}
	}
	if v[0] == '[' || v[0] == '{' {
		var any any
		d := json.NewDecoder(bytes.NewReader(v))
		d.UseNumber()
		if d.Decode(&any) == nil {
			hide(any)
			if doc, err := json.Marshal(any); err == nil {
				v = doc
			}
		}
	}
	return bounded(string(v))
}

// hide takes secrets out of a value, in place.
func hide(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if isSecret(name) {
				v[name] = changed
				continue
			}
			if s, ok := inner.(string); ok {
				v[name] = withoutUser(s)
				continue
			}
			hide(inner)
		}
	case []any:
		for i, inner := range v {
			if s, ok := inner.(string); ok {
				v[i] = withoutUser(s)
				continue
			}
			hide(inner)
		}
	}
}

// withoutUser takes user and password out of a URL, and the query, where tokens
// stand.
func withoutUser(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 && strings.Contains(s[:i], "://") && !strings.ContainsAny(s, " \n\r\t") {
		s = s[:i] + s[i:i+1] + "***"
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		return scheme + "://***@" + rest[at+1:]
	}
	return s
}

// bounded cuts a text that is too long for a log.
func bounded(s string) string {
	if len(s) <= mostText {
		return s
	}
	return strings.ToValidUTF8(s[:mostText], "") + "…"
}
