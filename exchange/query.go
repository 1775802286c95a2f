package exchange

import (
	"context"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/routing"
)

// Message gives a message and the deliveries that it caused. Another tenant's
// message is as unknown.
func (x *Exchange) Message(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, []*wirechief.Delivery, error) {
	m, err := x.message(ctx, p, id)
	if err != nil {
		return nil, nil, err
	}
	deliveries, err := x.Store.Deliveries(ctx, wirechief.DeliveryFilter{Tenant: m.Tenant, Message: m.ID, Limit: 1000})
	return m, deliveries, err
}

func (x *Exchange) message(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, error) {
	var m *wirechief.Message
	var err error
	if p.Operator {
		list, lerr := x.Store.Messages(ctx, wirechief.MessageFilter{After: id - 1, Before: id + 1, Limit: 1})
		if lerr != nil {
			return nil, lerr
		}
		if len(list) == 1 {
			m = list[0]
		}
	} else {
		m, err = x.Store.Message(ctx, wirechief.MessageKey{Shard: wirechief.ShardOf(p.Tenant), ID: id})
		if err != nil && wirechief.KindOf(err) != wirechief.NotFound {
			return nil, err
		}
	}
	if m == nil || !reach(p, m.Tenant) {
		return nil, &wirechief.Error{Op: "message", Kind: wirechief.NotFound, Field: "id", Message: "there is no message of this id"}
	}
	return m, nil
}

// Messages lists messages, a tenant's own or, for the operator, everybody's.
func (x *Exchange) Messages(ctx context.Context, p wirechief.Principal, f wirechief.MessageFilter) ([]*wirechief.Message, error) {
	if !own(p, &f.Tenant) {
		return nil, nil
	}
	return x.Store.Messages(ctx, f)
}

// CancelMessage withdraws a message that has not left yet. Only the lane that
// it waits in can do that; if it moves on to another meanwhile, that one is asked.
func (x *Exchange) CancelMessage(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Message, error) {
	for {
		m, err := x.message(ctx, p, id)
		if err != nil {
			return nil, err
		}
		b := x.inbox(m.Queue.Lane)
		if b == nil || m.Direction != wirechief.Outward {
			return nil, wirechief.Refuse(wirechief.Conflict, wirechief.RuleNotCancelable,
				"the message is %s; only one that waits to be sent can be canceled", m.Status)
		}
		after, err := b.withdraw(ctx, m.MessageKey, wirechief.Event{At: x.Now(), Type: wirechief.EventCanceled, Detail: wirechief.Detail{
			State: wirechief.ReceiptDeleted, Because: "withdrawn by " + x.who(p),
		}})
		if err != error(errMoved) {
			return after, err
		}
	}
}

// Deliveries lists deliveries, a tenant's own or, for the operator, everybody's.
func (x *Exchange) Deliveries(ctx context.Context, p wirechief.Principal, f wirechief.DeliveryFilter) ([]*wirechief.Delivery, error) {
	if !own(p, &f.Tenant) {
		return nil, nil
	}
	return x.Store.Deliveries(ctx, f)
}

