package sqlite

import (
	"testing"

	"github.com/wirechief/wirechief"
	"zombiezen.com/go/sqlite"
)

func TestFolded(t *testing.T) {
	for in, want := range map[string]string{
		" Élan ": "elan", "ZOE": "zoe", "Łukasz Ødegård": "lukasz odegard", "Straße": "strasse", "ĐORĐE": "dorde",
		"Ærø": "aero", "Şahin": "sahin", "Ελένη": "ελενη", "Ёлка": "елка", "हिंदी": "हिंदी", "王": "王", "": "",
	} {
		if got := folded(in); got != want {
			t.Errorf("%q is folded to %q, want %q", in, got, want)
		}
	}
}

// Contacts that an earlier program has kept come into the new order.
func TestContactsAreFoldedAnew(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	for id, name := range []string{"zoe", "Élan"} {
		if r, err := s.Apply(t.Context(), wirechief.PutContact{Contact: &wirechief.Contact{ID: int64(id + 1), Tenant: "acme", Name: name}}); err != nil || r[0].Err != nil {
			t.Fatal(r, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := openConn(dir+"/"+fileName, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"UPDATE contact SET sort = 'élan', search = 'élan' WHERE sort = 'elan'", "DELETE FROM mark"} {
		if err := c.exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, dir)
	defer s.Close()
	list, err := s.Contacts(t.Context(), wirechief.ContactFilter{Tenant: "acme"})
	if err != nil || len(list) != 2 || list[0].Name != "Élan" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = s.Contacts(t.Context(), wirechief.ContactFilter{Tenant: "acme", Query: "elan"}); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}
