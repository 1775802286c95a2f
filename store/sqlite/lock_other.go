//go:build !unix

package sqlite

import (
	"os"
	"path/filepath"
)

const lockName = "lock"

// lockFolder opens the lock file. Where there is no flock, SQLite's own locks
// must do: they keep the data whole, but let a second process in.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unavailableFolder(dir, err)
	}
	return f, nil
}
