package sqlite

import "github.com/wirechief/wirechief"

// recentMost is how many of the carriers' ids are remembered with their messages.
const recentMost = 4096

// recent remembers the messages that carriers took last, by the carriers' ids.
// Their receipts come soon, and find them here without a query. Messages are
// forgotten once they have ended. Only the writer changes messages, so what is
// here is what the rows say; when a transaction is undone, all is forgotten.
type recent struct {
	messages map[carrierID]*wirechief.Message
	order    []carrierID // a ring: the next to be forgotten stands at next
	next     int
}

// put remembers a message that a carrier took. The message itself goes on to
// the caller; what is kept is a copy.
func (r *recent) put(m *wirechief.Message) {
	if m.Status.IsFinal() || len(m.CarrierIDs) == 0 {
		return
	}
	if r.messages == nil {
		r.messages = make(map[carrierID]*wirechief.Message)
		r.order = make([]carrierID, recentMost)
	}
	kept := *m
	kept.Events = receiptsOf(m.Events)
	for _, id := range m.CarrierIDs {
		key := carrierID{m.Carrier, id}
		if _, again := r.messages[key]; !again {
			delete(r.messages, r.order[r.next])
			r.order[r.next] = key
			r.next = (r.next + 1) % len(r.order)
		}
		r.messages[key] = &kept
	}
}

// get gives a copy of the message that has a carrier's id, nil when it has to
// be looked up.
func (r *recent) get(carrier, id string) *wirechief.Message {
	kept := r.messages[carrierID{carrier, id}]
	if kept == nil {
		return nil
	}
	m := *kept
	return &m
}

// drop forgets a message that changes otherwise than by a receipt.
func (r *recent) drop(m *wirechief.Message) {
	for _, id := range m.CarrierIDs {
		delete(r.messages, carrierID{m.Carrier, id})
	}
}

func (r *recent) forget() { *r = recent{} }

// receiptsOf leaves of a history what the domain's rules look at. The result
// grows into memory of its own.
func receiptsOf(events []wirechief.Event) []wirechief.Event {
	var out []wirechief.Event
	for i := range events {
		if events[i].Type == wirechief.EventReceipt {
			out = append(out, events[i])
		}
	}
	return out[:len(out):len(out)]
}
