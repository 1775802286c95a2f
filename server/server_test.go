package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type served struct{ api, code []string }

func (s *served) Served(api string, code int, _ time.Duration) {
	s.api = append(s.api, api)
	s.code = append(s.code, http.StatusText(code))
}

func says(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) })
}

func TestRouter(t *testing.T) {
	var log bytes.Buffer
	meter := new(served)
	rt := NewRouter([]Mount{
		{Prefix: "/", Handler: says("root")},
		{Prefix: "/healthz", Handler: says("ok")},
		{Prefix: "/api/v1.0", AnyCase: true, Name: "bulkvs", Handler: says("bulkvs")},
		{Prefix: "/api/v1.0/inner", Handler: says("inner")},
		{Prefix: "/wirechief/v1", Name: "own", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a defect") })},
	}, meter, slog.New(slog.NewTextHandler(&log, nil)))
	for _, c := range []struct{ path, want string }{
		{"/", "root"},
		{"/healthz", "ok"},
		{"/healthzz", "root"},
		{"/healthz/x", "ok"},
		{"/api/v1.0/messageSend", "bulkvs"},
		{"/API/V1.0/messagesend", "bulkvs"},
		{"/api/v1.0", "bulkvs"},
		{"/api/v1.01", "root"},
		{"/api/v1.0/inner/x", "inner"},
	} {
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, httptest.NewRequest("GET", c.path, nil))
		if w.Body.String() != c.want {
			t.Errorf("%s is served by %s, not %s", c.path, w.Body, c.want)
		}
	}
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, httptest.NewRequest("GET", "/wirechief/v1/x", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "defect") || !strings.Contains(log.String(), "a defect") {
		t.Errorf("a panic is answered with %d %s and logged as %s", w.Code, w.Body, &log)
	}
	if got := strings.Join(meter.api, " "); got != "bulkvs bulkvs bulkvs own" {
		t.Errorf("counted: %s", got)
	}
	if got := meter.code[len(meter.code)-1]; got != "Internal Server Error" {
		t.Errorf("the panic counts as %s", got)
	}
}

func TestNothingMounted(t *testing.T) {
	w := httptest.NewRecorder()
	NewRouter(nil, nil, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestListenerLetsRequestsEnd(t *testing.T) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-goOn
		io.WriteString(w, "done")
	})
	l, err := Listen("127.0.0.1:0", "", "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l.Start(h)
	l.Start(h)
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String() + "/")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		answer <- string(b)
	}()
	<-inside
	stopped := make(chan error, 1)
	go func() { stopped <- l.Stop(context.Background()) }()
	select {
	case err := <-stopped:
		t.Fatalf("it stopped over a request: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	close(goOn)
	if got := <-answer; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := l.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestListenerThatNeverStarted(t *testing.T) {
	l, err := Listen("127.0.0.1:0", "", "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestListenRefuses(t *testing.T) {
	if _, err := Listen("127.0.0.1:0", "no-such.pem", "no-such.key", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a missing certificate is taken")
	}
	if _, err := Listen("256.0.0.1:0", "", "", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an impossible address is taken")
	}
}
