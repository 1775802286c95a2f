package app

import (
	"context"
	"io"
	"path/filepath"
	"time"

	"github.com/wirechief/wirechief/archive"
	"github.com/wirechief/wirechief/config"
	"github.com/wirechief/wirechief/store/sqlite"
)

// Kept is what an installation keeps, opened without anything that runs: for
// a backup while no server does.
type Kept struct {
	store *sqlite.Store
	media string
}

// Open opens what is kept. It fails with kind Conflict while a server has it.
func Open(ctx context.Context, cfg *config.Config) (*Kept, error) {
	store, err := sqlite.Open(ctx, cfg.DataDir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	return &Kept{store, filepath.Join(cfg.DataDir, mediaFolder)}, nil
}

// Backup writes all of it as package archive has it.
func (k *Kept) Backup(ctx context.Context, w io.Writer) error {
	return pack(ctx, w, k.store, k.media, time.Now)
}

// Close lets go of it.
func (k *Kept) Close() error { return k.store.Close() }

func pack(ctx context.Context, w io.Writer, store *sqlite.Store, media string, now func() time.Time) error {
	return archive.Write(ctx, w, archive.Source{Database: store.Backup, Media: media, Now: now})
}

// backup is what the own API offers the operator.
func (a *App) backup(ctx context.Context, w io.Writer) error {
	return pack(ctx, w, a.store, filepath.Join(a.cfg.DataDir, mediaFolder), a.now)
}

// Restore puts a backup into the data folder of a configuration, which must be
// empty or missing.
func Restore(ctx context.Context, cfg *config.Config, r io.Reader) error {
	return archive.Restore(ctx, r, archive.Target{Dir: cfg.DataDir, Database: sqlite.Restore})
}
