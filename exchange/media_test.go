package exchange_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

var (
	errRefused = wirechief.Errorf(wirechief.Invalid, "it is no picture")
	errAway    = wirechief.Errorf(wirechief.Unavailable, "the server is away")
)

// picture is a request to send pictures.
func picture(urls ...string) wirechief.SendRequest {
	r := text("look")
	r.Media = urls
	return r
}

// Pictures are fetched after the answer, and only then does the carrier get the
// message, with links to what we keep.
func TestPicturesGoOut(t *testing.T) {
	w := newWorld(t)
	hold := make(chan struct{})
	w.media.says(func(string) error { <-hold; return nil })
	id := w.accept(picture("http://a.test/1.png", "http://a.test/2.png"))[0]
	w.settle()
	w.main.none(t)
	close(hold)
	s := w.main.next(t)
	if len(s.Media) != 2 || s.Media[0].URL != "/media/of-http://a.test/1.png" || s.Media[0].Type != "image/png" || s.Media[1].Size != 9 || s.Text != "look" {
		t.Errorf("submitted %+v", s.Submission)
	}
	s.answer(done("c1"))
	m := w.becomes(id, wirechief.StatusSubmitted)
	if history(m) != "accepted routed submitted" || !m.MMS || m.Segments != 1 || m.Media[0].Token == "" {
		t.Errorf("%s: %+v", history(m), m)
	}
	kept, err := w.disk.MediaByToken(t.Context(), m.Media[0].Token)
	if err != nil || kept.Tenant != "acme" || kept.Message != id || kept.Ext != ".png" {
		t.Errorf("kept as %+v, %v", kept, err)
	}
}

// A picture that will never do ends the message with a receipt that says so.
func TestAPictureThatIsNone(t *testing.T) {
	w := newWorld(t)
	w.media.says(func(url string) error {
		if strings.HasSuffix(url, "exe") {
			return errRefused
		}
		return nil
	})
	id := w.accept(picture("http://a.test/1.png", "http://a.test/2.exe"))[0]
	m := w.becomes(id, wirechief.StatusFailed)
	if d := m.Events[2].Detail; history(m) != "accepted routed failed" || d.Reason != wirechief.ReasonContent || d.Because != errRefused.Message {
		t.Errorf("%s: %+v", history(m), d)
	}
	w.told(id, `receipt REJECTD "look"`)
	w.settle()
	w.main.none(t)
}

// A server that is away is asked again, for what is missing only, over a
// restart too; four times in all.
func TestAPictureThatCannotBeHadNow(t *testing.T) {
	w := newWorld(t)
	away := func(url string) error {
		if strings.HasSuffix(url, "2.png") {
			return errAway
		}
		return nil
	}
	w.media.says(away)
	id := w.accept(picture("http://a.test/1.png", "http://a.test/2.png"))[0]
	tries := func(n int) {
		t.Helper()
		w.eventually("another try", func() bool { return w.message(id).Queue.Tries == n })
	}
	tries(1)
	w.restart()
	w.advance(time.Minute)
	tries(2)
	w.media.says(nil)
	w.advance(time.Minute)
	s := w.main.next(t)
	if len(s.Media) != 2 || s.Media[1].URL != "/media/of-http://a.test/2.png" {
		t.Errorf("submitted %+v", s.Media)
	}
	if got := w.media.asked(); len(got) != 4 {
		t.Errorf("fetched %q", got)
	}
	s.answer(done("c1"))
	w.becomes(id, wirechief.StatusSubmitted)

	w.media.says(away)
	id = w.accept(picture("http://a.test/2.png"))[0]
	for n := range 3 {
		tries(n + 1)
		w.advance(time.Minute)
	}
	w.becomes(id, wirechief.StatusFailed)
	w.told(id, `receipt REJECTD "look"`)
}

// A scheduled picture is fetched when it is due, not before.
func TestPicturesLater(t *testing.T) {
	w := newWorld(t)
	r := picture("http://a.test/1.png")
	r.At = t0.Add(time.Hour)
	id := w.accept(r)[0]
	w.advance(time.Minute)
	w.restart()
	w.advance(58 * time.Minute)
	if got := w.media.asked(); len(got) != 0 {
		t.Errorf("fetched %q", got)
	}
	w.advance(time.Minute)
	w.main.next(t).answer(done("c1"))
	w.becomes(id, wirechief.StatusSubmitted)
}

// The queue of the fetcher has its limit too.
func TestTooManyPictures(t *testing.T) {
	w := newWorld(t, smallBacklog)
	hold := make(chan struct{})
	defer close(hold)
	w.media.says(func(string) error { <-hold; return nil })
	for range 3 {
		w.accept(picture("http://a.test/1.png"))
	}
	_, err := w.Send(t.Context(), picture("http://a.test/1.png"))
	wantError(t, err, wirechief.Exhausted, wirechief.RuleBacklog, "")
}

// Pictures that came with a message are kept before it is acknowledged, its
// text with them; links to others are followed afterwards. The customer is told
// when all is there, or cannot be had, and never sooner.
func TestPicturesComeIn(t *testing.T) {
	w := newWorld(t)
	bring := func(media ...wirechief.MediaSource) {
		t.Helper()
		in := wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: "look", Media: media}
		if err := w.Inbound(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	told := func(i int, want string) {
		t.Helper()
		var got []string
		w.eventually("the customer to be told", func() bool {
			got = w.engine.about(w.inbox()[i].ID)
			return len(got) > 0
		})
		if len(got) != 1 || got[0] != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	bring(wirechief.MediaSource{Data: []byte("pixels"), Type: "image/png"})
	told(0, `inbound "look" /media/kept-1 /media/kept-2`)
	if got := w.media.kept; !slices.Equal(got, []string{"pixels", "look"}) {
		t.Errorf("kept %q", got)
	}
	hold := make(chan struct{})
	w.media.says(func(string) error { <-hold; return nil })
	bring(wirechief.MediaSource{URL: "http://c.test/1.png"}, wirechief.MediaSource{Data: []byte("pixels"), Type: "image/png"})
	m := w.inbox()[1]
	if got := w.engine.about(m.ID); len(got) != 0 {
		t.Errorf("told %q before the picture was there", got)
	}
	close(hold)
	told(1, `inbound "look" /media/of-http://c.test/1.png /media/kept-3 /media/kept-4`)
	if m = w.inbox()[1]; history(m) != "received" || m.Queue.Lane != "" || m.Status != wirechief.StatusReceived {
		t.Errorf("%s, %+v", history(m), m)
	}
	// What cannot be had is left out; the customer has the rest.
	w.media.says(func(string) error { return errRefused })
	bring(wirechief.MediaSource{URL: "http://c.test/2.png"})
	told(2, `inbound "look" /media/kept-5`)
	// And a restart in between changes nothing.
	w.media.says(func(string) error { return errAway })
	bring(wirechief.MediaSource{URL: "http://c.test/3.png"})
	w.eventually("the first try", func() bool { return w.inbox()[3].Queue.Tries == 1 })
	w.restart()
	w.media.says(nil)
	w.advance(time.Minute)
	told(3, `inbound "look" /media/of-http://c.test/3.png /media/kept-6`)
}

// Without a keeper no carrier can have pictures, and none is promised.
func TestNoKeeper(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Media = nil })
	_, err := w.Send(t.Context(), picture("http://a.test/1.png"))
	wantError(t, err, wirechief.Forbidden, wirechief.RuleMediaCarrier, "")
	w.inbound(handset, "hello")
}
