package storetest

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func lane(tenant string) wirechief.Lane {
	return wirechief.Lane{Tenant: tenant, Kind: wirechief.KindWebhook, Destination: "https://hooks.example.net/in"}
}

func with(status wirechief.DeliveryStatus) func(*wirechief.Delivery) {
	return func(d *wirechief.Delivery) { d.Status = status }
}

func deliveryTests() []testCase {
	return []testCase{
		{"delivery/comes back as it went in", func(t *testing.T, s wirechief.Store) {
			d := webhook(acme, 1, 7, func(d *wirechief.Delivery) {
				d.Header = map[string]string{"X-A": "1", "X-B": "<&>"}
				d.Body = []byte{0, 255, '"', '\n'}
				d.Tries = 3
				d.Chunked = true
				d.Attempts = []wirechief.Attempt{{N: 1, At: t0, Class: "5xx", StatusCode: 500, Body: "é", Truncated: true, NextAt: at(time.Minute)}}
			})
			bare := &wirechief.Delivery{DeliveryKey: deliveryKey(brand, 2), Tenant: brand, Kind: wirechief.KindEmail, Status: wirechief.DeliveryPaused}
			do(t, s, deliveries(d, bare))
			same(t, "the delivery", delivery(t, s, d.DeliveryKey), d)
			same(t, "the bare delivery", delivery(t, s, bare.DeliveryKey), bare)
			_, err := s.Delivery(t.Context(), deliveryKey(acme, 2))
			wantKind(t, err, wirechief.NotFound)
		}},
		{"delivery/attempts are appended", func(t *testing.T, s wirechief.Store) {
			d := webhook(acme, 1, 7)
			do(t, s, deliveries(d))
			first := wirechief.Attempt{
				N: 1, At: t0, Class: "timeout", Error: "no answer in 10 s \x00", DurationMS: 10000.25, Peer: "192.0.2.1:443",
				Timing: &wirechief.Timing{DNS: 1, Connect: 2.5, TLS: 3, FirstByte: 4, Reused: true}, Request: "POST / HTTP/1.1\r\nA: b", NextAt: at(time.Minute),
			}
			second := wirechief.Attempt{N: 2, At: at(time.Minute), Class: "2xx", StatusCode: 200, Header: map[string]string{"B": "2", "A": "1"}, Body: "ok"}
			do(t, s, wirechief.Attempted{Key: d.DeliveryKey, Attempt: &first, Status: wirechief.DeliveryPending, NextAt: at(time.Minute), Tries: 1})
			got := delivery(t, s, d.DeliveryKey)
			if got.Status != wirechief.DeliveryPending || !got.NextAt.Equal(at(time.Minute)) || got.Tries != 1 {
				t.Fatalf("%+v", got)
			}
			do(t, s, wirechief.Attempted{Key: d.DeliveryKey, Attempt: &second, Status: wirechief.DeliveryDelivered, Tries: 2},
				wirechief.Attempted{Key: d.DeliveryKey, Status: wirechief.DeliveryDelivered, Tries: 2})
			got = delivery(t, s, d.DeliveryKey)
			same(t, "attempts", got.Attempts, []wirechief.Attempt{first, second})
			if got.Status != wirechief.DeliveryDelivered || !got.NextAt.IsZero() || got.Tries != 2 {
				t.Fatalf("%+v", got)
			}
			refuse(t, s, wirechief.NotFound, wirechief.Attempted{Key: deliveryKey(acme, 99), Attempt: &first})
		}},
		{"delivery/filters", func(t *testing.T, s wirechief.Store) {
			do(t, s, deliveries(
				webhook(acme, 1, 7), webhook(brand, 2, 8), webhook(acme, 3, 7, with(wirechief.DeliveryExhausted)),
				webhook(acme, 4, 0, func(d *wirechief.Delivery) { d.Kind, d.Destination = wirechief.KindEmail, "a@example.net" }),
				webhook(acme, 5, 9),
			))
			for _, c := range []struct {
				name string
				f    wirechief.DeliveryFilter
				want []int64
			}{
				{"everything, newest first", wirechief.DeliveryFilter{}, []int64{5, 4, 3, 2, 1}},
				{"a tenant", wirechief.DeliveryFilter{Tenant: brand}, []int64{2}},
				{"a message", wirechief.DeliveryFilter{Message: 7}, []int64{3, 1}},
				{"another tenant's message", wirechief.DeliveryFilter{Tenant: brand, Message: 7}, nil},
				{"status", wirechief.DeliveryFilter{Status: wirechief.DeliveryExhausted}, []int64{3}},
				{"kind", wirechief.DeliveryFilter{Kind: wirechief.KindEmail}, []int64{4}},
				{"destination", wirechief.DeliveryFilter{Tenant: acme, Destination: "https://hooks.example.net/in"}, []int64{5, 3, 1}},
				{"before", wirechief.DeliveryFilter{Before: 4, Limit: 2}, []int64{3, 2}},
				{"one by its id", wirechief.DeliveryFilter{Before: 4, Limit: 1}, []int64{3}},
			} {
				same(t, c.name, ids(must(s.Deliveries(t.Context(), c.f))(t), deliveryID), c.want)
			}
		}},
		{"pending/in order of the next try, then the id", func(t *testing.T, s wirechief.Store) {
			next := func(d time.Duration) func(*wirechief.Delivery) {
				return func(v *wirechief.Delivery) { v.NextAt = at(d); v.CreatedAt = at(-d) }
			}
			do(t, s, deliveries(
				webhook(acme, 1, 7, next(time.Hour)), webhook(acme, 2, 7, next(time.Minute)), webhook(acme, 3, 7, next(time.Minute)),
				webhook(acme, 4, 7, with(wirechief.DeliveryPaused)), webhook(acme, 5, 7, with(wirechief.DeliveryDelivered)), webhook(brand, 6, 8),
			))
			pending := func(l wirechief.Lane, limit int) []int64 {
				return ids(must(s.Pending(t.Context(), l, limit))(t), deliveryID)
			}
			same(t, "lane", pending(lane(acme), 10), []int64{2, 3, 1})
			same(t, "head", pending(lane(acme), 1), []int64{2})
			same(t, "another tenant's lane to the same place", pending(lane(brand), 10), []int64{6})
			same(t, "lanes", must(s.PendingLanes(t.Context()))(t), map[wirechief.Lane]wirechief.Depth{
				lane(acme): {Count: 3, Oldest: at(-time.Hour)}, lane(brand): {Count: 1, Oldest: t0},
			})
			do(t, s, wirechief.Attempted{Key: deliveryKey(acme, 2), Status: wirechief.DeliveryPending, NextAt: at(2 * time.Hour), Tries: 1},
				wirechief.Attempted{Key: deliveryKey(acme, 3), Status: wirechief.DeliveryExhausted, Tries: 1})
			same(t, "lane", pending(lane(acme), 10), []int64{1, 2})
		}},
	}
}

