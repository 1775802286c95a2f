package console

import (
	"context"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/routing"
)

func carrierRoutes() []route {
	return []route{
		{pattern: "GET /carriers", right: wirechief.RightRead, serve: (*Console).showCarriers},
		{pattern: "POST /carriers/{name}/pause", right: wirechief.RightRead, serve: (*Console).pauseCarrier},
	}
}

type carriersData struct {
	Page
	Carriers  []carrierView
	Numbers   []wirechief.Number // one may be named as the sender of an explanation
	From, To  string
	Explain   []explainStep
	Because   string
	Waits     string
	Tried     bool
	Operator  bool
	Unmatched []wirechief.Receipt // receipts that belong to no message; the operator's
}

// carrierView is a carrier as people see it.
type carrierView struct {
	exchange.CarrierView
	CSRF     string
	Operator bool
}

// State is where the link stands.
func (v carrierView) State() string {
	if v.Paused {
		return "paused"
	}
	return string(v.Status.State)
}

// Tone is the colour of its state.
func (v carrierView) Tone() string { return toneOf(v.State()) }

// Percent is the part of the last tries that failed.
func (v carrierView) Percent() int { return int(v.ErrorRate*100 + 0.5) }

// Waited is how long the oldest message waits.
func (v carrierView) Waited() string {
	if v.Oldest.IsZero() {
		return ""
	}
	return time.Since(v.Oldest).Round(time.Second).String()
}

func (c *Console) showCarriers(v *visit) error {
	page := &carriersData{
		Page: Page{Title: "Carriers & routes", Section: "carriers", Topics: "carriers"},
		From: v.query("from"), To: v.query("to"), Operator: v.operator(),
	}
	for _, view := range c.Exchange.Carriers(v.ctx()) {
		page.Carriers = append(page.Carriers, carrierView{view, v.formToken(), v.operator()})
	}
	page.Numbers, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{Limit: 500})
	if v.operator() {
		var err error
		if page.Unmatched, err = c.Exchange.UnmatchedReceipts(v.ctx(), 10); err != nil {
			return err
		}
	}
	status := 200
	if page.To != "" {
		x, err := c.explain(v, page.From, page.To)
		if err != nil {
			if wirechief.KindOf(err) == wirechief.Internal {
				return err
			}
			page.Trouble, status = troubleOf(err), statusOf(err)
		}
		page.Tried, page.Explain, page.Because, page.Waits = err == nil, explainOf(x), x.Because, x.Waits
	}
	return c.renderStatus(v, status, "carriers", page)
}

// explain says which way a text to a number would go.
func (c *Console) explain(v *visit, from, to string) (routing.Explanation, error) {
	number := to
	if !e164.IsShortCode(to) {
		parsed, err := e164.Parse(to, "")
		if err != nil {
			return routing.Explanation{}, wirechief.InvalidField("to", "%q is neither a number such as +13105551212 nor a short code", to)
		}
		number = parsed
	}
	return c.Exchange.ExplainRoute(v.ctx(), v.p, from, number)
}

// pauseCarrier is the operator's alone: a carrier is everybody's.
func (c *Console) pauseCarrier(v *visit) error {
	if !v.operator() {
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "carriers are paused by who runs this installation")
	}
	paused := v.value("paused") == "1"
	if err := c.Exchange.PauseCarrier(v.ctx(), v.r.PathValue("name"), paused); err != nil {
		return err
	}
	if paused {
		v.say("The carrier is paused: what is sent to it waits, what it brings is taken.")
	} else {
		v.say("The carrier goes on.")
	}
	return v.to("/carriers")
}

// liveCarriers tells how the links stand. They change without a commit, so any
// event will do as the moment to look.
func (c *Console) liveCarriers(ctx context.Context, _, _ string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Carrier && e.Topic != feed.Message {
		return nil, nil
	}
	var all []byte
	for _, view := range c.Exchange.Carriers(ctx) {
		html, err := c.part("carrierstate", carrierView{CarrierView: view})
		if err != nil {
			return nil, err
		}
		all = append(all, html...)
	}
	return all, nil
}
