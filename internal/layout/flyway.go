package layout

import (
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// flyway is https://flywaydb.org. It cuts statements itself, and runs a file in
// one transaction unless its .conf, or what the file consists of, says otherwise.
func flyway() Layout {
	return Layout{
		Name: "flyway",
		Marker: func(d *Dir) string {
			if d.anyName(isFlywayVersion) == "" {
				return ""
			}
			return d.upName("flyway.toml", "flyway.conf")
		},
		Shape:      func(d *Dir) string { return d.anyName(isFlywayVersion) },
		List:       listFlyway,
		Tx:         change.TxFile,
		Send:       change.SendStatement,
		OptOut:     flywayOptOut,
		OptOutSend: change.SendStatement,
		Again:      againFlyway(),
		Mask:       maskDollarBraces,
	}
}

// parseFlyway reads V1.2__name.sql, R__name.sql and U1.2__name.sql:
// https://documentation.red-gate.com/fd/migrations-271585107.html
func parseFlyway(rel string) (Entry, error) {
	name, sql := strings.CutSuffix(base(rel), ".sql")
	version, _, ok := strings.Cut(name, "__")
	if !sql || !ok || version == "" {
		return Entry{}, errNotFlyway()
	}
	number := version[1:]
	switch version[0] {
	case 'R':
		if number == "" {
			return Entry{Late: true}, nil
		}
	case 'V', 'U':
		if isDotted(number) {
			return Entry{Version: number, Down: version[0] == 'U'}, nil
		}
	case 'B':
		if isDotted(number) {
			return Entry{}, errors.New("a Flyway baseline only runs on an empty database")
		}
	}
	return Entry{}, errNotFlyway()
}

func errNotFlyway() error {
	return errors.New("Flyway only loads V<version>__<name>.sql and R__<name>.sql as migrations")
}

// isDotted accepts numbers with . or _ between them.
func isDotted(version string) bool {
	return digits(version) != "" && strings.Trim(version, "0123456789._") == ""
}

// isFlywayVersion is the shape that gives Flyway away.
func isFlywayVersion(rel string) bool {
	e, err := parseFlyway(rel)
	return err == nil && strings.HasPrefix(base(rel), "V") && !e.Late
}
