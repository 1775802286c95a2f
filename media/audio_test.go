package media_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/media"
)

// What the sniffer takes for MP3 and WAV.
const (
	mp3 = "ID3\x04\x00\x00\x00\x00\x00\x00 and the sound"
	wav = "RIFF\x24\x00\x00\x00WAVEfmt and the sound"
)

func TestRecordingsLast(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	k, err := media.New(dir, "", http.DefaultClient, ident.New(time.Now, 0), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if err := k.SweepAudio(t.Context(), nil); err != nil {
		t.Errorf("before there is a recording: %v", err)
	}
	var kept []wirechief.MediaItem
	for _, tt := range []struct{ body, kind, ext string }{{mp3, "audio/mpeg", ".mp3"}, {wav, "audio/wav", ".wav"}} {
		item, err := k.KeepAudio(t.Context(), strings.NewReader(tt.body))
		if err != nil || item.Type != tt.kind || item.Ext != tt.ext || item.Size != int64(len(tt.body)) {
			t.Fatalf("kept as %+v (%v), want %s", item, err, tt.kind)
		}
		kept = append(kept, item)
	}
	heard := func(item wirechief.MediaItem) string {
		f, err := k.OpenAudio(t.Context(), item.Token)
		if err != nil {
			return wirechief.KindOf(err).String()
		}
		defer f.Close()
		body, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	wanted := func(token string) bool { return token == kept[0].Token }
	for _, later := range []time.Duration{0, time.Minute, media.Lifetime * 10} {
		now = now.Add(later)
		if err := errors.Join(k.Sweep(t.Context()), k.SweepAudio(t.Context(), wanted)); err != nil {
			t.Fatal(err)
		}
		other := wav
		if later > time.Hour {
			other = "not found" // nobody wanted it
		}
		if got := heard(kept[0]); got != mp3 {
			t.Errorf("after %v the wanted one is %q", later, got)
		}
		if got := heard(kept[1]); got != other {
			t.Errorf("after %v the other is %q, want %q", later, got, other)
		}
	}
	for _, token := range []string{"", "../" + kept[0].Token, strings.Repeat("a", 32), kept[0].Token + "x"} {
		if _, err := k.OpenAudio(t.Context(), token); wirechief.KindOf(err) != wirechief.NotFound {
			t.Errorf("%q: %v, want not found", token, err)
		}
	}
}

// A refusal leaves nothing behind.
func TestRecordingsAreJudgedByContent(t *testing.T) {
	dir := t.TempDir()
	k, err := media.New(dir, "", http.DefaultClient, ident.New(time.Now, 0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	large := func(n int) io.Reader {
		return io.MultiReader(strings.NewReader(mp3), bytes.NewReader(make([]byte, n-len(mp3))))
	}
	if item, err := k.KeepAudio(t.Context(), large(media.MaxAudio)); err != nil || item.Size != media.MaxAudio {
		t.Errorf("as large as may be: %+v, %v", item, err)
	}
	broken := errors.New("the line went dead")
	for name, r := range map[string]io.Reader{
		"nothing": strings.NewReader(""), "text": strings.NewReader("RIFF me"), "a picture": bytes.NewReader(pixel(t)),
		"too large": large(media.MaxAudio + 1), "broken at once": iotest.ErrReader(broken),
		"broken": io.MultiReader(large(10_000), iotest.ErrReader(broken)),
		"ended":  io.MultiReader(strings.NewReader(mp3), iotest.ErrReader(io.ErrUnexpectedEOF)),
	} {
		_, err := k.KeepAudio(t.Context(), r)
		if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Field != "audio" {
			t.Errorf("%s: %v, want it invalid", name, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "audio", "*", "*"))
	hidden, herr := filepath.Glob(filepath.Join(dir, "audio", "*", ".*"))
	if err != nil || herr != nil || len(files) != 1 || len(hidden) != 0 {
		t.Errorf("left behind: %v %v", files, hidden)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := k.KeepAudio(t.Context(), strings.NewReader(mp3)); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Errorf("without a folder: %v, want it unavailable", err)
	}
}
