package app

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/wirechief/wirechief/config"
)

// The sound of a greeting is there after a restart, and in a backup.
func TestGreetingsLast(t *testing.T) {
	const sound = "ID3 the sound of a greeting"
	cfg := minimal(t)
	cfg.State = filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(cfg.State, []byte(`{tenants: [{id: acme, credentials: [{dialect: zendesk, bearer: zen-oauth}]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var base string
	run := func(cfg *config.Config, do func(a *App)) {
		t.Helper()
		a, err := New(t.Context(), cfg, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		base = "http://" + a.Address().String()
		do(a)
		if err := a.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	ask := func(method, path, kind string, body io.Reader) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer zen-oauth")
		r.Header.Set("Content-Type", kind)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s (%v)", method, path, resp.StatusCode, answer, err)
		}
		return string(answer)
	}
	defer http.DefaultClient.CloseIdleConnections()

	var url string
	var backup bytes.Buffer
	run(cfg, func(a *App) {
		made := ask("POST", "/api/v2/channels/voice/greetings", "application/json", bytes.NewReader([]byte(`{"greeting":{"name":"Closed","category_id":1}}`)))
		id := regexp.MustCompile(`"id":(\d+)`).FindStringSubmatch(made)[1]
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("greeting[uploaded_data]", "closed.mp3")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(part, sound)
		w.Close()
		kept := ask("PUT", "/api/v2/channels/voice/greetings/"+id+".json", w.FormDataContentType(), &form)
		url = regexp.MustCompile(`"audio_url":"([^"]+)"`).FindStringSubmatch(kept)[1]
		if err := a.backup(t.Context(), &backup); err != nil {
			t.Fatal(err)
		}
	})
	heard := func(*App) {
		t.Helper()
		if got := ask("GET", url, "", nil); got != sound {
			t.Errorf("%s is %q", url, got)
		}
	}
	run(cfg, heard)
	restored := minimal(t)
	if err := Restore(t.Context(), restored, &backup); err != nil {
		t.Fatal(err)
	}
	run(restored, heard)
}
