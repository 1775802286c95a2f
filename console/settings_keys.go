package console

import (
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

func keyRoutes() []route {
	right := wirechief.RightKeys
	return []route{
		{pattern: "GET /settings/keys", right: right, serve: (*Console).showKeys},
		{pattern: "GET /settings/keys/new", right: right, serve: (*Console).newKey},
		{pattern: "POST /settings/keys/new", right: right, serve: (*Console).makeKey},
		{pattern: "POST /settings/keys/{id}/revoke", right: right, serve: (*Console).revokeKey},
	}
}

type keysData struct {
	Page
	Keys []keyRow
}

// keyRow is a key in the list.
type keyRow struct {
	exchange.Key
	API     string // what its API is called
	Expired bool
	Named   string // by which people know it
}

func (c *Console) showKeys(v *visit) error {
	keys, err := c.Exchange.Keys(v.ctx(), v.p)
	if err != nil {
		return err
	}
	page := &keysData{Page: settingsPage("Keys", "keys")}
	now := c.Now()
	for _, k := range keys {
		row := keyRow{Key: k, API: apiName(k.Dialect), Expired: !k.ExpiresAt.IsZero() && !k.ExpiresAt.After(now), Named: k.Label}
		if row.Named == "" {
			row.Named = k.User
		}
		if row.Named == "" {
			row.Named = "token"
		}
		page.Keys = append(page.Keys, row)
	}
	return c.render(v, "settingskeys", page)
}

// apis are the APIs that keys are for, in the order of the choice.
func apis() []choice {
	return []choice{
		{wirechief.DialectOwn, "Wirechief"},
		{wirechief.DialectBulkVS, "BulkVS"},
		{wirechief.DialectFoneDynamics, "Fone Dynamics"},
		{wirechief.DialectMessage2Give, "Message2Give"},
		{wirechief.DialectZendesk, "Zendesk Talk"},
	}
}

// choice is a value of a form, and what it is called.
type choice struct{ Value, Text string }

// apiName is what an API is called.
func apiName(dialect string) string {
	for _, a := range apis() {
		if a.Value == dialect {
			return a.Text
		}
	}
	return dialect
}

type keyData struct {
	Page
	Label   string
	API     string
	APIs    []choice
	Scopes  []scopeRow
	Expires string // a day, "2026-03-02"
	Made    *madeKey
}

// scopeRow is a scope of our own API, in words.
type scopeRow struct {
	Name, Text string
	On         bool
}

// madeKey is a key with its secret, for the one time that it is shown.
type madeKey struct {
	exchange.Key
	API    string
	Secret string
	Curl   string
}

func scopeRows(on []string) (out []scopeRow) {
	texts := map[string]string{
		exchange.ScopeAll:    "everything below, and people",
		exchange.ScopeRead:   "look at everything",
		exchange.ScopeSend:   "send and cancel messages",
		exchange.ScopeManage: "buy, change and release numbers; keys of this API; replay and pause deliveries",
	}
	for _, s := range exchange.Scopes() {
		out = append(out, scopeRow{s, texts[s], slices.Contains(on, s)})
	}
	return out
}

func (c *Console) newKey(v *visit) error {
	return c.renderKey(v, 200, &keyData{API: wirechief.DialectOwn}, []string{exchange.ScopeRead, exchange.ScopeSend})
}

func (c *Console) renderKey(v *visit, status int, page *keyData, scopes []string) error {
	trouble := page.Trouble
	page.Page = settingsPage("New key", "keys")
	page.Trouble, page.APIs, page.Scopes = trouble, apis(), scopeRows(scopes)
	return c.renderStatus(v, status, "settingskey", page)
}

// makeKey makes a key and shows its secret: in the answer to the form and
// nowhere else, so that no address, cookie or history has it.
func (c *Console) makeKey(v *visit) error {
	page := &keyData{Label: v.value("label"), API: v.value("dialect"), Expires: v.value("expires_at")}
	scopes := slices.Clone(v.form["scopes"])
	given := scopes
	if page.API != wirechief.DialectOwn {
		given = nil // the boxes are for our own API alone
	}
	var expires time.Time
	var err error
	if page.Expires != "" {
		if expires, err = time.Parse(time.DateOnly, page.Expires); err != nil {
			err = wirechief.InvalidField("expires_at", "%q is not a day such as 2027-01-31", page.Expires)
		}
	}
	if err == nil && page.API == wirechief.DialectOwn && len(given) == 0 {
		err = wirechief.InvalidField("scopes", "choose what the key may do")
	}
	var key exchange.NewKey
	if err == nil {
		key, err = c.Exchange.CreateKey(v.ctx(), v.p, page.Label, page.API, given, expires)
	}
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		page.Trouble = troubleOf(err)
		return c.renderKey(v, page.Trouble.Status, page, scopes)
	}
	page.Made = &madeKey{Key: key.Key, API: apiName(key.Dialect), Secret: key.Secret.Reveal(), Curl: tryKey(c.address(v), key)}
	return c.renderKey(v, 200, page, nil)
}

// tryKey is a command that shows that a key works and changes nothing.
func tryKey(at string, k exchange.NewKey) string {
	get := func(login, path string) string { return "curl -sS " + login + " " + quoted(at+path) }
	secret := k.Secret.Reveal()
	basic := func(user string) string { return "-u " + quoted(user+":"+secret) }
	switch k.Dialect {
	case wirechief.DialectBulkVS:
		return get(basic(k.User), "/api/v1.0/tnRecord")
	case wirechief.DialectFoneDynamics:
		return get(basic(k.User), "/v2/Properties")
	case wirechief.DialectMessage2Give:
		return get(basic(k.User), "/2019-01-23/organisations/self/msns")
	case wirechief.DialectZendesk:
		return get(basic(k.User+"/token"), "/api/v2/channels/voice/phone_numbers.json")
	}
	path := "/wirechief/v1/numbers"
	switch {
	case slices.Contains(k.Scopes, exchange.ScopeAll), slices.Contains(k.Scopes, exchange.ScopeRead):
	case slices.Contains(k.Scopes, exchange.ScopeSend):
		path = "/wirechief/v1/bulk"
	default:
		path = "/wirechief/v1/keys"
	}
	return get("-H "+quoted("Authorization: Bearer "+secret), path)
}

func (c *Console) revokeKey(v *visit) error {
	if err := c.Exchange.RevokeKey(v.ctx(), v.p, v.r.PathValue("id")); err != nil {
		return err
	}
	v.say("The key is revoked: it lets nobody in any more.")
	return v.to("/settings/keys")
}
