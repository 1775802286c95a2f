package exchange_test

import (
	"testing"

	"github.com/wirechief/wirechief"
)

// A text goes out: the shortest way through the exchange. Read this first.
func TestATextGoesOut(t *testing.T) {
	w := newWorld(t)
	// Send answers when the message is on disk, with its place in the queue of
	// the carrier that was chosen.
	res, err := w.Send(t.Context(), text("hello"))
	if err != nil {
		t.Fatal(err)
	}
	id := res.Recipients[0].Message
	// The carrier's lane submits it. Before that it is named on disk as in flight.
	try := w.main.next(t)
	if try.From != desk || try.To != handset || try.Text != "hello" || try.Message != id || !try.Receipt || try.Again {
		t.Errorf("submitted %+v", try.Submission)
	}
	inFlight, err := w.disk.InFlight(t.Context())
	if err != nil || len(inFlight["main"]) != 1 || inFlight["main"][0].ID != id {
		t.Errorf("in flight %v, %v", inFlight, err)
	}
	// The carrier's answer is kept with the carrier's id.
	try.answer(done("c1"))
	w.becomes(id, wirechief.StatusSubmitted)
	// The receipt finds the message by that id, and is on disk when Receipt returns.
	w.receipt("c1", wirechief.ReceiptDelivered)
	m := w.expect(id, wirechief.StatusDelivered, "accepted routed submitted receipt delivered")
	if m.Carrier != "main" || len(m.CarrierIDs) != 1 || m.CarrierIDs[0] != "c1" || m.Ref != res.Ref || m.Queue.Lane != "" {
		t.Errorf("message %+v", m)
	}
	// The customer is told once.
	w.told(id, `receipt DELIVRD "hello"`)
}
