package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// Nothing of what was forgotten is left in the files, whole or in words, also
// while the store is open.
func TestForgottenTextsLeaveTheFile(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	defer s.Close()
	octets := func(what string) (n int) {
		for _, name := range []string{fileName, fileName + "-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(b, []byte(what))
		}
		return n
	}
	var ids []int64
	for slice := range 4 { // some, so that the index has parts
		var list []*wirechief.Message
		for i := range 500 {
			id := int64(slice*500 + i + 1)
			text := fmt.Sprintf("filler text %d", i)
			if i == 250 {
				text = fmt.Sprintf("zanzibar%d kilimanjaro%d", slice, slice)
				ids = append(ids, id)
			}
			list = append(list, received("acme", id, fmt.Sprintf("+1415555%04d", i), text))
		}
		if r, err := s.Apply(t.Context(), wirechief.Accept{Messages: list}); err != nil || r[0].Err != nil {
			t.Fatal(err, r)
		}
		indexed(t, s)
	}
	if octets("zanzibar1 kilimanjaro1") == 0 || octets("anzibar1") < 2 {
		t.Fatal("it is not there to begin with")
	}
	for i, command := range []wirechief.Forget{{Conversation: ids[0]}, {Peer: "+14155550250", Remove: true}} {
		command.Tenant = "acme"
		if r, err := s.Apply(t.Context(), command); err != nil || r[0].Err != nil || r[0].Count == 0 {
			t.Fatal(err, r)
		}
		wiped(t, s)
		if i == 0 {
			continue // it is one conversation, and all of it
		}
		for slice := range 4 {
			for _, what := range []string{"zanzibar%d kilimanjaro%d", "anzibar%[1]d", "ilimanjaro%[1]d"} {
				if what = fmt.Sprintf(what, slice, slice); octets(what) > 0 {
					t.Errorf("%q is still in the files", what)
				}
			}
		}
	}
	if got := found(t, s, "filler"); len(got) != 50 {
		t.Errorf("%d of the others are found", len(got))
	}
}

// wiped waits until the index is free of what was forgotten.
func wiped(t *testing.T, s *Store) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		if count(t, s, "SELECT count(*) FROM mark WHERE name = 'words'") == 0 {
			// What comes after that is in the hands of the writer; one command more is behind it.
			if err := s.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			return
		}
		<-tick.C
	}
	t.Fatal("the index is never cleared")
}

// What the end of a run left in the index goes after the next start.
func TestTheIndexIsClearedAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	if _, err := s.Apply(t.Context(), wirechief.Accept{Messages: []*wirechief.Message{received("acme", 1, "+1555", "zanzibar")}}, flush{},
		wirechief.Forget{Tenant: "acme", Peer: "+1555", Remove: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir)
	defer s.Close()
	wiped(t, s)
}

// The rule of retention remembers how far it has come, and stops there at what
// it has to come back to.
func TestRetentionRemembersHowFarItCame(t *testing.T) {
	s := opened(t, t.TempDir())
	defer s.Close()
	start := time.Now().Add(-100 * 24 * time.Hour)
	var list []*wirechief.Message
	for id := int64(1); id <= 9; id++ {
		m := received("acme", id, "+1555", "text")
		m.CreatedAt = start.Add(time.Duration(id) * 24 * time.Hour)
		list = append(list, m)
	}
	waits := &wirechief.Delivery{DeliveryKey: wirechief.DeliveryKey{Shard: list[0].Shard, ID: 20}, Tenant: "acme", Message: 4, Kind: wirechief.KindHTTP, Status: wirechief.DeliveryPaused}
	if _, err := s.Apply(t.Context(), wirechief.Accept{Messages: list, Deliveries: []*wirechief.Delivery{waits}}); err != nil {
		t.Fatal(err)
	}
	sweep := func(days int, count, left int, mark int64) {
		t.Helper()
		r, err := s.Apply(t.Context(), wirechief.Forget{Tenant: "acme", Before: start.Add(time.Duration(days)*24*time.Hour + time.Hour)})
		if err != nil || r[0].Count != count || r[0].Left != left {
			t.Errorf("%+v, %v; want %d and %d left", r, err, count, left)
		}
		if err := s.read(t.Context(), func(c *conn) error {
			got, err := c.mark("acme", markTexts)
			if _, id := splitKey(got); id != mark {
				t.Errorf("it came to %d, want %d", id, mark)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	sweep(2, 2, 0, 2)
	sweep(6, 3, 1, 3) // the fourth waits
	sweep(6, 0, 1, 3)
	if _, err := s.Apply(t.Context(), wirechief.Redeliver{Keys: []wirechief.DeliveryKey{waits.DeliveryKey}, Status: wirechief.DeliveryCanceled}); err != nil {
		t.Fatal(err)
	}
	sweep(6, 1, 0, 6)
	sweep(3, 0, 0, 6) // the rule was made milder
	sweep(9, 3, 0, 9)
}

// A search goes through the texts of its own tenant only, however many others
// there are in the shard.
func TestSearchReadsNothingOfOthers(t *testing.T) {
	s := opened(t, t.TempDir())
	defer s.Close()
	s.textsRead = 0
	small := "acme"
	big := ""
	for i := 0; big == ""; i++ {
		if name := fmt.Sprint("t", i); wirechief.ShardOf(name) == wirechief.ShardOf(small) && tagOf(name) != tagOf(small) {
			big = name
		}
	}
	var list []*wirechief.Message
	for id := int64(1); id <= 2000; id++ {
		tenant := big
		if id%700 == 0 {
			tenant = small
		}
		list = append(list, received(tenant, id, "+1555", "your appointment"))
	}
	if _, err := s.Apply(t.Context(), wirechief.Accept{Messages: list}); err != nil {
		t.Fatal(err)
	}
	indexed(t, s)
	if got := found(t, s, "appoint"); len(got) != 2 {
		t.Errorf("found %v", got)
	}
	match := matching(small, []string{"appoint"}, "+13109060901")
	if n := count(t, s, "SELECT count(*) FROM message_text WHERE message_text MATCH '"+match+"'"); n != 2 {
		t.Errorf("the index gives %d messages", n)
	}
}
