package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/wirechief/wirechief"
)

// shortOfRoom, in the environment, makes TestShortOfRoom a store that runs out
// of room: "limit folder" by a limit on the size of files, "tmpfs folder" by a
// small file system of its own.
const shortOfRoom = "WIRECHIEF_TEST_SHORT_OF_ROOM"

// The same as TestARefusedWrite with nothing faked: a process of its own meets
// a file size limit, as a quota is met, and a file system that is full. It
// refuses, keeps what it has acknowledged, recovers when there is room again,
// and has it all when it is opened anew.
func TestARealDiskThatIsFull(t *testing.T) {
	run := func(t *testing.T, how string, attr *syscall.SysProcAttr) error {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShortOfRoom$")
		cmd.Env = append(os.Environ(), shortOfRoom+"="+how+" "+t.TempDir())
		cmd.SysProcAttr = attr
		out, err := cmd.CombinedOutput()
		if err != nil && len(out) > 0 {
			t.Errorf("%v\n%s", err, out)
			return nil
		}
		if err == nil && !strings.Contains(string(out), "PASS") {
			t.Errorf("it did not run: %s", out)
		}
		return err
	}
	t.Run("a limit on the size of files", func(t *testing.T) {
		if err := run(t, "limit", nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("a full file system", func(t *testing.T) {
		err := run(t, "tmpfs", &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		})
		if err != nil {
			t.Logf("no file system of our own here (%v): only the limit and the faked disk have been tried", err)
		}
	})
}

// exitNoTmpfs is how a process ends that may not mount anything; it says nothing.
const exitNoTmpfs = 3

// TestShortOfRoom is the process of [TestARealDiskThatIsFull], and nothing otherwise.
func TestShortOfRoom(*testing.T) {
	kind, dir, _ := strings.Cut(os.Getenv(shortOfRoom), " ")
	var r room
	switch kind {
	case "":
		return
	case "limit":
		// The signal that comes with the error would end the process.
		signal.Ignore(syscall.SIGXFSZ)
		r = sizeLimit{dir}
	case "tmpfs":
		if err := syscall.Mount("wirechief-test", dir, "tmpfs", 0, "size=2m"); err != nil {
			os.Exit(exitNoTmpfs)
		}
		r = tmpfs{dir}
	}
	if err := fillUp(dir, r); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// room can be taken and given back.
type room interface {
	take() error
	give() error
}

type sizeLimit struct{ dir string }

func (l sizeLimit) take() error {
	info, err := os.Stat(filepath.Join(l.dir, fileName+"-wal"))
	if err != nil {
		return err
	}
	return l.set(uint64(info.Size()) + 100_000)
}

func (l sizeLimit) give() error { return l.set(1 << 40) }

func (sizeLimit) set(n uint64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		return err
	}
	now.Cur = min(n, now.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now)
}

type tmpfs struct{ dir string }

// take leaves 100 kB.
func (f tmpfs) take() error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(f.dir, &st); err != nil {
		return err
	}
	free := int(st.Bavail) * int(st.Bsize)
	return os.WriteFile(filepath.Join(f.dir, "ballast"), make([]byte, max(free-100_000, 0)), 0o600)
}

func (f tmpfs) give() error { return os.Remove(filepath.Join(f.dir, "ballast")) }

// fillUp writes until there is no room, twice, and says what was wrong with it.
func fillUp(dir string, r room) error {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	kept := make(map[int64]bool)
	next := int64(1)
	apply := func() error {
		c := hello(next)
		c.Messages[0].Text = strings.Repeat("x", 10_000)
		_, err := s.Apply(ctx, c)
		kept[next] = err == nil
		next++
		return err
	}
	for range 2 {
		if err := apply(); err != nil {
			return fmt.Errorf("with room: %w", err)
		}
		if err := r.take(); err != nil {
			return fmt.Errorf("taking the room: %w", err)
		}
		for err = nil; err == nil && next < 1000; {
			err = apply()
		}
		for range 3 {
			if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Unavailable || e.Rule != wirechief.RuleStore {
				return fmt.Errorf("without room: %w", err)
			}
			err = apply()
		}
		select {
		case err := <-s.Failed():
			return fmt.Errorf("the store has ended: %w", err)
		default:
		}
		if err := r.give(); err != nil {
			return fmt.Errorf("giving the room back: %w", err)
		}
		if err := s.Check(ctx); err != nil {
			return fmt.Errorf("with room again: %w", err)
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	if s, err = Open(ctx, dir, Options{}); err != nil {
		return err
	}
	for id, want := range kept {
		_, err := s.Message(ctx, wirechief.MessageKey{Shard: wirechief.ShardOf(acme), ID: id})
		if got := err == nil; got != want {
			return fmt.Errorf("message %d: acknowledged %t, kept %t", id, want, got)
		}
	}
	return s.Close()
}

// A folder that cannot be written to is refused when the store is opened, in
// words that name it.
func TestAFolderThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), file, Options{})
	wantUnavailable(t, err)
	if got := wirechief.MessageOf(err); !strings.Contains(got, file) {
		t.Errorf("told %q", got)
	}
}
