package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	modernc "modernc.org/sqlite"
	"zombiezen.com/go/sqlite"
)

// fileName is the database in the data folder; SQLite keeps its log beside it
// under the same name with -wal and -shm.
const fileName = "wirechief.db"

// Options is what a store may be given. The zero value will do.
type Options struct {
	Log *slog.Logger
	Now wirechief.Clock
	// OnCommit is called after each commit with how many commands it held and
	// how long it took from its first statement to the end of the flush. It is
	// on the path of every message: it must be quick.
	OnCommit func(commands int, took time.Duration)
	// OnBackup is told how far a backup has come, in octets.
	OnBackup func(done, total int64)
}

// Store is the SQLite store. See the package documentation.
type Store struct {
	Options
	dir        string
	textsRead  int64 // tests have smaller ones
	lock       *os.File
	w          *writer
	checkpoint *checkpointer
	readers    chan *conn // those that are free; nil: may yet be opened
	failure    atomic.Pointer[error]
	failed     chan error
	close      sync.Once
	closeErr   error
}

var _ wirechief.Store = (*Store)(nil)

const (
	readersMost = 4
	// Page caches, in KiB (SQLite takes negative numbers for that).
	writerCache = "cache_size=-8192"
	readerCache = "cache_size=-1024"
	// What is deleted from a page that is written anyway is overwritten, which
	// costs no more to write. A Forget has all of it overwritten.
	secureUsually = "secure_delete=FAST"
)

// Open opens the store in a folder, which it makes if need be, and takes it
// for this process alone.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unavailableFolder(dir, err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		Options: o, dir: dir, lock: lock, failed: make(chan error, 1),
		readers: make(chan *conn, readersMost), textsRead: textsRead,
	}
	if err := s.open(ctx); err != nil {
		lock.Close()
		if _, ok := errors.AsType[*wirechief.Error](err); ok {
			return nil, err
		}
		return nil, unavailableFolder(dir, err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	// Where there is fdatasync, a commit need not wait for the time stamps of
	// the file. The switch is one for the process; nobody would want it off.
	if _, err := modernc.Fdatasync(true); err != nil && !errors.Is(err, modernc.ErrFdatasyncUnavailable) {
		return err
	}
	s.sweep()
	path := filepath.Join(s.dir, fileName)
	// SQLite gives its other files the mode of this one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := migrate(ctx, path); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	c, err := openConn(path, sqlite.OpenReadWrite|sqlite.OpenWAL,
		"synchronous=FULL", secureUsually, writerCache, "wal_autocheckpoint=0", "journal_size_limit=67108864", "temp_store=MEMORY")
	if err != nil {
		return err
	}
	side, err := openConn(path, sqlite.OpenReadWrite, "synchronous=FULL", readerCache, "wal_autocheckpoint=0")
	if err != nil {
		c.Close()
		return err
	}
	for range readersMost {
		s.readers <- nil
	}
	s.w = &writer{
		conn: c, s: s, wake: make(chan struct{}, 1), ended: make(chan struct{}),
		flights: make(map[string][]wirechief.MessageKey),
	}
	s.checkpoint = newCheckpointer(s, side)
	if err := errors.Join(s.w.refold(), s.w.loadTexts()); err != nil {
		return errors.Join(err, side.Close(), c.Close())
	}
	if s.w.texts.backlog {
		s.w.wake <- struct{}{}
	}
	go s.w.run()
	go s.checkpoint.run()
	return nil
}

func unavailableFolder(dir string, err error) *wirechief.Error {
	return &wirechief.Error{
		Op: "store.open", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err,
		Message: "the data folder " + dir + " cannot be used",
	}
}

func escapePath(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// Failed tells, once, why the store has ended for good: a flush failed. The
// program should exit, and whoever runs it look at the disk.
func (s *Store) Failed() <-chan error { return s.failed }

func (s *Store) poison(err error) {
	if s.failure.CompareAndSwap(nil, &err) {
		s.Log.Error("the disk failed to keep what was written; nothing more is accepted", "error", err)
		s.failed <- err
	}
}

func (s *Store) poisoned() error {
	if p := s.failure.Load(); p != nil {
		return *p
	}
	return nil
}

var errClosed = errors.New("the store is closed")

// probe is the command of Check.
type probe struct {
	wirechief.Command // lends the method that closes the set
	at                int64
}

// Check writes one small row on the same way as every message.
func (s *Store) Check(ctx context.Context) error {
	_, err := s.Apply(ctx, probe{at: s.Now().UnixMicro()})
	return err
}

// Close serves what waits and closes the database. Readers must have ended.
func (s *Store) Close() error {
	s.close.Do(func() {
		s.w.stop(errClosed)
		s.checkpoint.stop()
		var errs []error
		for range readersMost {
			if c := <-s.readers; c != nil {
				errs = append(errs, c.Close())
			}
		}
		close(s.readers)
		// The last connection checkpoints and removes the log as it goes.
		errs = append(errs, s.checkpoint.conn.Close(), s.w.Close(), s.lock.Close())
		s.closeErr = errors.Join(errs...)
	})
	return s.closeErr
}

// read lends a reader's connection to f.
func (s *Store) read(ctx context.Context, f func(*conn) error) error {
	var c *conn
	select {
	case r, open := <-s.readers:
		if !open {
			return unreadable(errClosed)
		}
		c = r
	case <-ctx.Done():
		return unreadable(ctx.Err())
	}
	defer func() { s.readers <- c }()
	if c == nil {
		var err error
		if c, err = openConn(filepath.Join(s.dir, fileName), sqlite.OpenReadWrite, "query_only=1", readerCache); err != nil {
			c = nil
			return unreadable(err)
		}
	}
	if ctx.Done() != nil {
		c.SetInterrupt(ctx.Done())
		defer c.SetInterrupt(nil)
	}
	err := f(c)
	if _, ok := errors.AsType[*wirechief.Error](err); err == nil || ok {
		return err
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return unreadable(err)
}
