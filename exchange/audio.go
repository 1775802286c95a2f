package exchange

import (
	"context"
	"encoding/json"
	"io"

	"github.com/wirechief/wirechief"
)

// AudioKeeper keeps the recordings of tenants' own, which last.
type AudioKeeper interface {
	// KeepAudio stores a recording. The bytes decide what it is; what cannot
	// be played has kind Invalid, field "audio".
	KeepAudio(ctx context.Context, r io.Reader) (wirechief.MediaItem, error)
	OpenAudio(ctx context.Context, token string) (io.ReadSeekCloser, error) // kind NotFound
	// SweepAudio removes those that are not wanted, unless they are quite new.
	SweepAudio(ctx context.Context, wanted func(token string) bool) error
}

// PutGreetingAudio gives a greeting its sound, in the place of what it had.
// name is what the file is called. The file is read only when there is such a
// greeting.
func (x *Exchange) PutGreetingAudio(ctx context.Context, p wirechief.Principal, key, name string, r io.Reader) (wirechief.Greeting, error) {
	greetings := x.Greetings()
	if _, err := greetings.Get(ctx, p.Tenant, key); err != nil {
		return wirechief.Greeting{}, err
	}
	if x.Audio == nil {
		return wirechief.Greeting{}, wirechief.Errorf(wirechief.NotOffered, "recordings are not kept here")
	}
	if err := judgeText("audio", name, maxName); err != nil {
		return wirechief.Greeting{}, err
	}
	item, err := x.Audio.KeepAudio(ctx, r)
	if err != nil {
		return wirechief.Greeting{}, err
	}
	// What is not referred to is swept: the sound before, or this one if it
	// cannot be written down.
	return greetings.Put(ctx, p, key, func(g *wirechief.Greeting) error {
		g.Audio = &wirechief.Audio{ID: x.IDs.Next(), Name: name, Token: item.Token, Type: item.Type, Ext: item.Ext, Size: item.Size}
		return nil
	})
}

// GreetingAudio opens the sound of a greeting; kind NotFound when it has none.
func (x *Exchange) GreetingAudio(ctx context.Context, tenant, key string) (wirechief.Greeting, io.ReadSeekCloser, error) {
	g, err := x.Greetings().Get(ctx, tenant, key)
	if err != nil {
		return g, nil, err
	}
	if g.Audio == nil || x.Audio == nil {
		return g, nil, wirechief.Errorf(wirechief.NotFound, "the greeting has no sound yet")
	}
	f, err := x.Audio.OpenAudio(ctx, g.Audio.Token)
	return g, f, err
}

// sweepAudio removes the recordings that no greeting has any more.
func (x *Exchange) sweepAudio(ctx context.Context) {
	if x.Audio == nil {
		return
	}
	wanted := make(map[string]bool)
	for _, doc := range x.dir.all(wirechief.EntityGreeting) {
		var g wirechief.Greeting
		if err := json.Unmarshal(doc, &g); err != nil {
			x.Log.ErrorContext(ctx, "a greeting cannot be read; no recording is removed", "error", err)
			return
		}
		if g.Audio != nil {
			wanted[g.Audio.Token] = true
		}
	}
	if err := x.Audio.SweepAudio(ctx, func(token string) bool { return wanted[token] }); err != nil && ctx.Err() == nil {
		x.Log.WarnContext(ctx, "old recordings could not be removed; trying again in an hour", "error", err)
	}
}
