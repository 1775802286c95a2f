package feed

import (
	"context"

	"github.com/wirechief/wirechief"
)

// teller puts into events what commands have done.
type teller struct {
	ctx    context.Context // of the one Apply that it lives for
	s      wirechief.Store
	events []Event
}

func (t *teller) add(e Event) { t.events = append(t.events, e) }

// tell adds the events of a command that was applied.
func (t *teller) tell(command wirechief.Command, r *wirechief.Result) {
	switch c := wirechief.Unwrap(command).(type) {
	case wirechief.Accept:
		t.accept(&c, r)
	case wirechief.Record:
		m := r.Message
		if m == nil {
			m = c.Message
		}
		t.message(m, Status)
		if c.Text != nil && m != nil {
			t.thread(m.Tenant, m.Conversation, Changed)
		}
		t.planned(r.Deliveries)
	case wirechief.Correlate:
		t.message(r.Message, Status)
		t.planned(r.Deliveries)
	case wirechief.Attempted:
		if d := c.Delivery; d != nil {
			t.add(Event{Tenant: d.Tenant, Topic: Delivery, Kind: Tried, ID: d.ID})
		}
	case wirechief.Redeliver:
		if r.Count > 0 {
			t.add(Event{Tenant: c.Filter.Tenant, Topic: Delivery, Kind: Again})
		}
	case wirechief.PutEntity:
		t.entity(&c.Entity, Changed)
	case wirechief.DropEntity:
		t.entity(&c.Entity, Dropped)
	case wirechief.PutNumber:
		t.add(Event{Tenant: c.Tenant, Topic: Number, Kind: Changed, Key: c.Number.Number})
	case wirechief.SetBalance:
		t.add(Event{Tenant: c.Tenant, Topic: Entity, Kind: Changed, Key: "balance"})
	case wirechief.ChangeConversation:
		t.conversation(&c)
	case wirechief.PutContact:
		t.add(Event{Tenant: c.Tenant, Topic: Contact, Kind: Changed, ID: c.ID})
	case wirechief.DropContact:
		t.add(Event{Tenant: c.Tenant, Topic: Contact, Kind: Dropped, ID: c.ID})
	case wirechief.PutOptOuts:
		t.optOuts(c.OptOuts)
	case wirechief.PutBulk:
		t.add(Event{Tenant: c.Tenant, Topic: Bulk, Kind: Changed, ID: c.ID})
	case wirechief.Forget:
		if c.Conversation != 0 {
			t.thread(c.Tenant, c.Conversation, Changed)
		} else if r.Count > 0 {
			t.add(Event{Tenant: c.Tenant, Topic: Reload})
		}
	}
}

func (t *teller) accept(c *wirechief.Accept, r *wirechief.Result) {
	var last *wirechief.Message
	for _, m := range c.Messages {
		if m.Apart {
			continue // kept, and told to nobody
		}
		kind := Out
		if m.Direction == wirechief.Inward {
			kind = In
		}
		t.message(m, kind)
		if last == nil || last.Conversation != m.Conversation {
			t.thread(m.Tenant, m.Conversation, Changed)
		}
		last = m
	}
	t.entries(c)
	t.planned(r.Deliveries)
	t.optOuts(c.OptOuts)
	for i := range c.Entities {
		t.entity(&c.Entities[i], Changed)
	}
}

// entries tells of what stands in conversations beside messages.
func (t *teller) entries(c *wirechief.Accept) {
	var tenant string
	var first, told int64
	switch {
	case len(c.Messages) > 0:
		tenant, first = c.Messages[0].Tenant, c.Messages[0].Conversation
	case len(c.Deliveries) > 0:
		tenant = c.Deliveries[0].Tenant
	default:
		return // of nobody that is named
	}
	for i := range c.Entries {
		id := c.Entries[i].Conversation
		if id == 0 {
			id = first
		}
		if id != told {
			t.thread(tenant, id, Noted)
			told = id
		}
	}
}

// message tells of a message as it stands now. The event has a copy: the
// message itself goes on to others, who may change it.
func (t *teller) message(m *wirechief.Message, kind string) {
	if m == nil || kind == Status && m.Direction == wirechief.Inward && m.Conversation == 0 {
		return // in no conversation: from a blocked peer
	}
	told := *m
	told.Events = told.Events[:len(told.Events):len(told.Events)]
	t.add(Event{Tenant: m.Tenant, Topic: Message, Kind: kind, ID: m.ID, Conversation: m.Conversation, Message: &told})
}

func (t *teller) thread(tenant string, id int64, kind string) {
	if id != 0 {
		t.add(Event{Tenant: tenant, Topic: Conversation, Kind: kind, ID: id, Conversation: id})
	}
}

func (t *teller) planned(deliveries []*wirechief.Delivery) {
	for _, d := range deliveries {
		t.add(Event{Tenant: d.Tenant, Topic: Delivery, Kind: Planned, ID: d.ID})
	}
}

// entity tells of what is configured; of what is secret, or changes with every
// request, nothing is told.
func (t *teller) entity(e *wirechief.Entity, kind string) {
	switch e.Kind {
	case wirechief.EntitySession, wirechief.EntityKeyUse, wirechief.EntitySecret:
		return
	case wirechief.EntityPause:
		if e.Tenant == "" {
			t.add(Event{Topic: Carrier, Kind: Changed, Key: e.Key})
			return
		}
	}
	t.add(Event{Tenant: e.Tenant, Topic: Entity, Kind: kind, Key: string(e.Kind) + " " + e.Key})
}

func (t *teller) optOuts(changed []wirechief.OptOut) {
	for i := range changed {
		e := Event{Tenant: changed[i].Tenant, Topic: OptOut, Kind: Changed}
		if len(changed) == 1 {
			e.Key = changed[i].Number + " " + changed[i].Handset
		} else if i > 0 && changed[i-1].Tenant == e.Tenant {
			continue // an import: once is enough
		}
		t.add(e)
	}
}

// conversation tells what a person did with a conversation. Whose it is the
// command does not say: the store does.
func (t *teller) conversation(c *wirechief.ChangeConversation) {
	// The caller may have gone; what it did is done.
	conv, err := t.s.Conversation(context.WithoutCancel(t.ctx), c.Key)
	if err != nil {
		return
	}
	t.thread(conv.Tenant, c.Key.ID, Changed)
	if len(c.Entries) > 0 {
		t.thread(conv.Tenant, c.Key.ID, Noted)
	}
}
