package storetest

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func audit(tenant string, id int64, action, subject string) wirechief.AuditEntry {
	return wirechief.AuditEntry{
		ID: id, Tenant: tenant, At: at(time.Duration(id) * time.Minute), Who: "Ann", Agent: 7, Via: "console", Address: "192.0.2.1", Action: action, Subject: subject,
		Changes: []wirechief.AuditChange{{Field: "name", Before: `"a"`, After: `"<b>"`}},
	}
}

func auditTests() []testCase {
	id := func(e wirechief.AuditEntry) int64 { return e.ID }
	return []testCase{
		{"audit/is kept with the command, if that was applied", func(t *testing.T, s wirechief.Store) {
			e := wirechief.Entity{Tenant: acme, Kind: wirechief.EntityTemplate, Key: "1", Doc: []byte(`{}`)}
			first := audit(acme, 1, "template.put", "1")
			r := try(t, s,
				wirechief.Audited{Command: wirechief.PutEntity{Entity: e}, Entry: first},
				wirechief.Audited{Command: wirechief.DropEntity{Entity: wirechief.Entity{Tenant: acme, Kind: wirechief.EntityTemplate, Key: "2"}}, Entry: audit(acme, 2, "template.delete", "2")},
				wirechief.Audited{Command: wirechief.Redeliver{Filter: wirechief.DeliveryFilter{Tenant: acme}}, Entry: audit(acme, 3, "delivery.replay", "")})
			if r[0].Err != nil || wirechief.KindOf(r[1].Err) != wirechief.NotFound || r[2].Err != nil {
				t.Fatalf("%+v", r)
			}
			got := must(s.Audit(t.Context(), wirechief.AuditFilter{Tenant: acme}))(t)
			same(t, "entries", got, []wirechief.AuditEntry{audit(acme, 3, "delivery.replay", ""), first})
			same(t, "last id", must(s.LastID(t.Context()))(t), int64(3))
		}},
		{"audit/an entry that cannot be kept keeps the command back", func(t *testing.T, s wirechief.Store) {
			do(t, s, wirechief.PutAudit{AuditEntry: audit(acme, 1, "signin", "")})
			e := wirechief.Entity{Tenant: acme, Kind: wirechief.EntityTemplate, Key: "1", Doc: []byte(`{}`)}
			r := try(t, s, wirechief.Audited{Command: wirechief.PutEntity{Entity: e}, Entry: audit(acme, 1, "x", "")}, wirechief.Audited{Command: wirechief.PutEntity{Entity: e}, Entry: audit(acme, 0, "x", "")})
			if r[0].Err == nil || r[1].Err == nil {
				t.Fatalf("%+v", r)
			}
			same(t, "templates", must(s.Entities(t.Context(), wirechief.EntityTemplate))(t), []wirechief.Entity(nil))
		}},
		{"audit/filters", func(t *testing.T, s wirechief.Store) {
			stranger := audit(acme, 5, "signin.failed", "")
			stranger.Who = "x@example.net"
			for _, e := range []wirechief.AuditEntry{
				audit(acme, 1, "number.change", ours), audit(brand, 2, "number.change", other), audit("", 3, "signin", ""), audit(acme, 4, "numbers", ours), stranger,
			} {
				do(t, s, wirechief.PutAudit{AuditEntry: e})
			}
			for _, c := range []struct {
				name string
				f    wirechief.AuditFilter
				want []int64
			}{
				{"a tenant's", wirechief.AuditFilter{Tenant: acme}, []int64{5, 4, 1}},
				{"the installation's", wirechief.AuditFilter{}, []int64{3}},
				{"everybody's", wirechief.AuditFilter{All: true}, []int64{5, 4, 3, 2, 1}},
				{"an action", wirechief.AuditFilter{All: true, Action: "number.change"}, []int64{2, 1}},
				{"the beginning of an action", wirechief.AuditFilter{All: true, Action: "number"}, []int64{2, 1}},
				{"an action and those below", wirechief.AuditFilter{All: true, Action: "signin"}, []int64{5, 3}},
				{"a subject", wirechief.AuditFilter{Tenant: acme, Subject: ours}, []int64{4, 1}},
				{"a person", wirechief.AuditFilter{Tenant: acme, Who: "x@example.net"}, []int64{5}},
				{"from", wirechief.AuditFilter{All: true, From: at(3 * time.Minute)}, []int64{5, 4, 3}},
				{"to", wirechief.AuditFilter{All: true, To: at(3 * time.Minute)}, []int64{2, 1}},
				{"before", wirechief.AuditFilter{All: true, Before: 4, Limit: 2}, []int64{3, 2}},
			} {
				same(t, c.name, ids(must(s.Audit(t.Context(), c.f))(t), id), c.want)
			}
		}},
	}
}

