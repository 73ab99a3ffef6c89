package prove

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// A table is filled until an index of it takes long enough to build for a write
// that has to wait for it to be told from one that does not.
const (
	buildTakes = 600 * time.Millisecond
	crowdLimit = 400_000
)

// crowd copies a table's rows, each time all, until it is big; columns that are
// unique, or will be, get other values. It says what keeps it from that.
func crowd(ctx context.Context, s *sql.Conn, r relation, unique []string) (why string, err error) {
	if err := exec(ctx, s, "SET SESSION foreign_key_checks = 0, unique_checks = 0"); err != nil {
		return "", err
	}
	name := backquote(r.name.Name)
	for round := 1; ; round++ {
		found, err := table(ctx, s, "SELECT count(*) >= "+fmt.Sprint(crowdLimit)+", count(*) = 0 FROM "+name)
		if err != nil {
			return "", err
		}
		if text(found[0][1]) == "1" {
			return "it has no rows", nil
		}
		took, err := buildOne(ctx, s, r)
		if err != nil || took >= buildTakes || text(found[0][0]) == "1" {
			return "", err
		}
		copying, err := doubling(ctx, s, r, unique, round)
		if err != nil {
			return "", err
		}
		if err := exec(ctx, s, copying); livedb.ErrorCode(err) != "" {
			return oneLine(err.Error()), nil // a CHECK, a type that is too small
		} else if err != nil {
			return "", err
		}
	}
}

// buildOne builds an index and drops it, and says how long the first took.
func buildOne(ctx context.Context, s *sql.Conn, r relation) (time.Duration, error) {
	name := backquote(r.name.Name)
	column := slices.Concat(r.key, r.columns)[0]
	began := time.Now()
	if err := exec(ctx, s, "ALTER TABLE "+name+" ADD INDEX safemig_probe ("+backquote(column)+"), ALGORITHM=INPLACE"); err != nil {
		return 0, err
	}
	return time.Since(began), exec(ctx, s, "ALTER TABLE "+name+" DROP INDEX safemig_probe, ALGORITHM=INPLACE")
}

// doubling copies every row, with other values in the columns that are unique.
func doubling(ctx context.Context, s *sql.Conn, r relation, unique []string, round int) (string, error) {
	name := backquote(r.name.Name)
	found, err := table(ctx, s, `
		SELECT c.COLUMN_NAME, c.DATA_TYPE, EXISTS (SELECT 1 FROM information_schema.STATISTICS i WHERE i.TABLE_SCHEMA = c.TABLE_SCHEMA
			AND i.TABLE_NAME = c.TABLE_NAME AND i.COLUMN_NAME = c.COLUMN_NAME AND i.NON_UNIQUE = 0)
		FROM information_schema.COLUMNS c
		WHERE c.TABLE_SCHEMA = database() AND c.EXTRA NOT LIKE '%VIRTUAL%' AND c.EXTRA NOT LIKE '%STORED%' AND c.EXTRA NOT LIKE '%PERSISTENT%' AND c.TABLE_NAME = `+constant(r.name.Name))
	if err != nil {
		return "", err
	}
	var columns, values []string
	for _, row := range found {
		c := backquote(text(row[0]))
		columns = append(columns, c)
		switch {
		case text(row[2]) != "1" && !slices.Contains(unique, text(row[0])):
			values = append(values, c)
		case strings.Contains(text(row[1]), "int") || text(row[1]) == "decimal":
			values = append(values, fmt.Sprintf("%s + (SELECT max(%s) - min(%s) + 1 FROM %s m)", c, c, c, name))
		case holdsText(text(row[1])):
			values = append(values, fmt.Sprintf("concat(%s, '~%d')", c, round))
		default: // a date in a key of several columns
			values = append(values, c)
		}
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", name, strings.Join(columns, ", "), strings.Join(values, ", "), name), nil
}

func holdsText(dataType string) bool {
	return slices.ContainsFunc([]string{"char", "text", "binary", "blob"}, func(kind string) bool { return strings.HasSuffix(dataType, kind) })
}
