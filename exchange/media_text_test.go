package exchange_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/forward"
)

// pictures brings a picture message without a text of its own to the desk.
func (w *world) pictures(words string, urls ...string) *wirechief.Message {
	w.t.Helper()
	in := wirechief.Inbound{Carrier: "main", From: handset, To: desk, Text: words}
	for _, u := range urls {
		in.Media = append(in.Media, wirechief.MediaSource{URL: u})
	}
	before := len(w.inbox())
	if err := w.Inbound(w.t.Context(), in); err != nil {
		w.t.Fatal(err)
	}
	w.eventually("the files to be settled", func() bool {
		list := w.inbox()
		return len(list) == before+1 && list[before].Queue.Lane == ""
	})
	return w.inbox()[before]
}

// The text of a picture message that comes as a file is its text, for all who
// are told; the file stays beside the pictures.
func TestATextThatComesAsAFile(t *testing.T) {
	w := newWorld(t)
	w.media.texts = map[string]string{"http://c.test/t.txt": "\uFEFFGrüße vom See\r\n"}
	m := w.pictures("", "http://c.test/1.png", "http://c.test/t.txt")
	if m.Text != "Grüße vom See" || len(m.Media) != 2 || m.Encoding == "" || m.Segments != 1 {
		t.Errorf("kept as %q, %+v", m.Text, m)
	}
	w.told(m.ID, `inbound "Grüße vom See" /media/of-http://c.test/1.png /media/of-http://c.test/t.txt`)
	c, err := w.disk.ConversationBetween(t.Context(), "acme", desk, handset)
	if err != nil || c.LastText != m.Text {
		t.Errorf("the conversation ends with %q, %v", c.LastText, err)
	}
	// A text that came with the message stays its text.
	if m = w.pictures("look", "http://c.test/t.txt"); m.Text != "look" {
		t.Errorf("the text became %q", m.Text)
	}
}

// Words of the handset count wherever they stand.
func TestAStopThatComesAsAFile(t *testing.T) {
	w := newWorld(t)
	w.media.texts = map[string]string{"http://c.test/stop.txt": "STOP", "http://c.test/start.txt": "start"}
	w.pictures("", "http://c.test/1.png", "http://c.test/stop.txt")
	// The ledger in memory follows the commit that the test has seen.
	w.eventually("the STOP in a file to opt the handset out", func() bool { return w.blocked(desk) })
	w.restart()
	if !w.blocked(desk) {
		t.Error("the word was not kept")
	}
	w.pictures("", "http://c.test/start.txt")
	w.eventually("the START in a file to opt it in", func() bool { return !w.blocked(desk) })
}

// A picture that is given up leaves its event with the message, and those who
// get the text by a forward read that something is missing.
func TestALostPictureIsTold(t *testing.T) {
	w := newWorld(t, func(o *exchange.Options) { o.Formats[wirechief.DialectMessage2Give] = plainly{} })
	w.configure(wirechief.NumberPatch{Forwards: wirechief.Set([]wirechief.Forward{
		{Type: wirechief.KindSMS, Destination: "+13105550199", Enabled: true},
		{Type: wirechief.KindHTTP, Destination: "https://h.test/in", Enabled: true},
	})})
	w.media.says(func(url string) error {
		if strings.HasSuffix(url, "2.png") {
			return errRefused
		}
		return nil
	})
	m := w.pictures("", "http://c.test/2.png")
	if history(m) != "received media_lost" || m.LostMedia() != 1 || !strings.Contains(m.Events[1].Detail.Because, errRefused.Message) {
		t.Errorf("%s: %+v", history(m), m.Events)
	}
	if m.Text != "" {
		t.Errorf("the note became the text: %q", m.Text)
	}
	const note = "[a picture could not be fetched]"
	var text forward.Text
	if list := w.plannedOf(m.ID, wirechief.KindSMS); len(list) != 1 {
		t.Errorf("planned %+v", list)
	} else if err := json.Unmarshal(list[0].Body, &text); err != nil || text.Text != note {
		t.Errorf("forwarded as %q, %v", text.Text, err)
	}
	if list := w.plannedOf(m.ID, wirechief.KindHTTP); len(list) != 1 || !strings.Contains(string(list[0].Body), note) {
		t.Errorf("posted %+v", list)
	}
	// The named webhook has its vendor's shape and gets no words of ours.
	for _, d := range w.plannedOf(m.ID, wirechief.KindWebhook) {
		if strings.Contains(string(d.Body), note) {
			t.Errorf("the webhook got %s", d.Body)
		}
	}
	if m = w.pictures("with text", "http://c.test/1.png", "http://c.test/2.png"); m.LostMedia() != 1 || len(m.Media) != 2 {
		t.Errorf("%s: %+v", history(m), m.Media)
	}
}
