package access

import (
	"cmp"
	"context"

	"github.com/wirechief/wirechief"
)

// Note keeps an entry of the audit log about something that changes nothing in
// the store: an export, or a right that was wanting. action is as "export" or
// "role.refused", subject what it was about. That it could not be kept is
// logged and no reason to stop.
func (g *Gate) Note(ctx context.Context, p wirechief.Principal, action, subject string) {
	if err := g.apply(ctx, g.entry(p, action, subject)); err != nil {
		g.Log.WarnContext(ctx, "the audit log could not be written", "action", action, "tenant", p.Tenant, "error", err)
	}
}

func (g *Gate) entry(p wirechief.Principal, action, subject string) wirechief.PutAudit {
	return wirechief.PutAudit{AuditEntry: wirechief.AuditEntry{
		ID: g.IDs.Next(), Tenant: p.Tenant, At: g.Now().UTC(), Who: cmp.Or(cut(p.Name, 254), "somebody"), Agent: p.Agent,
		Via: cmp.Or(p.Dialect, wirechief.DialectConsole), Address: cut(p.Address, 100), Action: action, Subject: cut(subject, 254),
	}}
}

// attempted notes an attempt that did not succeed, with each tenant that has
// somebody of the mail address: theirs is the door that was tried.
func (g *Gate) attempted(ctx context.Context, action, email, address string, people []Person) {
	p := wirechief.Principal{Name: email, Address: address, Dialect: wirechief.DialectConsole}
	if len(people) == 0 {
		g.Note(ctx, p, action, email)
		return
	}
	var commands []wirechief.Command
	told := ""
	for _, person := range people {
		if person.Tenant != told {
			told = person.Tenant
			p.Tenant, p.Agent = person.Tenant, person.ID
			commands = append(commands, g.entry(p, action, email))
		}
	}
	if err := g.apply(ctx, commands...); err != nil {
		g.Log.WarnContext(ctx, "the audit log could not be written", "action", action, "error", err)
	}
}
