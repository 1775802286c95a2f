package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/wirechief/wirechief"
	_ "modernc.org/sqlite" // the driver "sqlite" of database/sql, which goose works with
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the database file up to date. It refuses one that a newer
// program has written: columns that this one does not know could get lost.
func migrate(ctx context.Context, path string) error {
	// file: makes the rest a URI, in which ? and % mean something.
	db, err := sql.Open("sqlite", "file:"+escapePath(path)+"?_pragma=busy_timeout(10000)&_pragma=cache_size(-2000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	has, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; has > newest {
		return wirechief.Errorf(wirechief.Conflict,
			"the data folder was written by a newer program (schema %d, this one knows up to %d); run that one, or restore a backup", has, newest)
	}
	_, err = p.Up(ctx)
	return err
}
