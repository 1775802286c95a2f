package console

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

func numberRoutes() []route {
	read, change := wirechief.RightRead, wirechief.RightNumbers
	return []route{
		{pattern: "GET /numbers", right: read, serve: (*Console).showNumbers},
		{pattern: "GET /numbers/{number}", right: read, serve: (*Console).showNumber},
		{pattern: "POST /numbers/{number}", right: change, serve: (*Console).changeNumber},
		{pattern: "POST /numbers/{number}/forward", right: change, serve: (*Console).putForward},
		{pattern: "POST /numbers/{number}/forward/drop", right: change, serve: (*Console).dropForward},
		{pattern: "POST /numbers/{number}/fallback", right: change, serve: (*Console).setFallback},
		{pattern: "POST /numbers/{number}/replies", right: change, serve: (*Console).setReplies},
		{pattern: "POST /numbers/{number}/keywords", right: change, serve: (*Console).setKeywords},
		{pattern: "POST /numbers/{number}/voice", right: change, serve: (*Console).setVoice},
		{pattern: "POST /numbers/{number}/test", right: change, serve: (*Console).testNumber},
		{pattern: "POST /numbers/{number}/release", right: change, serve: (*Console).releaseNumber},
		{pattern: "POST /numbers/{number}/restore", right: change, serve: (*Console).restoreNumber},
	}
}

type numbersData struct {
	Page
	Text    string
	Tag     string
	Rows    []wirechief.Number
	Total   int
	Older   string
	Resting []wirechief.Number // released ones that can be had back
}

const numbersPage = 100

func (c *Console) showNumbers(v *visit) error {
	offset, _ := strconv.Atoi(v.query("offset"))
	offset = max(offset, 0)
	f := wirechief.NumberFilter{Tenant: v.p.Tenant, Text: v.query("q"), Tag: v.query("tag"), Limit: numbersPage, Offset: offset}
	page := &numbersData{Page: Page{Title: "Numbers", Section: "numbers"}, Text: f.Text, Tag: f.Tag}
	page.Rows, page.Total = c.Exchange.FindNumbers(v.ctx(), v.p, f)
	if offset+numbersPage < page.Total {
		u := v.r.URL.Query()
		u.Set("offset", strconv.Itoa(offset+numbersPage))
		page.Older = "/numbers?" + u.Encode()
	}
	if v.may(wirechief.RightNumbers) {
		page.Resting, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{
			Tenant: v.p.Tenant, States: []wirechief.NumberState{wirechief.NumberAging}, Limit: 20,
		})
	}
	return c.render(v, "numbers", page)
}

type numberData struct {
	Page
	N         wirechief.Number
	Wiring    wiring
	Webhooks  []wirechief.Webhook
	Campaigns []exchange.CampaignUse
	Events    []wirechief.NumberEvent
	Shown     []Shown
	Edit      *wirechief.Forward // the forward whose form is open; its Destination is "" for a new one
	Form      string             // which form the trouble is of
	Zones     []string
	Keywords  []keywordView
	Tags      string

	// What a refused form had, where it is no value of the number; see typed.
	was, history, window, after string
}

// keywordView is a keyword answer as its form has it.
type keywordView struct {
	Words, Message string
	Enabled        bool
}

// chainRow is a place of the fallback chain, as its form has it.
type chainRow struct {
	I                        int
	Title, Kind, Destination string
}

// Chain is the fallback chain with its empty places.
func (d *numberData) Chain() []chainRow {
	names := [fallbackRows]string{"First", "Then", "Last"}
	out := make([]chainRow, fallbackRows)
	for i := range out {
		out[i] = chainRow{I: i, Title: names[i]}
		if i < len(d.N.Fallback) {
			out[i].Kind, out[i].Destination = string(d.N.Fallback[i].Type), d.N.Fallback[i].Destination
		}
	}
	return out
}

// After is after how many failed tries the chain begins.
func (d *numberData) After() string {
	return cmp.Or(d.after, strconv.Itoa(cmp.Or(d.N.FallbackAfter, 3)))
}

// Window is in how many hours a handset gets one automatic reply.
func (d *numberData) Window() string {
	if d.window != "" {
		return d.window
	}
	return strconv.FormatFloat(cmp.Or(d.N.Replies.Window, wirechief.ReplyWindow).Hours(), 'f', -1, 64)
}

// State says in words where the number is in its life.
func (d *numberData) State() string { return strings.ReplaceAll(string(d.N.State), "_", " ") }

func (c *Console) showNumber(v *visit) error {
	page, err := c.numberPage(v)
	if err != nil {
		return err
	}
	return c.render(v, "number", page)
}

