package layout

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// hasura is https://hasura.io: a folder per migration, each file in one
// transaction that no file can renounce.
func hasura() Layout {
	return Layout{
		Name:   "hasura",
		Marker: markerHasura,
		Shape:  shapeHasura,
		List:   listBy(parseHasura, compareNumbers),
		Tx:     change.TxFile,
		Send:   change.SendFile,
	}
}

// markerHasura wants metadata/ beside config.yaml, which is too common a name by itself.
func markerHasura(d *Dir) string {
	if d.anyName(isUpSQL) == "" {
		return ""
	}
	config := d.up("config.yaml")
	if config == "" || !d.tree.has(filepath.Join(filepath.Dir(config), "metadata")) {
		return ""
	}
	return "config.yaml and metadata/"
}

// shapeHasura recognises a time in milliseconds, which is 13 digits.
func shapeHasura(d *Dir) string {
	return d.anyName(func(rel string) bool {
		version := digits(rel)
		return isUpSQL(rel) && len(version) == 13 && strings.HasPrefix(rel[13:], "_")
	})
}

// parseHasura reads 1640000000000_name/up.sql and down.sql:
// https://hasura.io/docs/2.0/migrations-metadata-seeds/manage-migrations/
func parseHasura(rel string) (Entry, error) {
	name, version := base(rel), digits(rel)
	if folder(rel) == "" || version == "" || (name != "up.sql" && name != "down.sql") {
		return Entry{}, errors.New("Hasura only loads <number>_<name>/up.sql and down.sql")
	}
	return Entry{Version: version, Down: name == "down.sql"}, nil
}
