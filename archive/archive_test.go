package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// source is a database of the given octets and two files.
func source(t *testing.T, database []byte) Source {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string]string{"ab/abcd.jpg": "picture", "cd/cdef.txt": "text"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Source{
		Media: dir,
		Now:   func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) },
		Database: func(_ context.Context, w io.Writer) error {
			_, err := io.Copy(w, struct{ io.Reader }{bytes.NewReader(database)})
			return err
		},
	}
}

// target keeps the database as a file named db.
func target(dir string) Target {
	return Target{Dir: dir, Database: func(_ context.Context, r io.Reader, dir string) error {
		b, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "db"), b, 0o600)
	}}
}

func pack(t *testing.T, s Source) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(t.Context(), &b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestThereAndBack(t *testing.T) {
	database := bytes.Repeat([]byte("0123456789abcdef"), piece/8) // two pieces to the octet
	database = append(database, "and a rest"...)
	packed := pack(t, source(t, database))
	for _, c := range []struct {
		name string
		dir  func(t *testing.T) string
	}{
		{"into a missing folder", func(t *testing.T) string { return filepath.Join(t.TempDir(), "data") }},
		{"into a folder written with a slash behind it", func(t *testing.T) string { return filepath.Join(t.TempDir(), "data") + "/" }},
		{"into an empty folder", func(t *testing.T) string { return t.TempDir() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := c.dir(t)
			if err := Restore(t.Context(), bytes.NewReader(packed), target(dir)); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"db": string(database), "media/ab/abcd.jpg": "picture", "media/cd/cdef.txt": "text"} {
				if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
					t.Errorf("%s is wrong (%d octets): %v", name, len(got), err)
				}
			}
			if err := Restore(t.Context(), bytes.NewReader(packed), target(dir)); wirechief.KindOf(err) != wirechief.Conflict {
				t.Errorf("a folder with data is restored to: %v", err)
			}
		})
	}
}

func TestDamageRestoresNothing(t *testing.T) {
	packed := pack(t, source(t, []byte("the database")))
	try := func(t *testing.T, b []byte) {
		t.Helper()
		parent := t.TempDir()
		err := Restore(t.Context(), bytes.NewReader(b), target(filepath.Join(parent, "data")))
		if wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("the error is %v", err)
		}
		if left, _ := os.ReadDir(parent); len(left) != 0 {
			t.Errorf("something is left: %v", left)
		}
	}
	t.Run("empty", func(t *testing.T) { try(t, nil) })
	t.Run("cut off", func(t *testing.T) {
		for n := 0; n < len(packed)-1536; n += 100 { // after that only padding and the end mark may be missing
			try(t, packed[:n])
		}
	})
	t.Run("an octet of the database changed", func(t *testing.T) {
		b := bytes.Replace(packed, []byte("the database"), []byte("the databasE"), 1)
		try(t, b)
	})
	t.Run("an octet of a picture changed", func(t *testing.T) {
		try(t, bytes.Replace(packed, []byte("picture"), []byte("pictuRe"), 1))
	})
	t.Run("a path that leads out", func(t *testing.T) {
		try(t, bytes.ReplaceAll(packed, []byte("media/ab/abcd.jpg"), []byte("media/../abcd.jpg")))
	})
}

func TestADatabaseThatFails(t *testing.T) {
	broken := errors.New("the disk")
	s := source(t, nil)
	s.Database = func(context.Context, io.Writer) error { return broken }
	if err := Write(t.Context(), io.Discard, s); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	to := target(filepath.Join(t.TempDir(), "data"))
	to.Database = func(context.Context, io.Reader, string) error { return broken }
	if err := Restore(t.Context(), bytes.NewReader(pack(t, source(t, bytes.Repeat([]byte("x"), 3*piece)))), to); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestAMissingMediaFolderIsAnEmptyOne(t *testing.T) {
	s := source(t, []byte("db"))
	s.Media = filepath.Join(s.Media, "missing")
	dir := filepath.Join(t.TempDir(), "data")
	if err := Restore(t.Context(), bytes.NewReader(pack(t, s)), target(dir)); err != nil {
		t.Fatal(err)
	}
}
