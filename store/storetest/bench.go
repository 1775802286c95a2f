package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// Bench measures whole message life-cycles, four commits each: accepted;
// submitted, with what is in flight; receipt, with the webhook that tells it;
// webhook delivered. It runs them with 1, 32 and 256 in flight.
func Bench(b *testing.B, open func(b *testing.B) wirechief.Store) {
	for _, inFlight := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("inflight=%d", inFlight), func(b *testing.B) {
			s := open(b)
			var ids atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range inFlight {
				wg.Go(func() {
					for {
						n := ids.Add(1)
						if n > int64(b.N) {
							return
						}
						if err := lifeCycle(b, s, n); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lives/s")
		})
	}
}

func lifeCycle(b *testing.B, s wirechief.Store, n int64) error {
	ctx := b.Context()
	now := t0.Add(time.Duration(n) * time.Millisecond)
	tenant := "acme"
	shard := wirechief.ShardOf(tenant)
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: shard, ID: 2 * n},
		Tenant:     tenant, Ref: fmt.Sprintf("11111111-2222-4333-8444-%012d", n), Direction: wirechief.Outward,
		From: "+13109060901", To: fmt.Sprintf("+1310555%04d", n%10000), Text: "Your table is booked for eight o'clock. Reply STOP to end.",
		Encoding: "GSM-7", Segments: 1, CreatedAt: now, ValidUntil: now.Add(48 * time.Hour), Dialect: wirechief.DialectBulkVS,
		Queue: wirechief.Queue{Lane: "sim", At: now},
	}
	m.Record(wirechief.Event{At: now, Type: wirechief.EventAccepted, Detail: wirechief.Detail{Dialect: m.Dialect}})
	m.Record(wirechief.Event{At: now, Type: wirechief.EventRouted, Detail: wirechief.Detail{Carrier: "sim", Because: "the number's own carrier"}})
	if err := apply(b, s, wirechief.Accept{Messages: []*wirechief.Message{m}}); err != nil {
		return err
	}
	id := fmt.Sprintf("%08x", n)
	if err := apply(b, s,
		wirechief.SetInFlight{Carrier: "sim", Messages: []wirechief.MessageKey{m.MessageKey}},
		wirechief.Record{Key: m.MessageKey, Message: m, Queue: &wirechief.Queue{}, Events: []wirechief.Event{{
			At: now, Type: wirechief.EventSubmitted, Detail: wirechief.Detail{Carrier: "sim", CarrierIDs: []string{id}, Code: "ESME_ROK"},
		}}},
	); err != nil {
		return err
	}
	d := &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{ID: 2*n + 1}, Tenant: tenant, Message: m.ID, Kind: wirechief.KindWebhook,
		Destination: "https://hooks.example.net/in", Profile: wirechief.DialectBulkVS, Event: wirechief.NoticeReceipt,
		Method: "POST", ContentType: "application/json", Body: []byte(`{"From":"+13105551212","To":["+13109060901"],"DeliveryReceipt":true,"Message":"id:0 sub:001 dlvrd:001"}`),
		Status: wirechief.DeliveryPending, CreatedAt: now, NextAt: now,
	}
	results, err := s.Apply(ctx, wirechief.Correlate{
		Receipt: wirechief.Receipt{
			Carrier: "sim", ID: id, State: wirechief.ReceiptDelivered, Code: "000", At: now, Done: now,
			Raw: "id:" + id + " sub:001 dlvrd:001 submit date:2511241510 done date:2511241510 stat:DELIVRD err:000 text:Your table",
		},
		Plan: func(*wirechief.Message, []wirechief.Event) []*wirechief.Delivery { return []*wirechief.Delivery{d} },
	})
	if err != nil {
		return err
	}
	if results[0].Err != nil || results[0].Parked {
		return fmt.Errorf("the receipt matched nothing: %+v", results[0])
	}
	return apply(b, s, wirechief.Attempted{Key: d.DeliveryKey, Status: wirechief.DeliveryDelivered, Tries: 1, Attempt: &wirechief.Attempt{
		N: 1, At: now, Class: "2xx", StatusCode: 200, DurationMS: 1.5, Peer: "192.0.2.1:443",
		Request: "POST /in HTTP/1.1\r\nHost: hooks.example.net\r\nContent-Type: application/json", Header: map[string]string{"Content-Type": "text/plain"}, Body: "ok",
	}})
}

func apply(tb testing.TB, s wirechief.Store, commands ...wirechief.Command) error {
	results, err := s.Apply(tb.Context(), commands...)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Err != nil {
			return r.Err
		}
	}
	return nil
}
