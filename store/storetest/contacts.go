package storetest

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func contact(tenant string, id int64, name string, phones ...string) *wirechief.Contact {
	return &wirechief.Contact{ID: id, Tenant: tenant, Name: name, Phones: phones, CreatedAt: t0, UpdatedAt: t0}
}

func contactID(c *wirechief.Contact) int64 { return c.ID }

func contactTests() []testCase {
	return []testCase{
		{"contact/comes back as it went in", func(t *testing.T, s wirechief.Store) {
			c := &wirechief.Contact{
				ID: 5, Tenant: acme, Name: "Zoë", Phones: []string{peer, other}, Email: "zoe@example.net", Company: "Ünder & Söhne", Notes: "a\nb",
				Labels: []string{"vip"}, Reference: "4711", Blocked: true, BlockedBy: "Ann", BlockedAt: t0, CreatedAt: t0, UpdatedAt: at(time.Hour),
			}
			do(t, s, wirechief.PutContact{Contact: c})
			same(t, "contact", must(s.Contact(t.Context(), acme, 5))(t), c)
			same(t, "last id", must(s.LastID(t.Context()))(t), int64(5))
			_, err := s.Contact(t.Context(), brand, 5)
			wantKind(t, err, wirechief.NotFound)
			same(t, "blocked", must(s.Blocked(t.Context()))(t), map[string][]string{acme: {peer, other}})
		}},
		{"contact/a phone is of one contact of a tenant", func(t *testing.T, s wirechief.Store) {
			do(t, s, wirechief.PutContact{Contact: contact(acme, 1, "A", peer)}, wirechief.PutContact{Contact: contact(brand, 2, "B", peer)})
			r := refuse(t, s, wirechief.Conflict, wirechief.PutContact{Contact: contact(acme, 3, "C", other, peer)})
			if e := r.Err.(*wirechief.Error); e.Rule != wirechief.RuleTaken || e.Field != "phones" {
				t.Errorf("%+v", e)
			}
			same(t, "of", must(s.ContactsOf(t.Context(), acme, []string{peer, other}))(t), map[string]*wirechief.Contact{peer: contact(acme, 1, "A", peer)})
			do(t, s, wirechief.PutContact{Contact: contact(acme, 1, "A", other, other)}, wirechief.PutContact{Contact: contact(acme, 3, "C", peer)})
			found := must(s.ContactsOf(t.Context(), acme, []string{peer, other}))(t)
			same(t, "names", []string{found[peer].Name, found[other].Name}, []string{"C", "A"})
		}},
		{"contact/two in one commit", func(t *testing.T, s wirechief.Store) {
			results := try(t, s, wirechief.PutContact{Contact: contact(acme, 1, "A", peer)}, wirechief.PutContact{Contact: contact(acme, 2, "B", peer)})
			if results[0].Err != nil || results[1].Err == nil {
				t.Fatalf("%+v", results)
			}
		}},
		{"contact/goes with its phones", func(t *testing.T, s wirechief.Store) {
			do(t, s, wirechief.PutContact{Contact: contact(acme, 1, "A", peer)})
			refuse(t, s, wirechief.NotFound, wirechief.DropContact{Tenant: brand, ID: 1})
			do(t, s, wirechief.DropContact{Tenant: acme, ID: 1})
			refuse(t, s, wirechief.NotFound, wirechief.DropContact{Tenant: acme, ID: 1})
			do(t, s, wirechief.PutContact{Contact: contact(acme, 2, "B", peer)})
		}},
		{"contact/listing", func(t *testing.T, s wirechief.Store) {
			a, b, c := contact(acme, 1, "zoe", "+14155550001"), contact(acme, 2, "Élan", "+14155550002"), contact(acme, 3, "Zoe", "61291001000")
			a.Labels, b.Company, c.Email, c.Blocked = []string{"vip"}, "100% Acme_Corp", "Zoe@Example.NET", true
			do(t, s, wirechief.PutContact{Contact: a}, wirechief.PutContact{Contact: b}, wirechief.PutContact{Contact: c}, wirechief.PutContact{Contact: contact(brand, 4, "Zoe", peer)})
			for _, v := range []struct {
				name string
				f    wirechief.ContactFilter
				want []int64
			}{
				{"by name without case and accents, then id", wirechief.ContactFilter{}, []int64{2, 1, 3}},
				{"part of a name", wirechief.ContactFilter{Query: "ZO"}, []int64{1, 3}},
				{"not only ASCII", wirechief.ContactFilter{Query: "ÉLA"}, []int64{2}},
				{"without accents", wirechief.ContactFilter{Query: "elan"}, []int64{2}},
				{"a company", wirechief.ContactFilter{Query: "acme_c"}, []int64{2}},
				{"no wildcards", wirechief.ContactFilter{Query: "acme%c"}, nil},
				{"a mail address", wirechief.ContactFilter{Query: "example.net"}, []int64{3}},
				{"a phone", wirechief.ContactFilter{Query: "+1 (415) 555-0002"}, []int64{2}},
				{"part of a phone", wirechief.ContactFilter{Query: "555-000"}, []int64{2, 1}},
				{"a label", wirechief.ContactFilter{Label: "vip"}, []int64{1}},
				{"blocked", wirechief.ContactFilter{Blocked: new(true)}, []int64{3}},
				{"not blocked", wirechief.ContactFilter{Blocked: new(false)}, []int64{2, 1}},
				{"a page", wirechief.ContactFilter{Skip: 2, Limit: 1}, []int64{3}},
			} {
				v.f.Tenant = acme
				same(t, v.name, ids(must(s.Contacts(t.Context(), v.f))(t), contactID), v.want)
			}
		}},
	}
}
