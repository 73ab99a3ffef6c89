package layout

import (
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// golangMigrate is https://github.com/golang-migrate/migrate. It opens no
// transaction, and sends a file in one piece.
func golangMigrate() Layout {
	return Layout{
		Name:  "golang-migrate",
		Shape: shapeGolangMigrate,
		List:  listBy(parseGolangMigrate, compareNumbers),
		Tx:    change.TxNone,
		Send:  change.SendFile,
		Again: againGolangMigrate(),
		// The tool itself has no placeholders, but others that share its file
		// names (gobuffalo/pop) run files through Go templates.
		Mask: maskAll,
	}
}

// parseGolangMigrate reads 001_name.up.sql:
// https://github.com/golang-migrate/migrate/blob/master/source/parse.go
func parseGolangMigrate(rel string) (Entry, error) {
	version := digits(rel)
	rest, down := strings.CutSuffix(rel, ".down.sql")
	rest, up := strings.CutSuffix(rest, ".up.sql")
	switch {
	case folder(rel) != "" || !up && !down:
		return Entry{}, errors.New("golang-migrate only loads <number>_<name>.up.sql and .down.sql")
	case version == "" || !strings.HasPrefix(rest[len(version):], "_"):
		return Entry{}, errors.New("golang-migrate wants a number and _ at the start of the name")
	case !fitsBits(version, 64):
		return Entry{}, errors.New("the version does not fit the 64 bits of golang-migrate")
	}
	return Entry{Version: version, Down: down}, nil
}

// shapeGolangMigrate leaves out directories that say the dialect in the name
// (x.mysql.up.sql): golang-migrate would find the same version twice.
func shapeGolangMigrate(d *Dir) string {
	if d.anyName(namesDialect) != "" {
		return ""
	}
	return d.anyName(func(rel string) bool {
		e, err := parseGolangMigrate(rel)
		return err == nil && !e.Down
	})
}

func namesDialect(rel string) bool { return dialectOf(nameDialect(rel)) != "" }
