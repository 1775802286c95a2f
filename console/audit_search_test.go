package console

import (
	"context"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// A search of the audit log takes parts, and looks back no further at a time
// than it may; what it has not looked at comes with the next page.
func TestAuditSearch(t *testing.T) {
	const all = 2*auditRead*auditReads + 10
	reads := 0
	log := func(_ context.Context, _ wirechief.Principal, f wirechief.AuditFilter) (out []wirechief.AuditEntry, _ error) {
		reads++
		first := int64(all)
		if f.Before != 0 {
			first = f.Before - 1
		}
		for id := first; id > 0 && len(out) < f.Limit; id-- {
			e := wirechief.AuditEntry{ID: id, Who: "Ann Aldous", Agent: 7, Subject: "+13109060901"}
			if id%1000 == 0 {
				e.Who, e.Agent, e.Subject = "Ünal", 8, "7"
			}
			out = append(out, e)
		}
		return out, nil
	}
	people := []exchange.Person{{ID: 7, Name: "Ann Aldous", Email: "owner@acme.test"}, {ID: 8, Name: "Ünal", Email: "u@acme.test"}}
	for _, tt := range []struct {
		name          string
		s             auditSearch
		found, pages  int
		first, second int // reads of the first page, and of all
	}{
		{"nothing asked", auditSearch{}, 5, 1, 1, 1},
		{"part of a name", auditSearch{who: "aldous"}, 5, 1, 1, 1},
		{"mail address", auditSearch{who: "owner@"}, 5, 1, 1, 1},
		{"another case, rare", auditSearch{who: "ün"}, 5, 1, 5, 5},
		{"person it is about", auditSearch{subject: "ann"}, 5, 1, 5, 5},
		{"telephone number as people write it", auditSearch{subject: "(310) 906-0901", digits: "3109060901"}, 5, 1, 1, 1},
		{"nobody", auditSearch{who: "nobody"}, 0, 3, auditReads, 2*auditReads + 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reads = 0
			tt.s.read, tt.s.people = log, people
			var f wirechief.AuditFilter
			for pages := 1; ; pages++ {
				got, next, err := tt.s.page(t.Context(), wirechief.Principal{}, f, 5)
				if err != nil || len(got) != tt.found || pages == 1 && reads != tt.first {
					t.Fatalf("page %d has %d entries after %d reads (%v), want %d after %d", pages, len(got), reads, err, tt.found, tt.first)
				}
				if f.Before = next; next == 0 || len(got) > 0 {
					if pages != tt.pages || reads != tt.second {
						t.Errorf("it ends on page %d after %d reads, want %d after %d", pages, reads, tt.pages, tt.second)
					}
					return
				}
			}
		})
	}
}