func bulkTests() []testCase {
	id := func(b *wirechief.Bulk) int64 { return b.ID }
	bulk := func(tenant string, id int64, state wirechief.BulkState) *wirechief.Bulk {
		return &wirechief.Bulk{ID: id, Tenant: tenant, Name: "Spring", From: ours, Text: "Hi {{name}}", State: state, By: "Ann", CreatedAt: t0, Rows: 3, Cost: 12_000}
	}
	rows := func() []wirechief.BulkRow {
		return []wirechief.BulkRow{
			{Seq: 1, To: peer, Text: "Hi <Bo>", Segments: 1, State: wirechief.RowReady},
			{Seq: 2, To: "nobody", State: wirechief.RowBad, Error: "no number"},
			{Seq: 3, To: other, Text: "Hi Al", Segments: 1, State: wirechief.RowReady},
		}
	}
	return []testCase{
		{"bulk/and its rows", func(t *testing.T, s wirechief.Store) {
			b, list := bulk(acme, 5, wirechief.BulkDraft), rows()
			do(t, s, wirechief.PutBulk{Bulk: b, Changed: list})
			same(t, "bulk", must(s.Bulk(t.Context(), acme, 5))(t), b)
			same(t, "last id", must(s.LastID(t.Context()))(t), int64(5))
			_, err := s.Bulk(t.Context(), brand, 5)
			wantKind(t, err, wirechief.NotFound)
			read := func(tenant string, state wirechief.BulkRowState, after, limit int) []wirechief.BulkRow {
				return must(s.BulkRows(t.Context(), tenant, 5, state, after, limit))(t)
			}
			same(t, "rows", read(acme, "", 0, 10), list)
			same(t, "another tenant's", read(brand, "", 0, 10), []wirechief.BulkRow(nil))
			same(t, "those ready", read(acme, wirechief.RowReady, 0, 10), []wirechief.BulkRow{list[0], list[2]})
			list[0].State, list[0].Message = wirechief.RowSent, 77
			b.State, b.Sent = wirechief.BulkRunning, 1
			do(t, s, wirechief.PutBulk{Bulk: b, Changed: list[:1]})
			same(t, "bulk", must(s.Bulk(t.Context(), acme, 5))(t), b)
			same(t, "rows", read(acme, "", 0, 2), list[:2])
			same(t, "rows after", read(acme, "", 2, 2), list[2:])
			same(t, "those ready", read(acme, wirechief.RowReady, 0, 10), list[2:])
		}},
		{"bulk/listing", func(t *testing.T, s wirechief.Store) {
			do(t, s, wirechief.PutBulk{Bulk: bulk(acme, 1, wirechief.BulkDone)}, wirechief.PutBulk{Bulk: bulk(brand, 2, wirechief.BulkRunning)}, wirechief.PutBulk{Bulk: bulk(acme, 3, wirechief.BulkRunning)})
			list := func(tenant string, before int64, states ...wirechief.BulkState) []int64 {
				return ids(must(s.Bulks(t.Context(), tenant, states, before, 10))(t), id)
			}
			same(t, "a tenant's", list(acme, 0), []int64{3, 1})
			same(t, "all that run", list("", 0, wirechief.BulkRunning, wirechief.BulkPaused), []int64{3, 2})
			same(t, "before", list("", 3), []int64{2, 1})
		}},
	}
}

