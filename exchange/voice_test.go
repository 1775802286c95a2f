package exchange_test

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/media"
)

// recordings is a world that keeps recordings.
func recordings(t *testing.T) *world {
	t.Helper()
	k, err := media.New(t.TempDir(), "", http.DefaultClient, ident.New(time.Now, 0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return newWorld(t, func(o *exchange.Options) { o.Audio = k })
}

func key(id int64) string { return strconv.FormatInt(id, 10) }

func (w *world) greeting(name string) wirechief.Greeting {
	w.t.Helper()
	g, err := w.Greetings().Put(w.t.Context(), acme, "", func(g *wirechief.Greeting) error {
		g.Name, g.Category = name, 1
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

// A greeting has the sound that it was given last, also after a restart, and
// no other tenant has it.
func TestGreetingAudio(t *testing.T) {
	w := recordings(t)
	ctx := t.Context()
	g := w.greeting("Closed")
	if _, _, err := w.GreetingAudio(ctx, "acme", key(g.ID)); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("before there is a sound: %v", err)
	}
	for _, sound := range []string{"ID3 first", "ID3 second"} {
		g, err := w.PutGreetingAudio(ctx, acme, key(g.ID), "closed.mp3", strings.NewReader(sound))
		if err != nil || g.Audio.ID == 0 || g.Audio.Name != "closed.mp3" || g.Audio.Ext != ".mp3" || g.Audio.Size != int64(len(sound)) {
			t.Fatalf("%+v, %v", g.Audio, err)
		}
	}
	for name, f := range map[string]func() error{
		"no greeting": func() error {
			_, err := w.PutGreetingAudio(ctx, acme, "17", "a.mp3", strings.NewReader("ID3"))
			return err
		},
		"another's greeting": func() error {
			_, err := w.PutGreetingAudio(ctx, globex, key(g.ID), "a.mp3", strings.NewReader("ID3"))
			return err
		},
		"another's sound": func() error {
			_, _, err := w.GreetingAudio(ctx, "globex", key(g.ID))
			return err
		},
	} {
		if err := f(); wirechief.KindOf(err) != wirechief.NotFound {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
	if _, err := w.PutGreetingAudio(ctx, acme, key(g.ID), "a.txt", strings.NewReader("no sound")); wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("a text: %v, want it invalid", err)
	}
	w.stop()
	w.start()
	_, f, err := w.GreetingAudio(ctx, "acme", key(g.ID))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if sound, err := io.ReadAll(f); err != nil || string(sound) != "ID3 second" {
		t.Errorf("after a restart it is %q, %v", sound, err)
	}
}

// wanting is a keeper that only hears which recordings are wanted.
type wanting struct {
	exchange.AudioKeeper
	kept  int
	asked chan func(string) bool
}

func (k *wanting) KeepAudio(context.Context, io.Reader) (wirechief.MediaItem, error) {
	k.kept++
	return wirechief.MediaItem{Token: "take-" + strconv.Itoa(k.kept), Type: "audio/wav", Ext: ".wav", Size: 1}, nil
}

func (k *wanting) SweepAudio(_ context.Context, wanted func(string) bool) error {
	k.asked <- wanted
	return nil
}

// Of all recordings those go that no greeting has any more.
func TestRecordingsAreSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &wanting{asked: make(chan func(string) bool, 100)}
		w := newWorld(t, func(o *exchange.Options) { o.Audio = k })
		ids := []string{key(w.greeting("One").ID), key(w.greeting("Two").ID)}
		for _, id := range []string{ids[0], ids[0], ids[1]} { // the second takes the place of the first
			if _, err := w.PutGreetingAudio(t.Context(), acme, id, "a.wav", strings.NewReader("")); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Greetings().Delete(t.Context(), acme, ids[1]); err != nil {
			t.Fatal(err)
		}
		<-k.asked // at the start
		wanted := <-k.asked
		for token, want := range map[string]bool{"take-1": false, "take-2": true, "take-3": false} {
			if wanted(token) != want {
				t.Errorf("%s is wanted: %v, want %v", token, !want, want)
			}
		}
	})
}

// A greeting that a number has for one case only is in use, too.
func TestGreetingInUse(t *testing.T) {
	w := newWorld(t)
	g := w.greeting("Closed")
	set := func(greeting string) error {
		_, err := w.ConfigureNumber(t.Context(), acme, desk, func(wirechief.Number) (p wirechief.NumberPatch, _ error) {
			p.GreetingSettings = wirechief.Set(map[string]map[string]string{"available": {"voicemail_off": greeting, "voicemail_on": "available_en"}})
			return p, nil
		})
		return err
	}
	if err := set("17"); wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("a greeting that there is not: %v, want it invalid", err)
	}
	if err := set(key(g.ID)); err != nil {
		t.Fatal(err)
	}
	if err := w.Greetings().Delete(t.Context(), acme, key(g.ID)); wirechief.KindOf(err) != wirechief.Conflict {
		t.Errorf("removed while in use: %v", err)
	}
	if err := set("voicemail_en"); err != nil {
		t.Fatal(err)
	}
	if err := w.Greetings().Delete(t.Context(), acme, key(g.ID)); err != nil {
		t.Error(err)
	}
}

// The settings of an account are there before anybody has changed them, and two
// who change them at first do not take each other's changes away.
func TestAccountVoiceIsAlwaysThere(t *testing.T) {
	w := newWorld(t)
	shelf := w.AccountVoice()
	if a, err := shelf.Get(t.Context(), "acme", "voice"); err != nil || a.QueueSize != 5 || a.ID != "voice" {
		t.Errorf("at first: %+v, %v", a, err)
	}
	if _, err := shelf.Get(t.Context(), "acme", "other"); wirechief.KindOf(err) != wirechief.NotFound {
		t.Errorf("another one: %v", err)
	}
	for _, change := range []func(*wirechief.AccountVoice) error{
		func(a *wirechief.AccountVoice) error { a.QueueSize = 10; return nil },
		func(a *wirechief.AccountVoice) error { a.QueueMinutes = 2; return nil },
	} {
		if _, err := shelf.Put(t.Context(), acme, "", change); err != nil {
			t.Fatal(err)
		}
	}
	if a, err := shelf.Get(t.Context(), "acme", "voice"); err != nil || a.QueueSize != 10 || a.QueueMinutes != 2 {
		t.Errorf("after two changes: %+v, %v", a, err)
	}
}

// How long an agent was there today is counted by the changes of their state.
func TestPresence(t *testing.T) {
	w := newWorld(t)
	a, err := w.Agents().Put(t.Context(), acme, "", func(a *wirechief.Agent) error { a.Name = "Ann"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	state := func(s string) {
		t.Helper()
		if a, err = w.Agents().Put(t.Context(), acme, key(a.ID), func(a *wirechief.Agent) error { a.State = s; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		state string
		lasts time.Duration
		want  wirechief.Presence
	}{
		{"online", time.Minute, wirechief.Presence{Online: 60}},
		{"online", time.Minute, wirechief.Presence{Online: 120}}, // no change
		{"away", time.Second, wirechief.Presence{Online: 120, Away: 1}},
		{"offline", time.Hour, wirechief.Presence{Online: 120, Away: 1}},
		{"transfers_only", 10*time.Hour + 58*time.Minute + 59*time.Second, wirechief.Presence{TransfersOnly: 60}}, // a minute past midnight
		{"online", time.Second, wirechief.Presence{Online: 1, TransfersOnly: 60}},
		{"online", 48 * time.Hour, wirechief.Presence{Online: 61}}, // since midnight
	} {
		state(tt.state)
		w.clock.advance(tt.lasts)
		got := a.PresenceAt(w.clock.Now())
		if got.Day = ""; got != tt.want {
			t.Errorf("%s for %v: %+v, want %+v", tt.state, tt.lasts, got, tt.want)
		}
	}
}

// A route that was right when it was made does not stop the menu around it
// from being changed once its number has gone; a new one like it is refused.
func TestRouteOutlivesItsNumber(t *testing.T) {
	w := newWorld(t)
	n, err := w.Number(t.Context(), acme, desk)
	if err != nil {
		t.Fatal(err)
	}
	shelf := w.IVRs()
	textback := wirechief.IVRRoute{Keypress: "1", Action: "textback", Text: "Hello", TextFrom: n.ID}
	add := func(r wirechief.IVRRoute) func(v *wirechief.IVR) error {
		return func(v *wirechief.IVR) error {
			v.Name = "Front"
			v.Menus[0].Routes = append(v.Menus[0].Routes, r)
			return nil
		}
	}
	v, err := shelf.Put(t.Context(), acme, "", add(textback))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Release(t.Context(), acme, desk); err != nil {
		t.Fatal(err)
	}
	if _, err := shelf.Put(t.Context(), acme, key(v.ID), func(v *wirechief.IVR) error { v.Name = "Back"; return nil }); err != nil {
		t.Errorf("renamed: %v", err)
	}
	textback.Keypress = "2"
	if _, err := shelf.Put(t.Context(), acme, key(v.ID), add(textback)); wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("a new route to it: %v, want it invalid", err)
	}
	if _, err := shelf.Put(t.Context(), acme, key(v.ID), add(wirechief.IVRRoute{Keypress: "3", Action: "group"})); wirechief.KindOf(err) != wirechief.Invalid {
		t.Errorf("a route to no group: %v, want it invalid", err)
	}
}
