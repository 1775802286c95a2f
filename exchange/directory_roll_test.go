package exchange

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
)

// Whatever becomes of numbers, their rolls have them in order, and all of them;
// and what is loaded at once is as what came one by one.
func TestRolls(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	d := newDirectory()
	kept := make(map[string]*wirechief.Number)
	states := []wirechief.NumberState{wirechief.NumberInService, wirechief.NumberPending, wirechief.NumberAging, wirechief.NumberAvailable}
	check := func() {
		t.Helper()
		loaded := newDirectory()
		loaded.loadNumbers(slices.Collect(maps.Values(kept)))
		for _, tenant := range []string{"", "a", "b", "nobody"} {
			want := []*wirechief.Number{}
			owned := 0
			for _, n := range kept {
				if tenant == "" || n.Tenant == tenant {
					if want = append(want, n); n.State.Owned() {
						owned++
					}
				}
			}
			for name, get := range map[string]func(rolls) roll{
				"digits": func(r rolls) roll { return r.digits },
				"newest": func(r rolls) roll { return r.newest },
			} {
				compare := byDigits
				if name == "newest" {
					compare = byActivation
				}
				slices.SortFunc(want, compare)
				for _, from := range []*directory{d, loaded} {
					r := get(from.rolls(tenant))
					if got := append([]*wirechief.Number{}, slices.Collect(r.all())...); !slices.Equal(got, want) {
						t.Fatalf("%s of %q: %d numbers, not %d, or in another order", name, tenant, len(got), len(want))
					}
					sum := 0
					for _, p := range r.pages {
						sum += p.owned
					}
					if sum != owned {
						t.Fatalf("%s of %q: %d on the account, not %d", name, tenant, sum, owned)
					}
				}
			}
			if tenant == "" {
				continue
			}
			for _, home := range []string{"", "+1", "GB"} {
				at := d.rolls(tenant)
				var there, round []string
				for _, n := range want {
					if home == "" || homeOf(n) == home {
						there = append(there, n.Number)
					}
				}
				c := at.homes
				if home == "" {
					c = at.everywhere
				}
				for n := range c.round(home, random.Uint64()) {
					round = append(round, n.Number)
				}
				slices.Sort(there)
				slices.Sort(round)
				if diff := cmp.Diff(there, round); diff != "" {
					t.Fatalf("around %q of %q: %s", home, tenant, diff)
				}
			}
		}
	}
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for i := range 6000 {
		n := &wirechief.Number{Number: fmt.Sprintf("+1310555%04d", random.IntN(3000)), Country: "US", Tenant: []string{"", "a", "b"}[random.IntN(3)]}
		if random.IntN(4) == 0 {
			n.Number, n.Country = fmt.Sprintf("+4477009%05d", random.IntN(500)), "GB"
		}
		n.State, n.ActivatedAt = states[random.IntN(len(states))], at.Add(time.Duration(random.IntN(50))*time.Hour)
		n.ID = int64(len(n.Number))*10_000 + int64(random.IntN(3))
		kept[n.Number] = n
		d.putNumber(n)
		if i%1000 == 999 {
			check()
		}
	}
}

// The first property is kept right through all that becomes of properties.
func TestFirstProperty(t *testing.T) {
	d := newDirectory()
	entity := func(sid, at string) wirechief.Entity {
		return wirechief.Entity{Tenant: "a", Kind: wirechief.EntityProperty, Key: sid, Doc: fmt.Appendf(nil, `{"sid":%q,"created_at":%q}`, sid, at)}
	}
	put := func(sid, at string) func() { return func() { _ = d.put(entity(sid, at)) } }
	drop := func(sid string) func() { return func() { d.drop(entity(sid, "")) } }
	for i, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, ""},
		{put("S2", "2026-03-02T12:00:00Z"), "S2"},
		{put("S3", "2026-03-02T13:00:00Z"), "S2"},
		{put("S1", "2026-03-02T12:00:00Z"), "S1"}, // of the same second the lesser key
		{drop("S3"), "S1"},
		{put("S3", "2026-03-02T11:00:00Z"), "S3"},
		{put("S3", "2026-03-02T14:00:00Z"), "S1"},
		{drop("S1"), "S2"},
		{drop("S2"), "S3"},
		{drop("S3"), ""},
	} {
		if step.do(); d.firstProperty("a") != step.want {
			t.Errorf("step %d: %q, not %q", i, d.firstProperty("a"), step.want)
		}
	}
}

// BenchmarkFirstProperty is what each text asks of a tenant with 2,000 properties.
func BenchmarkFirstProperty(b *testing.B) {
	x := &Exchange{dir: newDirectory()}
	for i := range 2000 {
		sid := wirechief.SID('S', "a", int64(i))
		doc := fmt.Appendf(nil, `{"sid":%q,"name":"Property %d","created_at":"2026-03-02T12:00:00Z"}`, sid, i)
		if err := x.dir.put(wirechief.Entity{Tenant: "a", Kind: wirechief.EntityProperty, Key: sid, Doc: doc}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if x.firstProperty("a") == "" {
			b.Fatal("none")
		}
	}
}

// A page is what it would be if all were listed and then cut: with and without
// a filter, from wherever it begins.
func TestPagesOfNumbers(t *testing.T) {
	x := &Exchange{dir: newDirectory()}
	var all []wirechief.Number
	for i := range 2500 {
		n := &wirechief.Number{Number: fmt.Sprintf("+1310555%04d", i), ID: int64(i + 1), Tenant: "a", State: wirechief.NumberInService, Type: wirechief.TypeLocal}
		if i%3 == 0 {
			n.State = wirechief.NumberAging
		} else {
			all = append(all, *n)
		}
		x.dir.putNumber(n)
	}
	for _, f := range []wirechief.NumberFilter{{}, {Types: []wirechief.NumberType{wirechief.TypeLocal}}} {
		for _, after := range []string{"", "+13105550000", "+13105551000", "+13105552499", "+2"} {
			for _, offset := range []int{0, 1, 700, 5000} {
				for _, limit := range []int{0, 1, 600} {
					f.After, f.Offset, f.Limit = after, offset, limit
					want := slices.DeleteFunc(slices.Clone(all), func(n wirechief.Number) bool { return n.Number <= after })
					want = want[min(offset, len(want)):]
					if limit > 0 {
						want = want[:min(limit, len(want))]
					}
					got, total := x.FindNumbers(t.Context(), wirechief.Principal{Tenant: "a"}, f)
					if total != len(all) || len(got) != len(want) || len(got) > 0 && (got[0].Number != want[0].Number || got[len(got)-1].Number != want[len(want)-1].Number) {
						t.Errorf("after %q, offset %d, limit %d: %d of %d, not %d of %d", after, offset, limit, len(got), total, len(want), len(all))
					}
				}
			}
		}
	}
}
