package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/test/world"
)

// over has the real API answer, which lets the operator in by its core.
func over(t *testing.T, backup func(context.Context, io.Writer) error) http.HandlerFunc {
	t.Helper()
	return api.New(api.Options{Core: world.New(t, "").Exchange, AdminToken: token, Backup: backup}).ServeHTTP
}

func TestBackup(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1<<16)
	c := serve(t, over(t, func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}))
	var got bytes.Buffer
	if n, err := c.Backup(t.Context(), &got); err != nil || n != int64(len(content)) || got.String() != content {
		t.Error(n, err)
	}
}

// Whatever happens on the way, half a backup is never taken for one.
func TestBrokenBackup(t *testing.T) {
	half := func(trailer func(http.Header), abort bool) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Trailer", "Content-Digest")
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			if abort {
				panic(http.ErrAbortHandler)
			}
			trailer(w.Header())
		}
	}
	for _, tt := range []struct {
		name, text string
		h          http.HandlerFunc
	}{
		{"the server fails at once", "gives no answer: EOF", over(t, func(_ context.Context, w io.Writer) error {
			io.WriteString(w, "half")
			return errors.New("disk on fire")
		})},
		{"the server fails later", "the backup broke off after ", over(t, func(_ context.Context, w io.Writer) error {
			io.WriteString(w, strings.Repeat("half", 100_000))
			return errors.New("disk on fire")
		})},
		{"the connection is cut", "the backup broke off after 4 octets: unexpected EOF", half(nil, true)},
		{"a proxy makes an end of it", "the server did not confirm its end", half(func(http.Header) {}, false)},
		{"something is lost on the way", "is damaged", half(func(h http.Header) {
			h.Set("Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
		}, false)},
		{"another program", "no answer of Wirechief's own API", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "Welcome") }},
	} {
		c := serve(t, tt.h)
		if _, err := c.Backup(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestRefusedBackup(t *testing.T) {
	c := serve(t, over(t, func(context.Context, io.Writer) error {
		return &wirechief.Error{Kind: wirechief.Unavailable, Message: "there is no room for the copy"}
	}))
	n, err := c.Backup(t.Context(), io.Discard)
	if p, ok := errors.AsType[*wire.Problem](err); !ok || n != 0 || p.Status != 503 || p.Detail != "there is no room for the copy" {
		t.Error(n, err)
	}
}

// An error of our own side is told as it is.
func TestBackupToFullDisk(t *testing.T) {
	full := errors.New("no space left")
	c := serve(t, over(t, func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "whole")
		return err
	}))
	r, w := io.Pipe()
	r.CloseWithError(full)
	if _, err := c.Backup(t.Context(), w); !errors.Is(err, full) || strings.Contains(err.Error(), "broke off") {
		t.Error(err)
	}
}
