package console

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/feed"
)

func messageRoutes() []route {
	return []route{
		{pattern: "GET /messages", right: wirechief.RightRead, serve: (*Console).showMessages},
		{pattern: "GET /messages/{id}", right: wirechief.RightRead, serve: (*Console).showMessage},
		{pattern: "POST /messages/{id}/cancel", right: wirechief.RightReply, serve: (*Console).cancelMessage},
		{pattern: "POST /deliveries/replay", right: wirechief.RightNumbers, serve: (*Console).replay},
	}
}

const messagesPage = 50

type messagesData struct {
	Page
	Filter   messageQuery
	Statuses []wirechief.Status
	Rows     []messageRow
	Older    string // address of the next page
	Filtered bool
}

type messageQuery struct {
	Number, Status, Direction, From, To string
	Before                              int64
}

// messageRow is a message in a listing.
type messageRow struct {
	*wirechief.Message
	Because string // why it did not arrive, "" when it did or may yet
	Fresh   bool   // it has just come: shown at the top
}

func rowOf(m *wirechief.Message) messageRow {
	r := messageRow{Message: m}
	for i := len(m.Events) - 1; i >= 0 && r.Because == ""; i-- {
		switch e := &m.Events[i]; e.Type {
		case wirechief.EventFailed, wirechief.EventExpired, wirechief.EventSuppressed, wirechief.EventCanceled:
			r.Because = whyOf(&e.Detail)
		}
	}
	return r
}

// Who is the person who wrote it in the console; "" for what programs sent.
func (r messageRow) Who() string {
	for i := range r.Events {
		if r.Events[i].Type == wirechief.EventAccepted || r.Events[i].Type == wirechief.EventSuppressed {
			return r.Events[i].Detail.Who
		}
	}
	return ""
}

// Tone is the colour of its status.
func (r messageRow) Tone() string { return toneOf(string(r.Status)) }

// toneOf is the colour that a status of a message or of a delivery has.
func toneOf(status string) string {
	switch status {
	case "delivered", "received", "up", "done", "online":
		return "good"
	case "failed", "expired", "suppressed", "exhausted", "down", "refused":
		return "bad"
	case "unknown", "paused", "scheduled", "degraded", "connecting", "away", "retrying":
		return "warn"
	case "submitted", "accepted", "pending", "running":
		return "info"
	}
	return ""
}

func (c *Console) showMessages(v *visit) error {
	q := messageQuery{Number: v.query("number"), Status: v.query("status"), Direction: v.query("direction"), From: v.query("from"), To: v.query("to")}
	q.Before, _ = strconv.ParseInt(v.query("before"), 10, 64)
	f := wirechief.MessageFilter{
		Tenant: v.p.Tenant, Number: q.Number, Status: wirechief.Status(q.Status), Direction: wirechief.Direction(q.Direction),
		Before: q.Before, Limit: messagesPage + 1,
	}
	page := &messagesData{
		Page:   Page{Title: "Messages", Section: "messages", Topics: "messages"},
		Filter: q, Filtered: q != messageQuery{},
		Statuses: []wirechief.Status{
			wirechief.StatusReceived, wirechief.StatusAccepted, wirechief.StatusScheduled, wirechief.StatusSubmitted, wirechief.StatusDelivered,
			wirechief.StatusFailed, wirechief.StatusExpired, wirechief.StatusSuppressed, wirechief.StatusCanceled, wirechief.StatusUnknown,
		},
	}
	if page.Filtered {
		page.Topics = ""
	}
	var err error
	if f.CreatedFrom, err = day(q.From, "from", 0); err == nil {
		f.CreatedTo, err = day(q.To, "to", 24*time.Hour)
	}
	var list []*wirechief.Message
	if err == nil {
		list, err = c.Exchange.Messages(v.ctx(), v.p, f)
	}
	if err != nil {
		if wirechief.KindOf(err) != wirechief.Invalid {
			return err
		}
		page.Trouble = troubleOf(err)
	}
	if len(list) > messagesPage {
		list = list[:messagesPage]
		u := v.r.URL.Query()
		u.Set("before", strconv.FormatInt(list[messagesPage-1].ID, 10))
		page.Older = "/messages?" + u.Encode()
	}
	for _, m := range list {
		page.Rows = append(page.Rows, rowOf(m))
	}
	return c.renderStatus(v, statusOfTrouble(page.Trouble), "messages", page)
}

func statusOfTrouble(t *Trouble) int {
	if t == nil {
		return 200
	}
	return t.Status
}

// day reads a date of a filter, and adds to it.
func day(s, field string, add time.Duration) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, wirechief.InvalidField(field, "%q is not a date such as 2026-03-01", s)
	}
	return t.Add(add), nil
}

// liveMessages puts new messages on top of the log and keeps the others up to date.
func (c *Console) liveMessages(_ context.Context, _, _ string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Message || e.Message == nil {
		return nil, nil
	}
	r := rowOf(e.Message)
	r.Fresh = e.Kind != feed.Status
	return c.part("messagerow", r)
}

