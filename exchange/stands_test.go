package exchange

import (
	"testing"

	"github.com/wirechief/wirechief"
)

// What a thing referred to before stays, though it has gone; what it newly
// refers to has to be there. A group is there while the account names it.
func TestOldReferencesStand(t *testing.T) {
	x := applied(t, t.TempDir())
	apply(t, x, `tenants: [{id: acme, agreement: true, numbers: [{number: "+13109060901", carrier: main}]}]`)
	p := wirechief.Principal{Tenant: "acme"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	property, err := x.Properties().Put(t.Context(), p, "", func(p *wirechief.Property) error { p.Name = "One"; return nil })
	must(err)
	group, err := x.Groups().Put(t.Context(), p, "", func(g *wirechief.Group) error { g.Name = "Desk"; return nil })
	must(err)
	login, err := x.OnlineLogins().Put(t.Context(), p, "", func(l *wirechief.OnlineLogin) error {
		l.Email, l.Permissions = "ann@acme.test", []wirechief.LoginPermission{{Property: property.SID}}
		return nil
	})
	must(err)
	callback, err := x.CallbackRequests().Put(t.Context(), p, "", func(c *wirechief.CallbackRequest) error {
		c.Number, c.Requester, c.Groups = x.dir.number("+13109060901").ID, "+13105551212", []int64{group.ID}
		return nil
	})
	must(err)
	name := func(groups ...int64) {
		_, err := x.AccountVoice().Put(t.Context(), p, "voice", func(v *wirechief.AccountVoice) error { v.KnowledgeGroups = groups; return nil })
		must(err)
	}
	name(group.ID)
	if err := x.Groups().Delete(t.Context(), p, id10(group.ID)); wirechief.KindOf(err) != wirechief.Conflict {
		t.Errorf("a group that the account names: %v", err)
	}
	name()
	must(x.Groups().Delete(t.Context(), p, id10(group.ID)))
	must(x.Properties().Delete(t.Context(), p, property.SID))
	_, err = x.Release(t.Context(), p, "+13109060901")
	must(err)

	_, err = x.OnlineLogins().Put(t.Context(), p, login.ID, func(l *wirechief.OnlineLogin) error { l.FirstName = "Ann"; return nil })
	must(err)
	_, err = x.CallbackRequests().Put(t.Context(), p, id10(callback.ID), func(c *wirechief.CallbackRequest) error { c.Status = "done"; return nil })
	must(err)
	_, err = x.OnlineLogins().Put(t.Context(), p, login.ID, func(l *wirechief.OnlineLogin) error {
		l.Permissions = append(l.Permissions, wirechief.LoginPermission{Property: "S0"})
		return nil
	})
	if wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("a property that there is not: %v", err)
	}
}
