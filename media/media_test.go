package media_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/ident"
	"github.com/wirechief/wirechief/media"
)

type records map[string]*wirechief.Media

func (r records) MediaByToken(_ context.Context, token string) (*wirechief.Media, error) {
	if m := r[token]; m != nil {
		return m, nil
	}
	return nil, wirechief.Errorf(wirechief.NotFound, "no such file")
}

func pixel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is fetched is served under a link with the extension and type of what
// the bytes are, whatever the server and the name said, until the link ends.
func TestFetchAndServe(t *testing.T) {
	picture := pixel(t)
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg") // a lie
		w.Write(picture)
	}))
	defer source.Close()
	now := time.Date(2026, 9, 16, 2, 47, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	k, err := media.New(t.TempDir(), "https://wirechief.example/", source.Client(), ident.New(clock, 0), clock)
	if err != nil {
		t.Fatal(err)
	}
	item, err := k.Fetch(t.Context(), source.URL+"/photo.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if item.Type != "image/png" || item.Ext != ".png" || item.Size != int64(len(picture)) {
		t.Errorf("kept %+v, want a png of %d octets", item, len(picture))
	}
	link := k.Link(item)
	path, ok := strings.CutPrefix(link.URL, "https://wirechief.example")
	if !ok || !strings.HasSuffix(path, ".png") {
		t.Fatalf("the link is %q", link.URL)
	}
	known := records{item.Token: {Token: item.Token, Ext: item.Ext, Type: item.Type, CreatedAt: now, ExpiresAt: k.Expiry()}}
	get := func(path string) *http.Response {
		w := httptest.NewRecorder()
		k.Handler(known).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Result()
	}
	resp := get(path)
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "image/png" || !bytes.Equal(body, picture) {
		t.Errorf("the link gives %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	for _, other := range []string{
		strings.TrimSuffix(path, ".png") + ".jpg", strings.TrimSuffix(path, ".png"), "/media/../../etc/passwd",
		"/media/" + strings.Repeat("a", 32) + ".png", "/media/",
	} {
		if got := get(other).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s gives %d, want 404", other, got)
		}
	}
	now = now.Add(media.Lifetime)
	if got := get(path).StatusCode; got != http.StatusNotFound {
		t.Errorf("past its end the link gives %d, want 404", got)
	}
}

func TestFetchRefuses(t *testing.T) {
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/text":
			io.WriteString(w, "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
		case "/large":
			w.Write(append(pixel(t), make([]byte, media.MaxKeep)...))
		case "/huge":
			w.Header().Set("Content-Length", "9000000000")
		case "/endless":
			for range 7 {
				w.Write(make([]byte, 1<<20))
			}
		case "/moved":
			http.Redirect(w, r, "/text", http.StatusFound)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer source.Close()
	client := source.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	k, err := media.New(t.TempDir(), "", client, ident.New(time.Now, 0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]wirechief.Kind{
		"/text": wirechief.Invalid, "/large": wirechief.Invalid, "/huge": wirechief.Invalid, "/endless": wirechief.Invalid,
		"/moved": wirechief.Invalid, "/gone": wirechief.Invalid, "/busy": wirechief.Unavailable,
	} {
		if _, err := k.Fetch(t.Context(), source.URL+path); wirechief.KindOf(err) != want || err == nil {
			t.Errorf("%s: %v, want kind %v", path, err, want)
		}
	}
	source.Close()
	if _, err := k.Fetch(t.Context(), source.URL+"/text"); wirechief.KindOf(err) != wirechief.Unavailable {
		t.Errorf("a dead server: %v, want kind unavailable", err)
	}
}

// What is fetched under the guard is refused where a tenant may not look, and
// no error or log repeats what may be secret in a URL.
func TestFetchIsGuarded(t *testing.T) {
	picture := pixel(t)
	var seen atomic.Int32
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		seen.Add(1)
		w.Write(picture)
	}))
	defer source.Close()
	fetch := func(url string, allow ...string) error {
		t.Helper()
		g, err := egress.New(egress.Options{Allow: allow})
		if err != nil {
			t.Fatal(err)
		}
		client := g.Client(5 * time.Second)
		defer client.CloseIdleConnections()
		k, err := media.New(t.TempDir(), "", client, ident.New(time.Now, 0), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.Fetch(t.Context(), url)
		return err
	}
	at := source.Listener.Addr().String()
	for _, url := range []string{
		"http://ann:hunter2@" + at + "/a.png?sig=hunter2", "http://ann:hunter2@127.1/a.png?sig=hunter2",
		"http://ann:hunter2@169.254.169.254/latest?sig=hunter2", "ftp://ann:hunter2@example.com/a.png?sig=hunter2",
		"http://ann:hunter2@[::ffff:127.0.0.1]/a.png?sig=hunter2", "%?hunter2", "",
	} {
		err := fetch(url)
		if wirechief.KindOf(err) != wirechief.Invalid || err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := fetch("http://ann:hunter2@127.0.0.1:1/a.png?sig=hunter2", "127.0.0.1/32"); wirechief.KindOf(err) != wirechief.Unavailable || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("nobody there: %v", err)
	}
	if n := seen.Load(); n != 0 {
		t.Errorf("%d requests got through", n)
	}
	if err := fetch("http://"+at+"/a.png", "127.0.0.1/32"); err != nil || seen.Load() != 1 {
		t.Errorf("allowed: %v", err)
	}
}

