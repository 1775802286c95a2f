package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// runningFile is in the data folder while somebody delivers from it: who finds
// it at the start knows that the last run ended in the middle of something.
const runningFile = "running"

// wasBroken says whether the last run ended without having been stopped.
func wasBroken(dataDir string) bool {
	_, err := os.Stat(filepath.Join(dataDir, runningFile))
	return err == nil
}

// running keeps on disk that this run is under way, before anything is.
func (a *App) running() error {
	name := filepath.Join(a.cfg.DataDir, runningFile)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(f.Sync(), f.Close())
	if dir, openErr := os.Open(a.cfg.DataDir); openErr == nil {
		dir.Sync() // a system on which folders cannot be synced keeps the name by itself
		dir.Close()
	}
	a.ran = err == nil
	return err
}

// rested takes the mark away when everything that was under way is on disk.
func (a *App) rested(ctx context.Context, stopped error) {
	if !a.ran || stopped != nil {
		return
	}
	if err := os.Remove(filepath.Join(a.cfg.DataDir, runningFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		a.log.WarnContext(ctx, "the mark of this run cannot be removed: the next one will take it for broken", "error", err)
	}
}
