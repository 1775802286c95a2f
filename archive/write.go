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
	"time"
)

// The names in the archive.
const (
	databaseDir  = "database"
	mediaDir     = "media"
	manifestName = "manifest.json"
)

// piece is how much of the database is one entry, in octets.
const piece = 4 << 20

// manifest is what the archive says of itself, at its end.
type manifest struct {
	Format  int         `json:"format"` // 1
	MadeAt  time.Time   `json:"made_at"`
	Entries []entryInfo `json:"entries"`
}

type entryInfo struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Source is what is backed up.
type Source struct {
	// Database writes a consistent copy of the database.
	Database func(ctx context.Context, w io.Writer) error
	// Media is the folder of files; one that does not exist is an empty one.
	Media string
	Now   func() time.Time
}

// Write writes everything. When it fails, what has been written is no archive.
func Write(ctx context.Context, w io.Writer, s Source) error {
	a := &writer{tar: tar.NewWriter(w), manifest: manifest{Format: 1, MadeAt: s.Now().UTC()}}
	pieces := &pieces{a: a}
	if err := s.Database(ctx, pieces); err != nil {
		return err
	}
	if err := pieces.flush(); err != nil {
		return err
	}
	if err := a.files(ctx, s.Media); err != nil {
		return fmt.Errorf("backing up the media: %w", err)
	}
	doc, err := json.Marshal(a.manifest)
	if err != nil {
		return err
	}
	if err := a.entry(manifestName, doc); err != nil {
		return err
	}
	return a.tar.Close()
}

type writer struct {
	tar      *tar.Writer
	manifest manifest
}

func (a *writer) header(name string, size int64) error {
	return a.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: a.manifest.MadeAt, Format: tar.FormatPAX,
	})
}

func (a *writer) entry(name string, body []byte) error {
	if err := a.header(name, int64(len(body))); err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	a.manifest.Entries = append(a.manifest.Entries, entryInfo{name, int64(len(body)), hex.EncodeToString(sum[:])})
	_, err := a.tar.Write(body)
	return err
}

// files writes everything below a folder.
func (a *writer) files(ctx context.Context, dir string) error {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist): // has expired since the folder was read
			return nil
		case err != nil:
			return err
		case !d.Type().IsRegular():
			return nil
		}
		return a.file(root, name)
	})
}

func (a *writer) file(root *os.Root, name string) error {
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	to := path.Join(mediaDir, name)
	if err := a.header(to, info.Size()); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(a.tar, h), f, info.Size()); err != nil {
		return err
	}
	a.manifest.Entries = append(a.manifest.Entries, entryInfo{to, info.Size(), hex.EncodeToString(h.Sum(nil))})
	return nil
}

// pieces cuts what is written to it into entries.
type pieces struct {
	a   *writer
	buf []byte
	n   int
}

func (p *pieces) Write(b []byte) (int, error) {
	written := len(b)
	for len(b) > 0 {
		if p.buf == nil {
			p.buf = make([]byte, 0, piece)
		}
		n := min(len(b), piece-len(p.buf))
		p.buf = append(p.buf, b[:n]...)
		b = b[n:]
		if len(p.buf) == piece {
			if err := p.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

func (p *pieces) flush() error {
	if len(p.buf) == 0 {
		return nil
	}
	p.n++
	err := p.a.entry(fmt.Sprintf("%s/%06d", databaseDir, p.n), p.buf)
	p.buf = p.buf[:0]
	return err
}