// What a carrier names may be of any type, and larger than what can be sent.
func TestCollect(t *testing.T) {
	large := append(pixel(t), make([]byte, media.MaxKeep)...)
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/1.smil":
			w.Header().Set("Content-Type", "application/smil; charset=utf-8")
			io.WriteString(w, "<smil/>")
		case "/2.txt":
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "Hello")
		case "/5.TXT": // as some servers give what they do not know
			w.Header().Set("Content-Type", "application/octet-stream")
			io.WriteString(w, "Hello")
		case "/6.txt":
			w.Header().Set("Content-Type", "application/octet-stream")
			io.WriteString(w, "\xff\xfe")
		case "/3.png":
			w.Write(large)
		case "/4":
			io.WriteString(w, "<html><script/>")
		case "/huge":
			w.Write(make([]byte, media.MaxFetch+1))
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			http.NotFound(w, r)
		}
	}))
	defer source.Close()
	k, err := media.New(t.TempDir(), "", source.Client(), ident.New(time.Now, 0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/1.smil": ".smil", "/2.txt": ".txt", "/3.png": ".png", "/4": ".bin", "/5.TXT": ".txt", "/6.txt": ".bin"} {
		item, err := k.Collect(t.Context(), source.URL+path)
		if err != nil || item.Ext != want || item.Token == "" {
			t.Errorf("%s: %+v, %v", path, item, err)
		}
		if path != "/2.txt" {
			continue
		}
		if text, err := k.Text(item.Token, 5); text != "Hello" || err != nil {
			t.Errorf("its text is %q, %v", text, err)
		}
		if _, err := k.Text(item.Token, 4); err == nil {
			t.Error("more was given than asked for")
		}
	}
	for path, want := range map[string]wirechief.Kind{"/huge": wirechief.Invalid, "/busy": wirechief.Unavailable, "/none": wirechief.Invalid} {
		if _, err := k.Collect(t.Context(), source.URL+path); err == nil || wirechief.KindOf(err) != want {
			t.Errorf("%s: %v, want kind %v", path, err, want)
		}
	}
}

// A carrier's attachment is never served as something that a browser runs.
func TestKeepDefusesWhatCarriersBring(t *testing.T) {
	k, err := media.New(t.TempDir(), "", http.DefaultClient, ident.New(time.Now, 0), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ said, body, kind, ext string }{
		{"text/html", "<html><script>alert(1)</script>", "application/octet-stream", ".bin"},
		{"image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream", ".bin"},
		{"text/plain; charset=utf-8", "Grüße", "text/plain; charset=utf-8", ".txt"},
		{"application/smil", "<smil/>", "application/smil", ".smil"},
		{"application/x-whatever", string(pixel(t)), "image/png", ".png"},
	} {
		item, err := k.Keep(t.Context(), strings.NewReader(tt.body), tt.said)
		if err != nil || item.Type != tt.kind || item.Ext != tt.ext {
			t.Errorf("%s %.20q is kept as %s %s (%v), want %s %s", tt.said, tt.body, item.Type, item.Ext, err, tt.kind, tt.ext)
		}
	}
}