type messageData struct {
	Page
	M          *wirechief.Message
	Row        messageRow
	Steps      []step
	Deliveries []deliveryView
	Replayable []deliveryView // those of which there is something left to send
	Media      []mediaView
	Curls      []curl
	Cancelable bool
	Explain    []explainStep
	Waits      string
}

type mediaView struct {
	URL, Type string
	Size      int64
	Picture   bool
}

func (c *Console) messageOf(ctx context.Context, p wirechief.Principal, id string) (*wirechief.Message, []*wirechief.Delivery, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, nil, wirechief.Errorf(wirechief.NotFound, "there is no message %q", id)
	}
	return c.Exchange.Message(ctx, p, n)
}

func (c *Console) messageView(ctx context.Context, p wirechief.Principal, id string) (*messageData, error) {
	m, deliveries, err := c.messageOf(ctx, p, id)
	if err != nil {
		return nil, err
	}
	m = messageFor(p, m)
	for i, d := range deliveries {
		deliveries[i] = deliveryFor(p, d)
	}
	page := &messageData{M: m, Row: rowOf(m), Steps: stepsOf(m, deliveries), Media: c.mediaOf(m)}
	for _, d := range deliveries {
		page.Deliveries = append(page.Deliveries, viewOfDelivery(d))
	}
	slices.SortFunc(page.Deliveries, func(a, b deliveryView) int { return int(a.ID - b.ID) })
	page.Replayable = slices.DeleteFunc(slices.Clone(page.Deliveries), func(d deliveryView) bool { return d.Redacted() })
	page.Cancelable = m.Direction == wirechief.Outward && m.Queue.Lane != ""
	return page, nil
}

func (c *Console) showMessage(v *visit) error {
	page, err := c.messageView(v.ctx(), v.p, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	m := page.M
	page.Page = Page{Title: "Message " + strconv.FormatInt(m.ID, 10), Section: "messages", Topics: "message:" + strconv.FormatInt(m.ID, 10)}
	if m.Direction == wirechief.Outward {
		page.Curls = curlsOf(c.address(v), m)
		if x, err := c.Exchange.ExplainRoute(v.ctx(), v.p, m.From, m.To); err == nil {
			page.Explain, page.Waits = explainOf(x), x.Waits
		} else if x, err := c.Exchange.ExplainRoute(v.ctx(), v.p, "", m.To); err == nil {
			page.Explain, page.Waits = explainOf(x), x.Waits
		}
	}
	return c.render(v, "message", page)
}

func (c *Console) mediaOf(m *wirechief.Message) []mediaView {
	var out []mediaView
	for _, item := range m.Media {
		if item.Token == "" {
			continue
		}
		link := c.Link(item)
		out = append(out, mediaView{link.URL, link.Type, link.Size, isPicture(link.Type)})
	}
	return out
}

func isPicture(mediaType string) bool {
	switch mediaType {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return true
	}
	return false
}

// liveMessage renders the timeline of one message anew.
func (c *Console) liveMessage(ctx context.Context, tenant, arg string, e feed.Event) ([]byte, error) {
	id := strconv.FormatInt(e.ID, 10)
	if e.Topic == feed.Delivery { // it may be one of this message's; reading it is cheap
		id = arg
	} else if e.Topic != feed.Message || id != arg {
		return nil, nil
	}
	page, err := c.messageView(ctx, watcherIn(ctx, tenant), id)
	if err != nil {
		return nil, err
	}
	return c.part("timeline", page)
}

func (c *Console) cancelMessage(v *visit) error {
	m, _, err := c.messageOf(v.ctx(), v.p, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := c.Exchange.CancelMessage(v.ctx(), v.p, m.ID); err != nil {
		return err
	}
	v.say("The message is canceled; it will not be sent.")
	return v.back("/messages/" + strconv.FormatInt(m.ID, 10))
}

// replay makes deliveries again: those ticked, or all that the form's filter
// selects.
func (c *Console) replay(v *visit) error {
	var ids []int64
	for _, s := range v.form["id"] {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return wirechief.InvalidField("id", "%q is not a delivery", s)
		}
		ids = append(ids, id)
	}
	f := wirechief.DeliveryFilter{
		Tenant: v.p.Tenant, Status: wirechief.DeliveryStatus(v.value("status")), Kind: wirechief.DeliveryKind(v.value("kind")), Destination: v.value("destination"),
	}
	if len(ids) == 0 && v.value("all") == "" {
		return wirechief.InvalidField("id", "tick the deliveries to make again")
	}
	n, err := c.Exchange.Replay(v.ctx(), v.p, ids, f)
	if err != nil {
		return err
	}
	v.say(plural(n, "delivery is", "deliveries are") + " being made again.")
	return v.back("/webhooks/log")
}
