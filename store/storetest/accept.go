package storetest

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func answer(key string, fingerprint byte, when time.Time) *wirechief.Answer {
	return &wirechief.Answer{Tenant: acme, Key: key, Fingerprint: [32]byte{fingerprint}, Body: []byte(`{"ref":"1"}`), At: when}
}

func acceptTests() []testCase {
	return []testCase{
		{"answer/the same key again gets the first answer", func(t *testing.T, s wirechief.Store) {
			first := answer("k", 1, t0)
			do(t, s, wirechief.Accept{Messages: []*wirechief.Message{text(acme, 1)}, Answer: first})
			same(t, "the answer", must(s.Answer(t.Context(), acme, "k"))(t), first)
			for fingerprint := byte(1); fingerprint <= 2; fingerprint++ { // the same request, another request
				r := refuse(t, s, wirechief.Conflict, wirechief.Accept{
					Messages: []*wirechief.Message{text(acme, 2)}, Answer: answer("k", fingerprint, at(time.Hour)),
				})
				same(t, "the answer", r.Answer, first)
				if e := r.Err.(*wirechief.Error); e.Rule != wirechief.RuleIdempotency {
					t.Errorf("rule %q", e.Rule)
				}
			}
			same(t, "messages", ids(must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t), messageID), []int64{1})
		}},
		{"answer/two requests at the same time", func(t *testing.T, s wirechief.Store) {
			results := try(t, s,
				wirechief.Accept{Messages: []*wirechief.Message{text(acme, 1)}, Answer: answer("k", 1, t0)},
				wirechief.Accept{Messages: []*wirechief.Message{text(acme, 2)}, Answer: answer("k", 1, t0)})
			if results[0].Err != nil || results[1].Err == nil || results[1].Answer == nil {
				t.Fatalf("%+v", results)
			}
		}},
		{"answer/a key is the tenant's own", func(t *testing.T, s wirechief.Store) {
			other := answer("k", 2, t0)
			other.Tenant = brand
			do(t, s, wirechief.Accept{Answer: answer("k", 1, t0)}, wirechief.Accept{Answer: other})
		}},
		{"answer/is forgotten after a day", func(t *testing.T, s wirechief.Store) {
			do(t, s, wirechief.Accept{Answer: answer("k", 1, at(-25*time.Hour))})
			if a := must(s.Answer(t.Context(), acme, "k"))(t); a != nil {
				t.Fatalf("%+v", a)
			}
			do(t, s, wirechief.Accept{Answer: answer("k", 2, t0)})
			same(t, "the answer", must(s.Answer(t.Context(), acme, "k"))(t), answer("k", 2, t0))
		}},
		{"answer/a refusal does not use the key up", func(t *testing.T, s wirechief.Store) {
			c := wirechief.Accept{Answer: answer("k", 1, t0), Debit: &wirechief.Debit{Tenant: acme, Amount: 1}}
			refuse(t, s, wirechief.Forbidden, c)
			c.Debit = nil
			do(t, s, c)
		}},
		{"debit/takes what there is and no more", func(t *testing.T, s wirechief.Store) {
			pay := func(id int64, amount wirechief.Money) wirechief.Accept {
				return wirechief.Accept{Messages: []*wirechief.Message{text(acme, id)}, Debit: &wirechief.Debit{Tenant: acme, Amount: amount}}
			}
			r := refuse(t, s, wirechief.Forbidden, pay(1, 1)) // no balance was ever set
			if e := r.Err.(*wirechief.Error); e.Rule != wirechief.RuleFunds {
				t.Errorf("rule %q", e.Rule)
			}
			do(t, s, wirechief.SetBalance{Tenant: acme, Balance: 10_000}, wirechief.SetBalance{Tenant: brand, Balance: 5}, pay(2, 4_000))
			refuse(t, s, wirechief.Forbidden, pay(3, 6_001))
			do(t, s, pay(4, 6_000))
			same(t, "balances", must(s.Balances(t.Context()))(t), map[string]wirechief.Money{acme: 0, brand: 5})
			same(t, "messages", ids(must(s.Messages(t.Context(), wirechief.MessageFilter{}))(t), messageID), []int64{4, 2})
		}},
		{"opt-out/out, and in again", func(t *testing.T, s wirechief.Store) {
			out := wirechief.OptOut{Tenant: acme, Number: "+13109060901", Handset: "+13105551212", Out: true, Word: "STOP", At: t0}
			theirs := out
			theirs.Tenant = brand
			do(t, s, wirechief.Accept{OptOuts: []wirechief.OptOut{out, theirs}})
			same(t, "opt-outs", must(s.OptOuts(t.Context()))(t), []wirechief.OptOut{out, theirs})
			another := out
			another.Handset = "+13105551213"
			back := out
			back.Out, back.Word = false, "START"
			// The number may have been another tenant's when the handset went out.
			do(t, s, wirechief.Accept{OptOuts: []wirechief.OptOut{another, back}})
			same(t, "opt-outs", must(s.OptOuts(t.Context()))(t), []wirechief.OptOut{another})
		}},
		{"parts/wait, and go when they are joined", func(t *testing.T, s wirechief.Store) {
			k := wirechief.PartKey{Shard: wirechief.ShardOf(acme), Carrier: "sim", From: "+13105551212", To: "+13109060901", Ref: 200, Total: 3, Since: 5}
			reused := k
			reused.Since = 6
			part := func(k wirechief.PartKey, seq int, text string) wirechief.StoredPart {
				return wirechief.StoredPart{PartKey: k, Seq: seq, Text: text, Raw: "esm_class 0x40", At: t0}
			}
			do(t, s, wirechief.PutPart{StoredPart: part(k, 2, "two")}, wirechief.PutPart{StoredPart: part(k, 1, "one")}, wirechief.PutPart{StoredPart: part(reused, 1, "new")})
			refuse(t, s, wirechief.Conflict, wirechief.PutPart{StoredPart: part(k, 2, "again")})
			same(t, "parts", must(s.Parts(t.Context()))(t), []wirechief.StoredPart{part(k, 1, "one"), part(k, 2, "two"), part(reused, 1, "new")})
			do(t, s, wirechief.Accept{Messages: []*wirechief.Message{text(acme, 9)}, Joined: &k})
			same(t, "parts", must(s.Parts(t.Context()))(t), []wirechief.StoredPart{part(reused, 1, "new")})
		}},
		{"accept/what is configured with it is in the same commit", func(t *testing.T, s wirechief.Store) {
			lease := wirechief.Entity{Tenant: acme, Kind: wirechief.EntityLease, Key: "+13109060901 +13105551212", Doc: []byte(`{"number":"+13109060901"}`)}
			c := wirechief.Accept{Messages: []*wirechief.Message{text(acme, 1)}, Debit: &wirechief.Debit{Tenant: acme, Amount: 1}, Entities: []wirechief.Entity{lease}}
			refuse(t, s, wirechief.Forbidden, c)
			same(t, "leases", must(s.Entities(t.Context(), wirechief.EntityLease))(t), []wirechief.Entity(nil))
			c.Debit = nil
			do(t, s, c)
			same(t, "leases", must(s.Entities(t.Context(), wirechief.EntityLease))(t), []wirechief.Entity{lease})
		}},
		{"accept/deliveries are in the same commit", func(t *testing.T, s wirechief.Store) {
			d := webhook(acme, 9, 1)
			r := do(t, s, wirechief.Accept{Messages: []*wirechief.Message{text(acme, 1)}, Deliveries: []*wirechief.Delivery{d}})[0]
			same(t, "the result", r.Deliveries, []*wirechief.Delivery{d})
			same(t, "the delivery", delivery(t, s, d.DeliveryKey), d)
		}},
	}
}
