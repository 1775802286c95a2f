package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

func backupServer(t *testing.T, log *slog.Logger, backup func(context.Context, io.Writer) error) *httptest.Server {
	t.Helper()
	o := worldOptions(newCore())
	o.Backup, o.Log = backup, log
	s := httptest.NewServer(New(o))
	t.Cleanup(s.Close)
	return s
}

func getBackup(t *testing.T, s *httptest.Server, method string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+Prefix+"/backup", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+adminToken)
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// A whole backup ends with its digest.
func TestBackup(t *testing.T) {
	for _, content := range []string{"", "a", strings.Repeat("0123456789abcdef", 1<<16)} {
		s := backupServer(t, nil, func(_ context.Context, w io.Writer) error {
			_, err := io.Copy(w, strings.NewReader(content))
			return err
		})
		resp := getBackup(t, s, "GET")
		got, err := io.ReadAll(resp.Body)
		if err != nil || string(got) != content {
			t.Fatalf("%d of %d octets, %v", len(got), len(content), err)
		}
		sum := sha256.New()
		sum.Write(got)
		if resp.Trailer.Get(digestField) != formatDigest(sum) || resp.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%v with the trailer %v", resp.Header, resp.Trailer)
		}
	}
}

// What breaks off before the first octet is a refusal like any other; later it
// must not look like the end, and is logged.
func TestBackupBreaksOff(t *testing.T) {
	var log bytes.Buffer
	full := &wirechief.Error{Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Message: "there is no room for the copy", Err: errors.New("ENOSPC")}
	s := backupServer(t, nil, func(context.Context, io.Writer) error { return full })
	resp := getBackup(t, s, "GET")
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 503 || !strings.Contains(string(body), full.Message) || strings.Contains(string(body), "ENOSPC") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	done := make(chan struct{})
	s = backupServer(t, slog.New(slog.NewTextHandler(&log, nil)), func(_ context.Context, w io.Writer) error {
		defer close(done)
		io.WriteString(w, "half of it")
		w.(*digesting).to.(http.Flusher).Flush()
		return full
	})
	resp = getBackup(t, s, "GET")
	if got, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) || resp.Trailer.Get(digestField) != "" {
		t.Errorf("%q ended with %v and %v", got, err, resp.Trailer)
	}
	<-done
	s.Close() // and so its handlers have ended
	if !strings.Contains(log.String(), "ENOSPC") {
		t.Errorf("the log has %q", log.String())
	}
}

// A client that leaves ends the copying.
func TestBackupIsLeft(t *testing.T) {
	ended := make(chan error, 1)
	s := backupServer(t, nil, func(ctx context.Context, w io.Writer) error {
		io.WriteString(w, "begun")
		w.(*digesting).to.(http.Flusher).Flush()
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})
	resp := getBackup(t, s, "GET")
	resp.Body.Close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// HEAD asks whether there is one, not for one.
func TestBackupHead(t *testing.T) {
	s := backupServer(t, nil, func(context.Context, io.Writer) error { t.Error("it was made"); return nil })
	if resp := getBackup(t, s, "HEAD"); resp.StatusCode != 200 {
		t.Error(resp.Status)
	}
}
