package console

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/feed"
)

func webhookRoutes() []route {
	read, change := wirechief.RightRead, wirechief.RightNumbers
	return []route{
		{pattern: "GET /webhooks", right: read, serve: (*Console).showWebhooks},
		{pattern: "GET /webhooks/new", right: change, serve: (*Console).showWebhook},
		{pattern: "POST /webhooks/new", right: change, serve: (*Console).putWebhook},
		{pattern: "GET /webhooks/{name}", right: change, serve: (*Console).showWebhook},
		{pattern: "POST /webhooks/{name}", right: change, serve: (*Console).putWebhook},
		{pattern: "POST /webhooks/{name}/delete", right: change, serve: (*Console).deleteWebhook},
		{pattern: "POST /webhooks/{name}/test", right: change, serve: (*Console).testWebhook},
		{pattern: "POST /webhooks/pause", right: change, serve: (*Console).pauseDestination},
		{pattern: "GET /webhooks/log", right: read, serve: (*Console).showLog},
		{pattern: "GET /webhooks/log/{id}", right: read, serve: (*Console).showDelivery},
	}
}

type webhooksData struct {
	Page
	Rows    []webhookRow
	Own     []endpointRow
	Others  []destinationRow
	Failing int // deliveries among the last that had their last try
}

type webhookRow struct {
	wirechief.Webhook
	destinationRow
	Numbers int
}

// destinationRow is where something is told.
type destinationRow struct {
	Kind        wirechief.DeliveryKind
	Destination string // for forms of those who may configure
	Shown       string // as the visitor may see it
	Log         string // address of what was told there
	Sign        *signView
	Paused      bool
	Last        *deliveryView
	Waiting     int // of the last deliveries
	Exhausted   int
}

// Row is itself, for parts of templates that want nothing else of a row.
func (r destinationRow) Row() destinationRow { return r }

// KindName is what the kind is called.
func (r destinationRow) KindName() string { return kindName(r.Kind) }

// destinationOf is a destination as p may see it.
func (c *Console) destinationOf(p wirechief.Principal, lane wirechief.Lane) *destinationRow {
	row := &destinationRow{Kind: lane.Kind, Shown: destinationFor(p, lane.Destination), Paused: c.Exchange.DestinationPaused(lane)}
	q := url.Values{"kind": {string(lane.Kind)}}
	if p.May(wirechief.RightNumbers) {
		row.Destination = lane.Destination
		q.Set("destination", lane.Destination)
	}
	row.Log = "/webhooks/log?" + q.Encode()
	return row
}

func (c *Console) showWebhooks(v *visit) error {
	page := &webhooksData{Page: Page{Title: "Webhooks", Section: "webhooks"}}
	list, err := c.Exchange.Deliveries(v.ctx(), v.p, wirechief.DeliveryFilter{Tenant: v.p.Tenant, Limit: recentMost})
	if err != nil {
		return err
	}
	signs, err := c.signsOf(v)
	if err != nil {
		return err
	}
	known := make(map[wirechief.Lane]*destinationRow)
	var order []wirechief.Lane
	see := func(lane wirechief.Lane) *destinationRow {
		row := known[lane]
		if row == nil {
			row = c.destinationOf(v.p, lane)
			row.Sign = signs.of(lane)
			known[lane] = row
			order = append(order, lane)
		}
		return row
	}
	for _, d := range list {
		row := see(d.Lane())
		if row.Last == nil {
			view := viewOfDelivery(deliveryFor(v.p, d))
			row.Last = &view
		}
		switch d.Status {
		case wirechief.DeliveryPending, wirechief.DeliveryPaused:
			row.Waiting++
		case wirechief.DeliveryExhausted:
			row.Exhausted++
			page.Failing++
		}
	}
	c.Exchange.EachNumber(v.ctx(), v.p, wirechief.NumberFilter{Tenant: v.p.Tenant}, func(n *wirechief.Number) bool {
		for _, f := range n.Forwards {
			see(wirechief.Lane{Tenant: v.p.Tenant, Kind: f.Type, Destination: f.Destination})
		}
		if n.Receipts.URL != "" {
			see(wirechief.Lane{Tenant: v.p.Tenant, Kind: wirechief.KindHTTP, Destination: n.Receipts.URL})
		}
		return len(order) < 500
	})
	for _, w := range c.Exchange.Webhooks(v.ctx(), v.p.Tenant) {
		row := webhookRow{Webhook: w, destinationRow: *see(wirechief.Lane{Tenant: v.p.Tenant, Kind: wirechief.KindWebhook, Destination: w.URL})}
		_, row.Numbers = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{Tenant: v.p.Tenant, Webhook: w.Name, Limit: 1})
		page.Rows = append(page.Rows, row)
	}
	own, err := c.Exchange.Endpoints().List(v.ctx(), v.p.Tenant)
	if err != nil {
		return err
	}
	for _, e := range own {
		page.Own = append(page.Own, endpointRow{Endpoint: e, destinationRow: *see(wirechief.Lane{Tenant: v.p.Tenant, Kind: wirechief.KindWebhook, Destination: e.URL})})
	}
	for _, lane := range order {
		shown := lane.Kind == wirechief.KindWebhook && (slices.ContainsFunc(page.Rows, func(r webhookRow) bool { return r.URL == lane.Destination }) ||
			slices.ContainsFunc(own, func(e wirechief.Endpoint) bool { return e.URL == lane.Destination }))
		if !shown {
			page.Others = append(page.Others, *known[lane])
		}
	}
	return c.render(v, "webhooks", page)
}

