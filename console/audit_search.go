package console

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

// auditSearch finds entries of the audit log by a part of who did it and of what
// it is about, whatever the case. The store has no index for that, so one page
// looks through so many entries at most, and says how far back it has come.
type auditSearch struct {
	read         func(context.Context, wirechief.Principal, wirechief.AuditFilter) ([]wirechief.AuditEntry, error)
	who, subject string // folded; "": whatever it is
	digits       string // of the subject, when it is a telephone number as people write it
	people       []exchange.Person
	at           time.Time // of the last entry that was looked at
}

// A search reads pages of auditRead entries, and auditReads of them at most.
const auditRead, auditReads = 1000, 20

func (c *Console) auditSearch(v *visit, page *auditData) *auditSearch {
	s := &auditSearch{read: c.Exchange.Audit, who: strings.ToLower(page.Who), subject: strings.ToLower(page.Subject)}
	s.people, _ = c.Exchange.People(v.ctx(), v.p) // names are a comfort
	const short = 4
	if d := digitsOf(page.Subject); len(d) >= short && strings.Trim(page.Subject, "0123456789+-(). ") == "" {
		s.digits = d
	}
	return s
}

// digitsOf leaves nothing but the digits.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// page reads up to limit entries that fit. next is the id before which the
// others are, 0 when there are none.
func (s *auditSearch) page(ctx context.Context, p wirechief.Principal, f wirechief.AuditFilter, limit int) (out []wirechief.AuditEntry, next int64, err error) {
	f.Limit = auditRead
	if s.who == "" && s.subject == "" {
		f.Limit = limit + 1
	}
	for range auditReads {
		list, err := s.read(ctx, p, f)
		if err != nil {
			return nil, 0, err
		}
		for i := range list {
			if len(out) == limit {
				return out, next, nil
			}
			next, s.at = list[i].ID, list[i].At
			if s.fits(&list[i]) {
				out = append(out, list[i])
			}
		}
		if len(list) < f.Limit {
			return out, 0, nil
		}
		f.Before = next
	}
	return out, next, nil
}

// fits says whether an entry is of those that are looked for.
func (s *auditSearch) fits(e *wirechief.AuditEntry) bool {
	if s.who != "" && !holds(e.Who, s.who) && !s.isPerson(e.Agent, s.who) {
		return false
	}
	if s.subject == "" || holds(e.Subject, s.subject) || s.digits != "" && strings.Contains(digitsOf(e.Subject), s.digits) {
		return true
	}
	id, err := strconv.ParseInt(e.Subject, 10, 64)
	return err == nil && s.isPerson(id, s.subject)
}

func holds(text, part string) bool { return strings.Contains(strings.ToLower(text), part) }

// isPerson says whether an id is that of somebody on the team whose name or mail
// address has the part.
func (s *auditSearch) isPerson(id int64, part string) bool {
	for i := range s.people {
		if p := &s.people[i]; id != 0 && p.ID == id {
			return holds(p.Name, part) || holds(p.Email, part)
		}
	}
	return false
}

// name is who on the team has the id; "" when nobody has.
func (s *auditSearch) name(subject string) string {
	for i := range s.people {
		if p := &s.people[i]; strconv.FormatInt(p.ID, 10) == subject {
			if p.Name == "" {
				return p.Email
			}
			return p.Name
		}
	}
	return ""
}