func redeliverTests() []testCase {
	return []testCase{
		{"redeliver/by key, with a fresh schedule", func(t *testing.T, s wirechief.Store) {
			d := webhook(acme, 1, 7, with(wirechief.DeliveryExhausted), func(d *wirechief.Delivery) {
				d.Tries, d.NextAt, d.Attempts = 12, time.Time{}, []wirechief.Attempt{{N: 1, At: t0}}
			})
			do(t, s, deliveries(d, webhook(acme, 2, 7, with(wirechief.DeliveryExhausted))))
			r := do(t, s, wirechief.Redeliver{Keys: []wirechief.DeliveryKey{d.DeliveryKey, deliveryKey(acme, 99)}, At: at(time.Hour)})[0]
			if r.Count != 1 {
				t.Fatalf("count %d", r.Count)
			}
			got := delivery(t, s, d.DeliveryKey)
			if got.Status != wirechief.DeliveryPending || got.Tries != 0 || !got.NextAt.Equal(at(time.Hour)) || len(got.Attempts) != 1 {
				t.Fatalf("%+v", got)
			}
			if got := delivery(t, s, deliveryKey(acme, 2)).Status; got != wirechief.DeliveryExhausted {
				t.Fatalf("the other one is %s", got)
			}
		}},
		{"redeliver/by filter", func(t *testing.T, s wirechief.Store) {
			do(t, s, deliveries(
				webhook(acme, 1, 7, with(wirechief.DeliveryExhausted)), webhook(acme, 2, 7, with(wirechief.DeliveryDelivered)),
				webhook(acme, 3, 8, with(wirechief.DeliveryExhausted)), webhook(brand, 4, 9, with(wirechief.DeliveryExhausted)),
			))
			r := do(t, s, wirechief.Redeliver{Filter: wirechief.DeliveryFilter{Tenant: acme, Status: wirechief.DeliveryExhausted}, At: t0})[0]
			if r.Count != 2 {
				t.Fatalf("count %d", r.Count)
			}
			same(t, "exhausted", ids(must(s.Deliveries(t.Context(), wirechief.DeliveryFilter{Status: wirechief.DeliveryExhausted}))(t), deliveryID), []int64{4})
		}},
		{"redeliver/to another status leaves the schedule", func(t *testing.T, s wirechief.Store) {
			d := webhook(acme, 1, 7, func(d *wirechief.Delivery) { d.Tries, d.NextAt = 3, at(time.Hour) })
			do(t, s, deliveries(d), wirechief.Redeliver{
				Filter: wirechief.DeliveryFilter{Destination: d.Destination, Status: wirechief.DeliveryPending}, Status: wirechief.DeliveryPaused, At: t0,
			})
			d.Status = wirechief.DeliveryPaused
			same(t, "the delivery", delivery(t, s, d.DeliveryKey), d)
		}},
		{"redeliver/very many, and up to a limit", func(t *testing.T, s wirechief.Store) {
			const n = 4500
			var list []*wirechief.Delivery
			for i := range int64(n) {
				list = append(list, webhook([]string{acme, brand}[i%2], i+1, 7, with(wirechief.DeliveryExhausted)))
			}
			do(t, s, deliveries(list...))
			exhausted := wirechief.DeliveryFilter{Status: wirechief.DeliveryExhausted, Limit: 2100}
			for i, want := range []int{2100, 2100, 300, 0} {
				if got := do(t, s, wirechief.Redeliver{Filter: exhausted, At: t0})[0].Count; got != want {
					t.Fatalf("call %d: %d, want %d", i, got, want)
				}
			}
			if got := do(t, s, wirechief.Redeliver{At: t0, Status: wirechief.DeliveryCanceled})[0].Count; got != n {
				t.Fatalf("without a limit: %d, want %d", got, n)
			}
			var keys []wirechief.DeliveryKey
			for _, d := range list {
				keys = append(keys, d.DeliveryKey)
			}
			if got := do(t, s, wirechief.Redeliver{Keys: keys, At: t0})[0].Count; got != n {
				t.Fatalf("by key: %d, want %d", got, n)
			}
		}},
	}
}
