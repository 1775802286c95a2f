package archive

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
)

// maxManifest bounds the manifest, in octets: some ten million files.
const maxManifest = 1 << 30

// Target is where an archive is restored to.
type Target struct {
	Dir string // the data folder: empty, or missing
	// Database puts the database into a folder that is empty or missing, and
	// says when what it reads is not a whole one.
	Database func(ctx context.Context, r io.Reader, dir string) error
}

// Restore reads an archive and puts its content into the data folder. It does
// all of it or nothing.
func Restore(ctx context.Context, r io.Reader, t Target) (err error) {
	t.Dir = filepath.Clean(t.Dir)
	if err := mustBeEmpty(t.Dir); err != nil {
		return err
	}
	// The folder may be a disk of its own, or below one that is not ours to
	// write to: all is made inside of it and then moved up.
	_, missing := os.Stat(t.Dir)
	if err := os.MkdirAll(t.Dir, 0o700); err != nil {
		return unusable(t.Dir, err)
	}
	work, err := os.MkdirTemp(t.Dir, ".restore-")
	if err != nil {
		return unusable(t.Dir, err)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(work)
			if missing != nil {
				os.Remove(t.Dir)
			}
		}
	}()
	in := &reader{ctx: ctx, tar: tar.NewReader(r), seen: make(map[string]entryInfo)}
	if err := in.database(work, t.Database); err != nil {
		return err
	}
	if err := in.files(work); err != nil {
		return err
	}
	if err := in.compare(); err != nil {
		return err
	}
	return moveUp(work, t.Dir)
}

// moveUp moves what is whole into its place. The media go first: a database
// without its files would pass for an installation, files without one do not.
func moveUp(work, dir string) error {
	if err := syncDirs(work); err != nil {
		return unusable(dir, err)
	}
	entries, err := os.ReadDir(work)
	if err != nil {
		return unusable(dir, err)
	}
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int {
		switch {
		case a.IsDir() == b.IsDir():
			return 0
		case a.IsDir():
			return -1
		}
		return 1
	})
	for _, e := range entries {
		to := filepath.Join(dir, e.Name())
		if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
			return unusable(dir, fmt.Errorf("%s has come into being meanwhile", to))
		}
		if err := os.Rename(filepath.Join(work, e.Name()), to); err != nil {
			return unusable(dir, err)
		}
	}
	if err := os.Remove(work); err != nil {
		return unusable(dir, err)
	}
	return syncDir(dir)
}

// syncDirs has the names in a folder, and in those below it, on the disk.
func syncDirs(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
}

func mustBeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return unusable(dir, err)
	case len(entries) > 0:
		return &wirechief.Error{
			Op: "restore", Kind: wirechief.Conflict,
			Message: "the data folder " + dir + " is not empty; give an empty one, nothing is ever overwritten",
		}
	}
	return nil
}

func unusable(dir string, err error) error {
	return &wirechief.Error{
		Op: "restore", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err,
		Message: "the data folder " + dir + " cannot be used",
	}
}

func damaged(why string, err error) error {
	return &wirechief.Error{Op: "restore", Kind: wirechief.Invalid, Message: "this is not a whole backup: " + why, Err: err}
}

type reader struct {
	ctx  context.Context
	tar  *tar.Reader
	next *tar.Header // the entry that the tar reader stands at
	seen map[string]entryInfo
	last []byte // the manifest
}

// advance goes to the next entry.
func (in *reader) advance() error {
	if err := in.ctx.Err(); err != nil {
		return err
	}
	h, err := in.tar.Next()
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged("it ends too early", err)
	}
	if err != nil {
		return damaged("it cannot be read", err)
	}
	in.next = h
	return nil
}

// read copies the entry and notes what it was.
func (in *reader) read(w io.Writer) error {
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, h), in.tar)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged("it ends too early", err)
	}
	if err != nil {
		return err
	}
	in.seen[in.next.Name] = entryInfo{in.next.Name, n, hex.EncodeToString(h.Sum(nil))}
	return nil
}

// database hands the pieces of the database on as one stream.
func (in *reader) database(dir string, restore func(context.Context, io.Reader, string) error) error {
	if err := in.advance(); err != nil {
		return err
	}
	if path.Dir(in.next.Name) != databaseDir {
		return damaged("it does not begin with the database", nil)
	}
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := restore(in.ctx, pr, dir)
		pr.CloseWithError(errors.Join(errRestoreEnded, err))
		done <- err
	}()
	err := func() error {
		for path.Dir(in.next.Name) == databaseDir {
			if err := in.read(pw); err != nil {
				return err
			}
			if err := in.advance(); err != nil {
				return err
			}
		}
		return nil
	}()
	pw.CloseWithError(err) // nil: the end of the stream
	if derr := <-done; derr != nil && (err == nil || errors.Is(err, errRestoreEnded)) {
		return derr
	}
	return err
}

var errRestoreEnded = errors.New("the database was not read to its end")

// files writes the media, up to the manifest.
func (in *reader) files(dir string) error {
	root, err := os.OpenRoot(dir) // no name in the archive leads out of it
	if err != nil {
		return unusable(dir, err)
	}
	defer root.Close()
	for in.next.Name != manifestName {
		name, ok := strings.CutPrefix(in.next.Name, mediaDir+"/")
		if !ok || !fs.ValidPath(name) || in.next.Typeflag != tar.TypeReg {
			return damaged(fmt.Sprintf("it holds %q", in.next.Name), nil)
		}
		if err := in.file(root, in.next.Name); err != nil {
			return err
		}
		if err := in.advance(); err != nil {
			return err
		}
	}
	in.last, err = io.ReadAll(io.LimitReader(in.tar, maxManifest))
	if err != nil {
		return damaged("its manifest cannot be read", err)
	}
	if _, err := in.tar.Next(); err != io.EOF {
		return damaged("it goes on after its manifest", err)
	}
	return nil
}

func (in *reader) file(root *os.Root, name string) error {
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return unusable(root.Name(), err)
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return damaged(fmt.Sprintf("%q cannot be written", name), err)
	}
	err = in.read(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// compare holds what was read against the manifest.
func (in *reader) compare() error {
	var m manifest
	if err := json.Unmarshal(in.last, &m); err != nil {
		return damaged("its manifest is no JSON", err)
	}
	if m.Format != 1 {
		return damaged(fmt.Sprintf("it is of format %d, which a later version has made", m.Format), nil)
	}
	if len(m.Entries) != len(in.seen) {
		return damaged(fmt.Sprintf("it has %d entries, its manifest %d", len(in.seen), len(m.Entries)), nil)
	}
	for _, e := range m.Entries {
		if in.seen[e.Name] != e {
			return damaged(e.Name+" is not what its manifest says", nil)
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
