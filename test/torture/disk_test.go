//go:build linux

package torture

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wirechief/wirechief/carrier/carriertest"
)

// smallDisk mounts a file system of the given size. It needs root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small file system cannot be mounted (needs root on Linux): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// stuff fills a file system to the last octet with a file, and names it.
func stuff(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "stuffing")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// untilRefused sends until the server refuses, and gives what was accepted.
func (p *program) untilRefused(client *http.Client) (refs []string) {
	p.t.Helper()
	for range 100_000 {
		ref, status, err := p.send(p.t.Context(), client, "a text for a full disk")
		if err != nil {
			p.t.Fatalf("the server answers nothing sensible: %v", err)
		}
		switch status {
		case http.StatusOK:
			refs = append(refs, ref)
		case http.StatusServiceUnavailable:
			return refs
		default:
			p.t.Fatalf("the refusal is %d, not 503", status)
		}
	}
	p.t.Fatal("a full disk refuses nothing")
	return nil
}

// untilAccepted sends until the server accepts again.
func (p *program) untilAccepted(client *http.Client) string {
	p.t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	late := time.After(30 * time.Second)
	for {
		ref, status, err := p.send(p.t.Context(), client, "a text after all")
		if err != nil {
			p.t.Fatal(err)
		}
		if status == http.StatusOK {
			return ref
		}
		select {
		case <-look.C:
		case <-late:
			p.t.Fatal("with room again, the server does not recover by itself")
		}
	}
}

func (p *program) status(path string) int {
	p.t.Helper()
	resp, err := http.Get("http://" + p.http + path)
	if err != nil {
		p.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, "16m")
	p := install(t, filepath.Join(disk, "data"), carriertest.Options{})
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	for range rounds(3, 50) {
		stuffing := stuff(t, disk)
		refs := p.untilRefused(client)
		if got := p.status("/readyz"); got != http.StatusServiceUnavailable {
			t.Errorf("on a full disk /readyz says %d", got)
		}
		if got := p.status("/healthz"); got != http.StatusOK {
			t.Errorf("on a full disk /healthz says %d", got)
		}
		if err := os.Remove(stuffing); err != nil {
			t.Fatal(err)
		}
		refs = append(refs, p.untilAccepted(client))
		p.told.waitFor(t, refs, "messages accepted around a full disk")
		if got := p.status("/readyz"); got != http.StatusOK {
			t.Errorf("with room again /readyz says %d", got)
		}
	}
}

// TestReadOnlyDisk has the kernel refuse every octet that makes a file grow: a
// file system with files open for writing cannot be made read-only, and this
// is what the program sees of one that has become so.
func TestReadOnlyDisk(t *testing.T) {
	p := install(t, "", carriertest.Options{})
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	first, status, err := p.send(t.Context(), client, "a text before")
	if err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	p.told.waitFor(t, []string{first}, "messages")
	limit := func(octets uint64) {
		t.Helper()
		if err := unix.Prlimit(p.server.PID(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: octets, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	limit(1)
	refs := p.untilRefused(client)
	limit(unix.RLIM_INFINITY)
	refs = append(refs, p.untilAccepted(client))
	p.told.waitFor(t, refs, "messages accepted around a disk that took nothing")
}

// TestTerm ends the program as an operator does: no new work, what is in
// flight ends, exit code 0, and nothing is in doubt afterwards.
func TestTerm(t *testing.T) {
	p := install(t, "", carriertest.Options{Behaviour: carriertest.Behaviour{AnswerDelay: 30 * time.Millisecond}})
	for range rounds(5, 100) {
		c := p.call(8)
		pause(t, 50*time.Millisecond, 200*time.Millisecond)
		if err := p.server.Stop(); err != nil {
			t.Fatalf("SIGTERM ends it with %v", err)
		}
		c.end()
		p.start()
		p.told.waitFor(t, c.refs(), "messages accepted before SIGTERM")
		for _, ref := range c.refs() {
			for _, m := range p.messages(ref) {
				if slices.ContainsFunc(m.Events, isResend) {
					t.Fatalf("a clean end has left message %d in doubt", m.ID)
				}
			}
		}
	}
}
