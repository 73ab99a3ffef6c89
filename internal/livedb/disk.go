package livedb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Used is how many bytes on disk the database takes: the whole folder of a
// throw-away server, the tables of one that is not ours.
func (d *DB) Used(ctx context.Context) (int64, error) {
	if d.process != nil {
		return sizeOf(d.process.folder.path)
	}
	query := "SELECT pg_database_size(current_database())"
	if d.Dialect != "postgres" {
		query = "SELECT sum(data_length + index_length + data_free) FROM information_schema.tables WHERE table_schema = database()"
	}
	var bytes sql.NullInt64
	if err := d.QueryRowContext(ctx, query).Scan(&bytes); err != nil {
		return 0, fmt.Errorf("the size of the database: %w", err)
	}
	return bytes.Int64, nil
}

// UsedByOwn is how many bytes databases take that Own or OwnCopy made on this server:
// the whole folder of a throw-away one. Nobody connects to them for it.
func (d *DB) UsedByOwn(ctx context.Context, own ...*DB) (total int64, err error) {
	if d.process != nil {
		return sizeOf(d.process.folder.path)
	}
	query := "SELECT sum(pg_database_size(datname)) FROM pg_database WHERE datname = '%s'"
	if d.Dialect != "postgres" {
		query = "SELECT sum(data_length + index_length + data_free) FROM information_schema.tables WHERE table_schema = '%s'"
	}
	for _, o := range own {
		var bytes sql.NullInt64 // none: it is gone by now
		if err := d.QueryRowContext(ctx, fmt.Sprintf(query, o.ownName)).Scan(&bytes); err != nil {
			return 0, fmt.Errorf("the size of a database of our own: %w", err)
		}
		total += bytes.Int64
	}
	return total, nil
}

// sizeOf adds up the files below a folder, without the server's program. Files come and go meanwhile.
func sizeOf(folder string) (total int64, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if path == filepath.Join(folder, stagedName) {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		total += info.Size()
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("the size of the server's folder: %w", err)
	}
	return total, nil
}