type webhookData struct {
	Page
	W   wirechief.Webhook
	New bool
}

func (c *Console) showWebhook(v *visit) error {
	name := v.r.PathValue("name")
	page := &webhookData{Page: Page{Title: "New webhook", Section: "webhooks"}, New: name == "", W: wirechief.Webhook{Method: "POST", DLR: true}}
	if name != "" {
		w, err := c.Exchange.Webhook(v.ctx(), v.p.Tenant, name)
		if err != nil {
			return err
		}
		page.W, page.Title = w, "Webhook "+name
	}
	return c.render(v, "webhook", page)
}

func (c *Console) putWebhook(v *visit) error {
	name := cmp.Or(v.r.PathValue("name"), v.value("name"))
	page := &webhookData{Page: Page{Title: "Webhook " + name, Section: "webhooks"}, New: v.r.PathValue("name") == "", W: wirechief.Webhook{
		Name: name, Description: v.value("description"), URL: v.value("url"), DLR: v.checked("dlr"), Method: v.value("method"), Encoding: v.value("encoding"),
	}}
	var err error
	if _, there := c.Exchange.Webhook(v.ctx(), v.p.Tenant, name); page.New && there == nil {
		err = &wirechief.Error{Kind: wirechief.Conflict, Rule: wirechief.RuleTaken, Field: "name", Message: "there is a webhook of this name already"}
	} else {
		_, err = c.Exchange.PutWebhook(v.ctx(), v.p, wirechief.WebhookPatch{
			Name: name, Description: wirechief.Set(page.W.Description), URL: wirechief.Set(page.W.URL), DLR: wirechief.Set(page.W.DLR),
			Method: wirechief.Set(page.W.Method), Encoding: wirechief.Set(page.W.Encoding),
		})
	}
	if err != nil {
		if wirechief.KindOf(err) == wirechief.Internal {
			return err
		}
		page.Trouble = troubleOf(err)
		return c.renderStatus(v, page.Trouble.Status, "webhook", page)
	}
	v.say("Saved.")
	return v.to("/webhooks")
}

func (c *Console) deleteWebhook(v *visit) error {
	if err := c.Exchange.DeleteWebhook(v.ctx(), v.p, v.r.PathValue("name")); err != nil {
		return err
	}
	v.say("The webhook is gone; numbers that used it have none.")
	return v.to("/webhooks")
}

// testWebhook tells it of a text that nobody sent, and shows what comes of it.
func (c *Console) testWebhook(v *visit) error {
	d, err := c.Exchange.TestWebhook(v.ctx(), v.p, v.r.PathValue("name"))
	if err != nil {
		return err
	}
	return v.to("/webhooks/log/" + strconv.FormatInt(d.ID, 10))
}

func (c *Console) pauseDestination(v *visit) error {
	lane := wirechief.Lane{Tenant: v.p.Tenant, Kind: wirechief.DeliveryKind(v.value("kind")), Destination: v.value("destination")}
	paused := v.value("paused") == "1"
	if err := c.Exchange.PauseDestination(v.ctx(), v.p, lane, paused); err != nil {
		return err
	}
	if paused {
		v.say("Paused: what there is to tell is kept.")
	} else {
		v.say("Goes on, with what was kept.")
	}
	return v.back("/webhooks")
}

