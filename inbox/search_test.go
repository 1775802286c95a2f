package inbox_test

import (
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

func TestSearch(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id, _ := w.arrives("acme", peer, ours, "the meeting is on Tuesday")
	w.arrives("evil", peer, "+13105550199", "another meeting")
	ok[wirechief.Contact](t)(w.desk.PutContact(ctx, ann, wirechief.Contact{Name: "Maria", Phones: []string{peer}}))
	hits := ok[[]inbox.Hit](t)(w.desk.Search(ctx, ann, wirechief.TextSearch{Query: "meet tue"}))
	if len(hits) != 1 || hits[0].Name != "Maria" || hits[0].NumberName != "Front desk" || hits[0].Peer != peer || hits[0].Message.Conversation != id {
		t.Errorf("hits: %+v", hits)
	}
	same(t, "of a stranger", len(ok[[]inbox.Hit](t)(w.desk.Search(ctx, mallory, wirechief.TextSearch{Tenant: "acme", Query: "meet tue"}))), 0)
	_, err := w.desk.Search(ctx, wirechief.Principal{Tenant: "acme", Dialect: wirechief.DialectConsole}, wirechief.TextSearch{Query: "meet"})
	wants(t, "by nobody", err, wirechief.Forbidden, wirechief.RuleRole, "")
	same(t, "nothing asked", len(ok[[]inbox.Hit](t)(w.desk.Search(ctx, ann, wirechief.TextSearch{Query: "  "}))), 0)
}
