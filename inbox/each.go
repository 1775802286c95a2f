package inbox

import (
	"context"

	"github.com/wirechief/wirechief"
)

// Each goes through conversations with all of their items, oldest first, for an
// export; the one with the newest message comes first. The filter's Before and
// Limit mean nothing. One conversation is in memory at a time. An error of do
// ends it and is given back.
func (d *Desk) Each(ctx context.Context, p wirechief.Principal, f Filter, do func(ConversationView, []Item) error) error {
	ctx, err := enter(ctx, p, "conversations.export", wirechief.RightExport)
	if err != nil {
		return err
	}
	f.Before, f.Limit = 0, 0
	q, err := d.filter(ctx, p, f)
	if q == nil || err != nil {
		return err
	}
	// Which they are is settled first: one that moves up meanwhile, because a text
	// comes in, is neither missed nor there twice.
	ids, err := d.idsOf(ctx, *q)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := d.one(ctx, p, id, do); err != nil {
			return err
		}
	}
	return nil
}

// EachOf does the same with one conversation, kind NotFound when there is none.
func (d *Desk) EachOf(ctx context.Context, p wirechief.Principal, id int64, do func(ConversationView, []Item) error) error {
	ctx, err := enter(ctx, p, "conversations.export", wirechief.RightExport)
	if err != nil {
		return err
	}
	if _, err := d.conversation(ctx, p, id); err != nil {
		return err
	}
	return d.one(ctx, p, id, do)
}

func (d *Desk) idsOf(ctx context.Context, q wirechief.ConversationFilter) ([]int64, error) {
	const most = 1000
	q.Limit = most
	var ids []int64
	seen := make(map[int64]bool)
	for {
		list, err := d.store.Conversations(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if !seen[c.ID] {
				seen[c.ID] = true
				ids = append(ids, c.ID)
			}
			q.Before = c.Last
		}
		if len(list) < most {
			return ids, nil
		}
	}
}

// one gives one conversation to do; one that has been forgotten meanwhile is left out.
func (d *Desk) one(ctx context.Context, p wirechief.Principal, id int64, do func(ConversationView, []Item) error) error {
	c, err := d.conversation(ctx, p, id)
	if err != nil {
		if wirechief.KindOf(err) == wirechief.NotFound {
			return nil
		}
		return err
	}
	views, err := d.views(ctx, p, []*wirechief.Conversation{c})
	if err != nil {
		return err
	}
	items, err := d.whole(ctx, keyOf(p, id))
	if err != nil {
		return err
	}
	return do(views[0], items)
}
