package layout

import (
	"bytes"
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// sqlx is https://github.com/launchbadge/sqlx (Rust). A file is sent in one
// piece, in a transaction unless its very first bytes renounce it.
func sqlx() Layout {
	return Layout{
		Name:  "sqlx",
		Shape: shapeSqlx,
		List:  listBy(parseSqlx, compareNumbers),
		Tx:    change.TxFile,
		Send:  change.SendFile,
		OptOut: func(s *Source, _ Part) (bool, error) {
			return bytes.HasPrefix(s.Text, []byte("-- no-transaction")), nil
		},
		OptOutSend: change.SendFile,
		Again:      againSqlx(),
	}
}

// parseSqlx reads 001_name.sql, .up.sql and .down.sql:
// https://docs.rs/sqlx/latest/sqlx/migrate/trait.MigrationSource.html
func parseSqlx(rel string) (Entry, error) {
	version, _, ok := strings.Cut(rel, "_")
	if folder(rel) != "" || !ok || version == "" || digits(version) != version ||
		!fitsBits(version, 63) || !strings.HasSuffix(rel, ".sql") {
		return Entry{}, errors.New("sqlx only loads <number>_<name>.sql, .up.sql and .down.sql")
	}
	return Entry{Version: version, Down: strings.HasSuffix(rel, ".down.sql")}, nil
}

func shapeSqlx(d *Dir) string {
	first := d.anyName(func(rel string) bool {
		_, err := parseSqlx(rel)
		return err == nil
	})
	if first == "" {
		return ""
	}
	if marker := d.upName("sqlx.toml", ".sqlx"); marker != "" {
		return marker
	}
	if d.manifestNames("Cargo.toml", "sqlx") {
		return "sqlx in Cargo.toml, " + first
	}
	return ""
}
