package fresh

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wirechief/wirechief/store/sqlite"
)

// file is the database in a data folder.
const file = "wirechief.db"

var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "wirechief-fresh-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := sqlite.Open(context.Background(), dir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, file))
})

// Dir puts an empty store into a folder that has none yet, and gives the folder.
func Dir(t testing.TB, dir string) string {
	t.Helper()
	path := filepath.Join(dir, file)
	if _, err := os.Stat(path); err == nil {
		return dir
	}
	b, err := migrated()
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
