package inbox_test

import (
	"context"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/inbox"
)

// nothing is a store that has nothing and takes everything.
type nothing struct{ inbox.Store }

func (nothing) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	return make([]wirechief.Result, len(commands)), nil
}

func (nothing) Contacts(context.Context, wirechief.ContactFilter) ([]*wirechief.Contact, error) {
	return nil, nil
}

type count struct{ n *int64 }

func (c count) Next() int64 { *c.n++; return *c.n }
