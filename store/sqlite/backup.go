package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/wirechief/wirechief"
	"zombiezen.com/go/sqlite"
)

// backupStep is how many pages are copied between two looks at the context.
const backupStep = 512

// backupPattern names the copy while it is made; what a crash left is swept
// away by the next Open.
const backupPattern = "backup-*.tmp"

// Backup implements [wirechief.Store]: it copies the database as it stands at
// this moment to a file beside it, while commits go on, and sends the file. It
// needs as much room as the database has. The copy is an ordinary database file;
// the media, which are files of their own, are not in it.
func (s *Store) Backup(ctx context.Context, w io.Writer) (err error) {
	f, err := os.CreateTemp(s.dir, backupPattern)
	if err != nil {
		return unavailableFolder(s.dir, err)
	}
	defer func() {
		f.Close()
		os.Remove(f.Name())
	}()
	if err := s.copyTo(ctx, f.Name()); err != nil {
		return unreadable(fmt.Errorf("copying the database: %w", err))
	}
	if err := copyUntil(ctx, w, f); err != nil {
		return fmt.Errorf("sending the backup: %w", err)
	}
	return nil
}

// copyTo makes the copy inside one read transaction, so that it is of one
// moment and is never begun anew because of a commit.
func (s *Store) copyTo(ctx context.Context, path string) (err error) {
	from, err := openConn(filepath.Join(s.dir, fileName), sqlite.OpenReadOnly, readerCache)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := from.exec("BEGIN"); err != nil {
		return err
	}
	if err := from.exec("SELECT count(*) FROM probe"); err != nil { // takes the snapshot
		return err
	}
	// The copy is worth nothing before it is whole: it needs no journal.
	to, err := openConn(path, sqlite.OpenReadWrite, "journal_mode=OFF", "synchronous=OFF", readerCache)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	b, err := sqlite.NewBackup(to.Conn, "", from.Conn, "")
	if err != nil {
		return err
	}
	defer b.Close()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err = b.Step(backupStep); err != nil {
			return err
		}
		if s.OnBackup != nil {
			total := int64(b.PageCount()) * pageSize
			s.OnBackup(total-int64(b.Remaining())*pageSize, total)
		}
	}
	return nil
}

const pageSize = 4096

// copyUntil copies like io.Copy and ends when the context does.
func copyUntil(ctx context.Context, w io.Writer, r io.Reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.CopyN(w, r, 1<<20); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Restore puts a database that Backup wrote into a folder, which must be empty
// or missing. What does not check out as a whole database of ours leaves the
// folder as it was. Whoever restores media too does so afterwards.
func Restore(ctx context.Context, r io.Reader, dir string) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unavailableFolder(dir, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return unavailableFolder(dir, err)
	}
	if len(entries) > 0 {
		return &wirechief.Error{
			Op: "restore", Kind: wirechief.Conflict,
			Message: "the data folder " + dir + " is not empty; give an empty one, nothing is ever overwritten",
		}
	}
	f, err := os.CreateTemp(dir, backupPattern)
	if err != nil {
		return unavailableFolder(dir, err)
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := copyUntil(ctx, f, r); err != nil {
		return unavailableFolder(dir, err)
	}
	if err := f.Sync(); err != nil {
		return unavailableFolder(dir, err)
	}
	if err := examine(f.Name()); err != nil {
		return &wirechief.Error{Op: "restore", Kind: wirechief.Invalid, Message: "this is not a whole backup", Err: err}
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, fileName)); err != nil {
		return unavailableFolder(dir, err)
	}
	return syncDir(dir)
}

// examine reads all of a database file and says what is wrong with it.
func examine(path string) (err error) {
	c, err := openConn(path, sqlite.OpenReadWrite, "locking_mode=EXCLUSIVE")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	const ours = 0x57434846 // as in the first migration
	id := c.q("PRAGMA application_id")
	if ok, err := id.row(); !ok || err != nil || id.getInt() != ours {
		return errors.Join(errors.New("the file is no database of this program"), err)
	}
	id.done()
	check := c.q("PRAGMA quick_check(1)")
	if ok, err := check.row(); !ok || err != nil {
		return errors.Join(errors.New("the file cannot be read"), err)
	}
	defer check.done()
	if said := check.getText(); said != "ok" {
		return errors.New(said)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return unavailableFolder(dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return unavailableFolder(dir, err)
	}
	return nil
}

// sweep removes copies that a crash has left.
func (s *Store) sweep() {
	left, _ := filepath.Glob(filepath.Join(s.dir, backupPattern)) // the pattern is well formed
	for _, path := range left {
		os.Remove(path)
	}
}
