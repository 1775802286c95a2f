package exchange_test

import (
	"testing"

	"github.com/wirechief/wirechief"
	core "github.com/wirechief/wirechief/test/world"
)

const simulated = `
tenants:
  - id: acme
    balance: "1.00"
    rates: {sms_segment: "0.60"}
    numbers: [{number: "+61400000000", capabilities: [sms]}]
`

// TestSimulated: a simulated text is judged and answered, also again under its
// key, and there is nothing of it afterwards.
func TestSimulated(t *testing.T) {
	w := core.New(t, simulated)
	r := wirechief.SendRequest{Tenant: "acme", From: "+61400000000", To: []string{"+61400000002"}, Text: "Hi", Simulated: true, Whole: true, Key: "k"}
	first, err := w.Send(t.Context(), r)
	if err != nil || first.Ref == "" || first.Recipients[0].Message != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := w.Send(t.Context(), r); err != nil || again.Ref != first.Ref || !again.Repeated {
		t.Errorf("again: %+v, %v", again, err)
	}
	list, err := w.Messages(t.Context(), wirechief.Principal{Tenant: "acme"}, wirechief.MessageFilter{})
	if err != nil || len(list) != 0 {
		t.Errorf("%d messages, %v", len(list), err)
	}
	// The balance is whole: one text for real, and none after it, simulated or not.
	r.Simulated, r.Key = false, ""
	if _, err := w.Send(t.Context(), r); err != nil {
		t.Error(err)
	}
	try, err := w.Main.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	try.Answer(wirechief.Outcome{Disposition: wirechief.Done}) // a stop waits for what is not answered
	r.Simulated = true
	if _, err := w.Send(t.Context(), r); wirechief.KindOf(err) != wirechief.Forbidden {
		t.Errorf("without funds: %v", err)
	}
}

// TestWholeRefusalKeepsTheKey: the key of a request that was refused because
// of its only recipient is good for the next try.
func TestWholeRefusalKeepsTheKey(t *testing.T) {
	for _, whole := range []bool{true, false} {
		w := core.New(t, simulated)
		r := wirechief.SendRequest{Tenant: "acme", From: "+61400000000", To: []string{"+61400000000"}, Text: "Hi", Whole: whole, Key: "k"}
		first, err := w.Send(t.Context(), r)
		if err != nil || first.Recipients[0].Refusal == "" {
			t.Fatalf("%+v, %v", first, err)
		}
		if again, err := w.Send(t.Context(), r); err != nil || again.Repeated == whole {
			t.Errorf("whole %t: %+v, %v", whole, again, err)
		}
	}
}