// Delivery gives one delivery with its attempts.
func (x *Exchange) Delivery(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Delivery, error) {
	list, err := x.Deliveries(ctx, p, wirechief.DeliveryFilter{Before: id + 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].ID != id {
		return nil, &wirechief.Error{Op: "delivery", Kind: wirechief.NotFound, Field: "id", Message: "there is no delivery of this id"}
	}
	return list[0], nil
}

// Replay makes deliveries pending again with a fresh schedule: those named,
// or those that the filter selects. It says how many.
func (x *Exchange) Replay(ctx context.Context, p wirechief.Principal, ids []int64, f wirechief.DeliveryFilter) (int, error) {
	mayList := own(p, &f.Tenant)
	command := wirechief.Redeliver{Filter: f, At: x.Now(), Status: wirechief.DeliveryPending}
	for _, id := range ids {
		d, err := x.Delivery(ctx, p, id)
		if err != nil {
			return 0, err
		}
		command.Keys = append(command.Keys, d.DeliveryKey)
	}
	if len(ids) == 0 && !mayList {
		return 0, nil
	}
	if len(ids) == 0 && f.Status == "" {
		command.Filter.Status = wirechief.DeliveryExhausted
	}
	results, err := x.Store.Apply(ctx, command)
	if err != nil {
		return 0, err
	}
	if results[0].Err != nil {
		return 0, results[0].Err
	}
	x.Deliver.Wake()
	return results[0].Count, nil
}

// ExplainRoute says which carriers a text from a number to another would be
// tried over, and why. From may be empty.
func (x *Exchange) ExplainRoute(_ context.Context, p wirechief.Principal, from, to string) (routing.Explanation, error) {
	q := routing.Query{From: from, To: to}
	if from != "" {
		n := x.dir.number(from)
		if n == nil || !reach(p, n.Tenant) {
			return routing.Explanation{}, &wirechief.Error{Op: "route", Kind: wirechief.NotFound, Field: "from", Message: from + " is not a number of yours"}
		}
		q.Own = n.Carrier
	}
	return x.routes.Explain(q, x.condition), nil
}

func queryOf(m *wirechief.Message, own string) routing.Query {
	return routing.Query{From: m.From, To: m.To, Own: own, MMS: m.MMS}
}

// UnmatchedReceipts gives the newest receipts that belong to no message: those
// of a carrier that writes its ids otherwise than we are told, mostly.
func (x *Exchange) UnmatchedReceipts(ctx context.Context, limit int) ([]wirechief.Receipt, error) {
	return x.Store.UnmatchedReceipts(ctx, limit)
}

// CarrierView is what people see of a carrier.
type CarrierView struct {
	Name        string
	Type        string
	Abilities   carrier.Abilities
	Status      carrier.Status
	Paused      bool
	Queue       int       // messages waiting, in flight included
	Oldest      time.Time // when the oldest of them was accepted, about
	Submitted   int64     // since the start
	Failed      int64
	ErrorRate   float64 // of the last 1,000 tries, 0 to 1
	LastReceipt time.Time
}

// Carriers lists the carriers in the order of the configuration.
func (x *Exchange) Carriers(context.Context) []CarrierView {
	out := make([]CarrierView, 0, len(x.carriers))
	for _, c := range x.carriers {
		l := x.lanes[c.Name()]
		v := CarrierView{
			Name: c.Name(), Type: c.Type(), Abilities: c.Abilities(), Status: c.Status(),
			Paused: l.paused.Load(), Queue: int(l.waiting.Load()),
		}
		if ns := l.oldest.Load(); ns != 0 && v.Queue > 0 {
			v.Oldest = time.Unix(0, ns).UTC()
		}
		l.stats.mu.Lock()
		v.Submitted, v.Failed, v.LastReceipt = l.stats.submitted, l.stats.failed, l.stats.receipt
		if l.stats.filled > 0 {
			v.ErrorRate = float64(l.stats.failures) / float64(l.stats.filled)
		}
		l.stats.mu.Unlock()
		out = append(out, v)
	}
	return out
}

// PauseCarrier stops or resumes submitting to a carrier. What it brings in is
// taken all the same; what waits for it is kept.
func (x *Exchange) PauseCarrier(ctx context.Context, name string, paused bool) error {
	l := x.lanes[name]
	if l == nil {
		return &wirechief.Error{Op: "carrier.pause", Kind: wirechief.NotFound, Field: "name", Message: "there is no carrier " + name}
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if err := x.setPaused(ctx, "", name, paused); err != nil {
		return err
	}
	l.paused.Store(paused)
	x.Log.InfoContext(ctx, "a carrier is paused or resumed", "carrier", name, "paused", paused)
	l.wakeUp()
	return nil
}

// PauseDestination stops or resumes the deliveries to a destination. What
// there is to tell it is kept meanwhile.
func (x *Exchange) PauseDestination(ctx context.Context, p wirechief.Principal, lane wirechief.Lane, paused bool) error {
	if !own(p, &lane.Tenant) {
		return &wirechief.Error{Op: "destination.pause", Kind: wirechief.NotFound, Message: "there is no such destination"}
	}
	x.configuring.Lock()
	defer x.configuring.Unlock()
	if paused && !p.Operator {
		if err := x.mustBeKnown(ctx, lane); err != nil {
			return err
		}
	}
	if err := x.setPaused(ctx, lane.Tenant, laneKey(lane), paused); err != nil {
		return err
	}
	x.Deliver.Pause(lane, paused)
	x.Log.InfoContext(ctx, "a destination is paused or resumed", "tenant", lane.Tenant, "kind", lane.Kind, "paused", paused, "by", p.Name)
	return nil
}

// DestinationPaused says whether the deliveries of a lane are held back. It is
// for the delivery engine, which forgets lanes that have nothing to do.
func (x *Exchange) DestinationPaused(lane wirechief.Lane) bool {
	return x.dir.isPaused(lane.Tenant, laneKey(lane))
}

// mustBeKnown refuses a destination that the tenant has nothing to do with: a
// slip of the pen, or an attempt to fill the store.
func (x *Exchange) mustBeKnown(ctx context.Context, lane wirechief.Lane) error {
	for _, w := range x.Webhooks(ctx, lane.Tenant) {
		if lane.Kind == wirechief.KindWebhook && w.URL == lane.Destination {
			return nil
		}
	}
	if lane.Kind == wirechief.KindHTTP {
		for _, n := range x.dir.numbersOf(lane.Tenant) {
			if n.Receipts.URL == lane.Destination || slices.ContainsFunc(n.Forwards, func(f wirechief.Forward) bool {
				return f.Type == wirechief.KindHTTP && f.Destination == lane.Destination
			}) {
				return nil
			}
		}
	}
	list, err := x.Store.Deliveries(ctx, wirechief.DeliveryFilter{Tenant: lane.Tenant, Kind: lane.Kind, Destination: lane.Destination, Limit: 1})
	if err == nil && len(list) == 0 {
		err = &wirechief.Error{
			Op: "destination.pause", Kind: wirechief.NotFound, Field: "destination",
			Message: "nothing is told to this destination; deliveries list shows those that there are",
		}
	}
	return err
}

func (x *Exchange) setPaused(ctx context.Context, tenant, key string, paused bool) error {
	if paused {
		return x.putEntity(ctx, wirechief.EntityPause, tenant, key, pause{})
	}
	e := wirechief.Entity{Tenant: tenant, Kind: wirechief.EntityPause, Key: key}
	results, err := x.Store.Apply(ctx, wirechief.DropEntity{Entity: e})
	if err != nil {
		return err
	}
	if err := results[0].Err; err != nil && wirechief.KindOf(err) != wirechief.NotFound {
		return err
	}
	x.dir.drop(e)
	return nil
}

// Handset is a carrier that can play a handset: the simulator.
type Handset interface {
	Text(ctx context.Context, from, to, text string) error
}

// SimulateText plays a handset that texts one of the tenant's numbers. It
// works where the number is on a simulator carrier.
func (x *Exchange) SimulateText(ctx context.Context, p wirechief.Principal, from, to, text string) error {
	n := x.dir.number(to)
	if n == nil || !reach(p, n.Tenant) {
		return &wirechief.Error{Op: "sim.text", Kind: wirechief.NotFound, Field: "to", Message: to + " is not a number of yours"}
	}
	for _, c := range x.carriers {
		// A number without a carrier of its own may be on any.
		if h, ok := c.(Handset); ok && (n.Carrier == c.Name() || n.Carrier == "") {
			return h.Text(ctx, from, to, text)
		}
	}
	return &wirechief.Error{
		Op: "sim.text", Kind: wirechief.NotOffered, Field: "to",
		Message: to + " is not on a simulator carrier; handsets can be played only there",
	}
}
