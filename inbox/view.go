package inbox

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
)

// View is a way of looking at conversations.
type View string

// The views. All but the archive leave out what is archived.
const (
	ViewAll        View = "all"        // the default
	ViewMine       View = "mine"       // assigned to who asks
	ViewUnassigned View = "unassigned" // nobody's
	ViewArchived   View = "archived"   // whosever they were
	ViewEvery      View = "every"      // archived ones, too
)

// Views lists the views.
func Views() []View { return []View{ViewAll, ViewMine, ViewUnassigned, ViewArchived, ViewEvery} }

// Filter selects conversations, the one with the newest message first.
type Filter struct {
	View    View
	Number  string // ours; "" all
	Peer    string // "" all
	Contact int64  // only with phones of this contact; 0: all
	Label   string // only those that have it
	Unread  bool   // only those with something unread
	Before  int64  // Last of the last one of the page before; 0: from the newest
	Limit   int    // 1 to 200; 0: 50
}

// ConversationView is a conversation with the names that people go by.
type ConversationView struct {
	*wirechief.Conversation
	Contact      int64  // id; 0: the peer is nobody that we know
	Name         string // of the contact; "" when there is none
	Company      string
	Blocked      bool
	NumberName   string // of our number
	AssigneeName string
}

// Title is what to call the peer: their name, else their number.
func (v *ConversationView) Title() string { return cmp.Or(v.Name, v.Company, v.Peer) }

// pageMost is how many conversations a page has at most.
const pageMost = 200

// Conversations lists conversations.
func (d *Desk) Conversations(ctx context.Context, p wirechief.Principal, f Filter) ([]ConversationView, error) {
	ctx, err := enter(ctx, p, "conversations", wirechief.RightRead)
	if err != nil {
		return nil, err
	}
	q, err := d.filter(ctx, p, f)
	if q == nil || err != nil {
		return []ConversationView{}, err
	}
	list, err := d.store.Conversations(ctx, *q)
	if err != nil {
		return nil, err
	}
	return d.views(ctx, p, list)
}

// filter says to the store what a filter asks for; nil: nothing can match.
func (d *Desk) filter(ctx context.Context, p wirechief.Principal, f Filter) (*wirechief.ConversationFilter, error) {
	q := &wirechief.ConversationFilter{Tenant: p.Tenant, Peer: f.Peer, Label: f.Label, Unread: f.Unread, Before: f.Before, Limit: f.Limit}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	q.Limit = min(q.Limit, pageMost)
	if f.Number != "" {
		q.Numbers = []string{f.Number}
	}
	no, yes, nobody := false, true, int64(0)
	switch f.View {
	case "", ViewAll:
		q.Archived = &no
	case ViewMine:
		if p.Agent == 0 {
			return nil, wirechief.InvalidField("view", "only a person who is signed in has conversations of their own")
		}
		q.Archived, q.Assignee = &no, &p.Agent
	case ViewUnassigned:
		q.Archived, q.Assignee = &no, &nobody
	case ViewArchived:
		q.Archived = &yes
	case ViewEvery:
	default:
		return nil, wirechief.InvalidField("view", "%q is not a view: all, mine, unassigned, archived or every", f.View)
	}
	if f.Contact != 0 {
		c, err := d.contact(ctx, p, f.Contact)
		if err != nil {
			return nil, err
		}
		if q.Peers = c.Phones; len(q.Peers) == 0 {
			return nil, nil
		}
	}
	return q, nil
}

// views adds the names.
func (d *Desk) views(ctx context.Context, p wirechief.Principal, list []*wirechief.Conversation) ([]ConversationView, error) {
	peers := make([]string, 0, len(list))
	for _, c := range list {
		peers = append(peers, c.Peer)
	}
	slices.Sort(peers)
	contacts, err := d.contactsOf(ctx, p.Tenant, slices.Compact(peers))
	if err != nil {
		return nil, err
	}
	numbers, people := make(map[string]string), make(map[int64]string)
	out := make([]ConversationView, len(list))
	for i, c := range list {
		v := &out[i]
		v.Conversation = c
		if of := contacts[c.Peer]; of != nil {
			v.Contact, v.Name, v.Company, v.Blocked = of.ID, of.Name, of.Company, of.Blocked
		}
		v.NumberName = d.numberName(ctx, p.Tenant, c.Number, numbers)
		if c.Assignee != 0 {
			name, known := people[c.Assignee]
			if !known {
				name = d.agentName(ctx, p.Tenant, c.Assignee)
				people[c.Assignee] = name
			}
			v.AssigneeName = name
		}
	}
	return out, nil
}

func (d *Desk) contactsOf(ctx context.Context, tenant string, peers []string) (map[string]*wirechief.Contact, error) {
	if len(peers) == 0 {
		return nil, nil
	}
	return d.store.ContactsOf(ctx, tenant, peers)
}

// numberName is what a number of ours is called; known remembers.
func (d *Desk) numberName(ctx context.Context, tenant, number string, known map[string]string) string {
	name, ok := known[number]
	if !ok {
		if n, err := d.number(ctx, tenant, number); err == nil {
			name = n.Name
		}
		known[number] = name
	}
	return name
}

func (d *Desk) number(ctx context.Context, tenant, number string) (wirechief.Number, error) {
	return d.numbers.NumberAnyState(ctx, wirechief.Principal{Tenant: tenant}, number)
}

// agentName is what an agent is called; "" for one who is not there any more.
func (d *Desk) agentName(ctx context.Context, tenant string, id int64) string {
	a, err := d.people.Get(ctx, tenant, strconv.FormatInt(id, 10))
	if err != nil {
		return ""
	}
	return cmp.Or(a.Name, a.Email)
}

// Unread is how many conversations outside of the archive have something unread.
type Unread struct {
	All, Mine, Unassigned int
}

// UnreadIn counts what is unread.
func (d *Desk) UnreadIn(ctx context.Context, p wirechief.Principal) (Unread, error) {
	ctx, err := enter(ctx, p, "conversations.unread", wirechief.RightRead)
	if err != nil {
		return Unread{}, err
	}
	all, by, err := d.store.UnreadIn(ctx, p.Tenant)
	u := Unread{All: all, Unassigned: by[0]}
	if p.Agent != 0 {
		u.Mine = by[p.Agent]
	}
	return u, err
}
