//go:build unix

package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/wirechief/wirechief"
)

// lockName is the file whose lock says that the folder is in use. The kernel
// lets go of the lock when the process ends, however it does.
const lockName = "lock"

// lockFolder takes the folder for this process alone.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unavailableFolder(dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, wirechief.Errorf(wirechief.Conflict, "the data folder %s is in use by another process; stop it first, or give another folder", dir)
		}
		return nil, unavailableFolder(dir, err)
	}
	return f, nil
}