type logData struct {
	Page
	Kind, Status, Destination string
	Message                   string
	Kinds                     []wirechief.DeliveryKind
	Statuses                  []wirechief.DeliveryStatus
	Rows                      []deliveryView
	Older                     string
}

const logPage = 50

func (c *Console) showLog(v *visit) error {
	page := &logData{
		Page: Page{Title: "Deliveries", Section: "webhooks", Topics: "log"}, Kind: v.query("kind"), Status: v.query("status"), Destination: v.query("destination"), Message: v.query("message"),
		Kinds:    []wirechief.DeliveryKind{wirechief.KindWebhook, wirechief.KindHTTP, wirechief.KindEmail, wirechief.KindSMS, wirechief.KindConsole},
		Statuses: []wirechief.DeliveryStatus{wirechief.DeliveryPending, wirechief.DeliveryDelivered, wirechief.DeliveryExhausted, wirechief.DeliveryPaused, wirechief.DeliveryCanceled},
	}
	f := wirechief.DeliveryFilter{
		Tenant: v.p.Tenant, Kind: wirechief.DeliveryKind(page.Kind), Status: wirechief.DeliveryStatus(page.Status), Destination: page.Destination, Limit: logPage + 1,
	}
	f.Before, _ = strconv.ParseInt(v.query("before"), 10, 64)
	f.Message, _ = strconv.ParseInt(page.Message, 10, 64)
	list, err := c.Exchange.Deliveries(v.ctx(), v.p, f)
	if err != nil {
		return err
	}
	if len(list) > logPage {
		list = list[:logPage]
		u := v.r.URL.Query()
		u.Set("before", strconv.FormatInt(list[logPage-1].ID, 10))
		page.Older = "/webhooks/log?" + u.Encode()
	}
	for _, d := range list {
		page.Rows = append(page.Rows, viewOfDelivery(deliveryFor(v.p, d)))
	}
	return c.render(v, "log", page)
}

type deliveryData struct {
	Page
	D     deliveryView
	Body  string
	Steps []step
	Lane  destinationRow
}

func (c *Console) deliveryOf(ctx context.Context, p wirechief.Principal, id string) (*deliveryData, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, wirechief.Errorf(wirechief.NotFound, "there is no delivery %q", id)
	}
	d, err := c.Exchange.Delivery(ctx, p, n)
	if err != nil {
		return nil, err
	}
	lane := c.destinationOf(p, d.Lane())
	d = deliveryFor(p, d)
	page := &deliveryData{
		Page: Page{Title: "Delivery " + id, Section: "webhooks", Topics: "delivery:" + id}, D: viewOfDelivery(d), Body: bodyOf(d.Body), Lane: *lane,
	}
	for i := range d.Attempts {
		s := tryOf(d, &d.Attempts[i])
		s.Link = ""
		page.Steps = append(page.Steps, s)
	}
	return page, nil
}

// bodyOf is what is sent, as far as it is text.
func bodyOf(b []byte) string {
	const most = 16 << 10
	if len(b) > most {
		b = b[:most]
	}
	if !utf8.Valid(b) {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(b)
}

func (c *Console) showDelivery(v *visit) error {
	page, err := c.deliveryOf(v.ctx(), v.p, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.render(v, "delivery", page)
}

// liveDelivery shows the tries of a delivery as they are made.
func (c *Console) liveDelivery(ctx context.Context, tenant, arg string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Delivery || e.ID != 0 && strconv.FormatInt(e.ID, 10) != arg {
		return nil, nil
	}
	page, err := c.deliveryOf(ctx, watcherIn(ctx, tenant), arg)
	if err != nil {
		return nil, err
	}
	return c.part("tries", page)
}

// liveLog keeps the lines of the log that are in sight up to date.
func (c *Console) liveLog(ctx context.Context, tenant, _ string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Delivery || e.ID == 0 {
		return nil, nil
	}
	p := watcherIn(ctx, tenant)
	d, err := c.Exchange.Delivery(ctx, p, e.ID)
	if err != nil {
		return nil, err
	}
	return c.part("logrow", viewOfDelivery(deliveryFor(p, d)))
}