func (c *Console) numberPage(v *visit) (*numberData, error) {
	n, err := c.Exchange.NumberAnyState(v.ctx(), v.p, v.r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	page := &numberData{
		Page: Page{Title: cmp.Or(n.Name, n.Number), Section: "numbers", Topics: "wires:" + n.Number}, N: n, Tags: strings.Join(n.Tags, ", "),
		Webhooks: c.Exchange.Webhooks(v.ctx(), v.p.Tenant), Zones: zones(),
	}
	if page.Wiring, err = c.wiringOf(v.ctx(), v.p, &n); err != nil {
		return nil, err
	}
	if page.Campaigns, err = c.campaignsOf(v); err != nil {
		return nil, err
	}
	if page.Events, err = c.Exchange.NumberEvents(v.ctx(), v.p, wirechief.NumberEventFilter{Tenant: v.p.Tenant, Number: n.Number, Limit: 10}); err != nil {
		return nil, err
	}
	for _, k := range n.Replies.Keywords {
		page.Keywords = append(page.Keywords, keywordView{strings.Join(k.Words, ", "), k.Message, k.Enabled})
	}
	if want := v.query("edit"); want != "" {
		kind, destination, _ := strings.Cut(want, " ")
		for i := range n.Forwards {
			if f := &n.Forwards[i]; string(f.Type) == kind && f.Destination == destination {
				page.Edit = f
			}
		}
	}
	if kind := v.query("add"); kind != "" {
		page.Edit = &wirechief.Forward{Type: wirechief.DeliveryKind(kind), Enabled: true}
	}
	page.Shown = c.shownAs(v, &n)
	return page, nil
}

// zones are those that a form suggests; any other of the IANA is taken, too.
func zones() []string {
	return []string{
		"UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo",
		"Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata",
		"Asia/Singapore", "Asia/Tokyo", "Australia/Perth", "Australia/Brisbane", "Australia/Sydney", "Pacific/Auckland",
	}
}

// configure changes a number; what is refused is shown beside the form that
// asked for it.
func (c *Console) configure(v *visit, form string, change func(n wirechief.Number) (wirechief.NumberPatch, error)) error {
	number := v.r.PathValue("number")
	_, err := c.Exchange.ConfigureNumber(v.ctx(), v.p, number, change)
	if err == nil {
		v.say("Saved.")
		return v.to("/numbers/" + number + "#" + form)
	}
	if k := wirechief.KindOf(err); k == wirechief.NotFound && fieldOf(err) == "" || k == wirechief.Internal {
		return err
	}
	page, perr := c.numberPage(v)
	if perr != nil {
		return perr
	}
	page.typed(v, form)
	page.Trouble, page.Form = troubleOf(err), form
	page.Trouble.Field = page.placeIn(form, fieldIn(form, page.Trouble.Field), page.Trouble.Item)
	return c.renderStatus(v, statusOf(err), "number", page)
}

func (c *Console) changeNumber(v *visit) error {
	return c.configure(v, "settings", func(wirechief.Number) (wirechief.NumberPatch, error) {
		var tags []string
		for _, s := range strings.Split(v.value("tags"), ",") {
			if s = strings.TrimSpace(s); s != "" {
				tags = append(tags, s)
			}
		}
		return wirechief.NumberPatch{
			Name: orClear(v.value("name")), Notes: orClear(v.text("notes")), Reference: orClear(v.value("reference")), Tags: wirechief.Set(tags),
			Webhook: orClear(v.value("webhook")), Campaign: orClear(v.value("campaign")), Protected: wirechief.Set(v.checked("protected")),
		}, nil
	})
}

// orClear sets a text, or clears it when there is none.
func orClear(s string) wirechief.Patch[string] {
	if s == "" {
		return wirechief.Clear[string]()
	}
	return wirechief.Set(s)
}

// forwardOf reads a forward from its form.
func forwardOf(v *visit) (wirechief.Forward, error) {
	f := wirechief.Forward{
		Type: wirechief.DeliveryKind(v.value("type")), Destination: v.value("destination"), Enabled: v.checked("enabled"),
	}
	switch f.Type {
	case wirechief.KindHTTP:
		f.Method, f.Encoding, f.Format = v.value("method"), v.value("encoding"), v.value("format")
		f.Length, f.Context = v.checked("length"), v.checked("context")
	case wirechief.KindEmail:
		n, err := strconv.Atoi(cmp.Or(v.value("history"), strconv.Itoa(wirechief.HistoryDefault)))
		if err != nil {
			return f, wirechief.InvalidField("history", "%q is not a number of messages", v.value("history"))
		}
		f.History, f.Timezone, f.Sender = &n, v.value("timezone"), v.value("sender")
	case wirechief.KindSMS:
		f.Prefix, f.Suffix, f.Sender = v.text("prefix"), v.text("suffix"), v.value("sender")
	case wirechief.KindConsole:
		f.Destination = cmp.Or(f.Destination, "Inbox")
	default:
		return f, wirechief.InvalidField("type", "choose what kind of destination it is")
	}
	return f, nil
}

func (c *Console) putForward(v *visit) error {
	return c.configure(v, "forward", func(wirechief.Number) (wirechief.NumberPatch, error) {
		f, err := forwardOf(v)
		if err != nil {
			return wirechief.NumberPatch{}, err
		}
		patch := wirechief.NumberPatch{PutForwards: []wirechief.Forward{f}}
		if was := v.value("was"); was != "" && was != f.Destination {
			patch.DropForwards = []wirechief.ForwardKey{{Type: f.Type, Destination: was}}
		}
		return patch, nil
	})
}

func (c *Console) dropForward(v *visit) error {
	return c.configure(v, "wiring", func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{DropForwards: []wirechief.ForwardKey{{
			Type: wirechief.DeliveryKind(v.value("type")), Destination: v.value("destination"),
		}}}, nil
	})
}