func tallyTests() []testCase {
	minute := t0.Truncate(time.Hour)
	tally := func(tenant string, after time.Duration, metric wirechief.Metric, n int64, histogram ...int64) wirechief.Tally {
		return wirechief.Tally{Tenant: tenant, Minute: minute.Add(after), Metric: metric, Count: n, Sum: float64(n) / 2, Peak: n, Histogram: histogram}
	}
	put := func(t *testing.T, s wirechief.Store) {
		do(t, s, wirechief.AddTallies{Tallies: []wirechief.Tally{
			tally(acme, 0, wirechief.MetricIn, 1), tally(acme, time.Minute, wirechief.MetricIn, 2), tally(acme, 61*time.Minute, wirechief.MetricIn, 4),
			tally(brand, time.Minute, wirechief.MetricIn, 8), tally(acme, 0, wirechief.MetricDelivered, 1, 0, 1),
		}}, wirechief.AddTallies{Tallies: []wirechief.Tally{
			tally(acme, time.Minute, wirechief.MetricIn, 16), tally(acme, 0, wirechief.MetricDelivered, 2, 1, 0, 1), tally(acme, 125*time.Minute, wirechief.MetricIn, 32),
		}})
	}
	return []testCase{
		{"tally/by the minute", func(t *testing.T, s wirechief.Store) {
			put(t, s)
			f := wirechief.TallyFilter{Tenant: acme, From: minute, To: minute.Add(61 * time.Minute), Step: time.Minute}
			both := tally(acme, time.Minute, wirechief.MetricIn, 18)
			both.Peak = 16
			delivered := tally(acme, 0, wirechief.MetricDelivered, 3, 1, 1, 1)
			delivered.Peak = 2
			same(t, "tallies", must(s.Tallies(t.Context(), f))(t), map[wirechief.Metric][]wirechief.Tally{
				wirechief.MetricIn: {tally(acme, 0, wirechief.MetricIn, 1), both}, wirechief.MetricDelivered: {delivered},
			})
		}},
		{"tally/by coarser steps", func(t *testing.T, s wirechief.Store) {
			put(t, s)
			in := func(f wirechief.TallyFilter) map[string]int64 {
				out := make(map[string]int64)
				for _, v := range must(s.Tallies(t.Context(), f))(t)[wirechief.MetricIn] {
					out[v.Minute.Sub(minute).String()] = v.Count
				}
				return out
			}
			to := minute.Add(3 * time.Hour)
			same(t, "hours", in(wirechief.TallyFilter{Tenant: acme, From: minute, To: to, Step: time.Hour}), map[string]int64{"0s": 19, "1h0m0s": 4, "2h0m0s": 32})
			same(t, "hours until within one", in(wirechief.TallyFilter{Tenant: acme, From: minute, To: minute.Add(121 * time.Minute), Step: time.Hour}), map[string]int64{"0s": 19, "1h0m0s": 4})
			same(t, "up to the minute", in(wirechief.TallyFilter{Tenant: acme, From: minute, To: minute.Add(125 * time.Minute), Step: time.Hour}), map[string]int64{"0s": 19, "1h0m0s": 4})
			same(t, "and with it", in(wirechief.TallyFilter{Tenant: acme, From: minute, To: minute.Add(126 * time.Minute), Step: 2 * time.Hour}), map[string]int64{"0s": 23, "2h0m0s": 32})
			same(t, "hours from within one", in(wirechief.TallyFilter{Tenant: acme, From: minute.Add(time.Minute), To: to, Step: time.Hour}), map[string]int64{"1m0s": 18, "1h1m0s": 4, "2h1m0s": 32})
			same(t, "days", in(wirechief.TallyFilter{All: true, From: minute, To: to, Step: 24 * time.Hour}), map[string]int64{"0s": 63})
			_, err := s.Tallies(t.Context(), wirechief.TallyFilter{Tenant: acme, From: minute, To: to, Step: time.Second})
			wantKind(t, err, wirechief.Invalid)
		}},
	}
}
