package sqlite

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/wirechief/wirechief"
)

// received is a text from a handset.
func received(tenant string, id int64, from, text string) *wirechief.Message {
	m := &wirechief.Message{
		MessageKey: wirechief.MessageKey{Shard: wirechief.ShardOf(tenant), ID: id}, Tenant: tenant, Direction: wirechief.Inward,
		From: from, To: "+13109060901", Text: text,
	}
	m.Record(wirechief.Event{Type: wirechief.EventReceived})
	return m
}

func found(t *testing.T, s *Store, query string) []int64 {
	t.Helper()
	list, err := s.SearchTexts(t.Context(), wirechief.TextSearch{Tenant: "acme", Query: query})
	if err != nil {
		t.Fatal(err)
	}
	var out []int64
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}

// indexed makes the writer index all that waits, between two commits.
func indexed(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.Apply(t.Context(), flush{}); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, s *Store, query string) (n int64) {
	t.Helper()
	if err := s.read(t.Context(), func(c *conn) error {
		row := c.q(query)
		if _, err := row.row(); err != nil {
			return err
		}
		n = row.getInt()
		row.done()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// A search finds the same before and after a text comes into the index.
func TestTextsAreFoundBeforeAndAfterTheyAreIndexed(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	s.textsRead = 0
	apply := func(commands ...wirechief.Command) {
		t.Helper()
		results, err := s.Apply(t.Context(), commands...)
		for _, r := range results {
			if err = r.Err; err != nil {
				break
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	apply(wirechief.Accept{Messages: []*wirechief.Message{received("acme", 1, "+1555", "Grüße aus Köln"), received("acme", 2, "+1555", "Gruss zurück")}})
	for range 2 {
		if got := found(t, s, "gru"); !slices.Equal(got, []int64{2, 1}) {
			t.Fatalf("%v", got)
		}
		indexed(t, s)
	}
	if n := count(t, s, "SELECT count(*) FROM text_pending"); n != 0 {
		t.Errorf("%d rows wait", n)
	}
	apply(wirechief.Accept{Messages: []*wirechief.Message{received("acme", 3, "+1555", "Grüezi")}})
	if got := found(t, s, "gru"); !slices.Equal(got, []int64{3, 2, 1}) {
		t.Fatalf("%v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir)
	s.textsRead = 0
	defer s.Close()
	if got := found(t, s, "gru"); !slices.Equal(got, []int64{3, 2, 1}) {
		t.Fatalf("after a restart %v", got)
	}
	indexed(t, s)
	if got := found(t, s, "gru"); !slices.Equal(got, []int64{3, 2, 1}) {
		t.Fatalf("after a restart and indexed %v", got)
	}
}

// Messages from before there was an index come into it at the first start.
func TestOldTextsAreIndexed(t *testing.T) {
	dir := t.TempDir()
	var statements []string
	for i := range 2500 {
		statements = append(statements, oldMessage(strconv.Itoa(i+1), "inbound", "+1555", "+1310", fmt.Sprintf("text %d", i%10)))
	}
	older(t, dir, 5, statements...)
	s := opened(t, dir)
	defer s.Close()
	indexed(t, s)
	if n := count(t, s, "SELECT count(*) FROM text_backlog"); n != 0 {
		t.Error("the backlog is still there")
	}
	if n := count(t, s, `SELECT count(*) FROM message_text WHERE message_text MATCH '`+matching("acme", []string{"text", "7"}, "")+"'"); n != 250 {
		t.Errorf("%d texts found", n)
	}
}