// setFallback sets the chain: up to three destinations, tried in this order.
func (c *Console) setFallback(v *visit) error {
	return c.configure(v, "fallback", func(n wirechief.Number) (wirechief.NumberPatch, error) {
		var chain []wirechief.Forward
		for i := range fallbackRows {
			kind, destination := v.value(fmt.Sprintf("type%d", i)), v.value(fmt.Sprintf("destination%d", i))
			if destination == "" {
				continue
			}
			f := wirechief.Forward{Type: wirechief.DeliveryKind(kind), Destination: destination, Enabled: true}
			if old := slices.IndexFunc(n.Fallback, func(o wirechief.Forward) bool { return o.Type == f.Type && o.Destination == f.Destination }); old >= 0 {
				f = n.Fallback[old] // keeps what this form does not show
			}
			chain = append(chain, f)
		}
		after, err := strconv.Atoi(cmp.Or(v.value("after"), "0"))
		if err != nil {
			return wirechief.NumberPatch{}, wirechief.InvalidField("fallback_after", "%q is not a number of tries", v.value("after"))
		}
		return wirechief.NumberPatch{Fallback: wirechief.Set(chain), FallbackAfter: wirechief.Set(after)}, nil
	})
}

const fallbackRows = 3

func (c *Console) setReplies(v *visit) error {
	return c.configure(v, "replies", func(wirechief.Number) (wirechief.NumberPatch, error) {
		reply := func(name string) wirechief.Patch[wirechief.Reply] {
			return wirechief.Set(wirechief.Reply{Enabled: v.checked(name + "_on"), Message: v.text(name)})
		}
		window, err := hours(v.value("window"), "replies.window")
		if err != nil {
			return wirechief.NumberPatch{}, err
		}
		return wirechief.NumberPatch{
			AgentsOn: reply("online"), AgentsOff: reply("offline"), MissedReply: reply("missed"), ReplyWindow: wirechief.Set(window),
		}, nil
	})
}

// setKeywords takes the rows of its form; one without words is left out.
func (c *Console) setKeywords(v *visit) error {
	return c.configure(v, "keywords", func(wirechief.Number) (wirechief.NumberPatch, error) {
		var list []wirechief.Keyword
		for i, line := range v.form["words"] {
			words := split(line, ",")
			if len(words) == 0 {
				continue
			}
			k := wirechief.Keyword{Words: words, Enabled: v.checked(fmt.Sprintf("on%d", i))}
			if i < len(v.form["message"]) {
				k.Message = strings.ReplaceAll(v.form["message"][i], "\r\n", "\n")
			}
			list = append(list, k)
		}
		return wirechief.NumberPatch{Keywords: wirechief.Set(list)}, nil
	})
}

func (c *Console) setVoice(v *visit) error {
	return c.configure(v, "voice", func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{
			Route: orClear(v.value("route")), Endpoint: orClear(v.value("endpoint")), Flow: orClear(v.value("flow")),
			Failover: orClear(v.value("failover")), Recording: wirechief.Set(cmp.Or(v.value("recording"), wirechief.RecordOff)),
		}, nil
	})
}

// testNumber sends a marked text down the wires.
func (c *Console) testNumber(v *visit) error {
	number := v.r.PathValue("number")
	if err := c.Exchange.TestNumber(v.ctx(), v.p, number); err != nil {
		return err
	}
	if v.isFragment() {
		v.w.WriteHeader(204)
		v.done = true
		return nil
	}
	v.say("A test text goes down the wires.")
	return v.to("/numbers/" + number)
}

func (c *Console) releaseNumber(v *visit) error {
	n, err := c.Exchange.Release(v.ctx(), v.p, v.r.PathValue("number"))
	if err != nil {
		return err
	}
	v.say(n.Number + " is released. It can be had back until its quarantine ends.")
	return v.to("/numbers")
}

func (c *Console) restoreNumber(v *visit) error {
	n, err := c.Exchange.Restore(v.ctx(), v.p, v.r.PathValue("number"))
	if err != nil {
		return err
	}
	v.say(n.Number + " is yours again.")
	return v.to("/numbers/" + n.Number)
}
