package layout

import (
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// refinery is https://github.com/rust-db/refinery: forward only, a file sent whole in a
// transaction that it cannot renounce.
func refinery() Layout {
	return Layout{
		Name: "refinery",
		Shape: func(d *Dir) string {
			if d.anyName(isFlywayVersion) != "" && d.manifestNames("Cargo.toml", "refinery") {
				return "refinery in Cargo.toml"
			}
			return ""
		},
		List: listBy(parseRefinery, compareNumbers),
		Tx:   change.TxFile,
		Send: change.SendFile,
	}
}

// parseRefinery reads V1__name.sql, and U1__name.sql, which unlike Flyway's goes forth:
// its number need not be behind all others.
// https://github.com/rust-db/refinery/blob/main/refinery_core/src/util.rs
func parseRefinery(rel string) (Entry, error) {
	name, sql := strings.CutSuffix(rel, ".sql")
	version, title, ok := strings.Cut(name, "__")
	if folder(rel) != "" || !sql || !ok || len(version) < 2 || !strings.ContainsAny(version[:1], "VU") || title == "" || strings.IndexFunc(title, isNoWord) >= 0 {
		return Entry{}, errors.New("refinery only loads V<number>__<name>.sql and U<number>__<name>.sql")
	}
	if number := version[1:]; digits(number) != number || !fitsBits(number, 63) {
		return Entry{}, errors.New("refinery wants a whole number as version, of 32 bits or with int8-versions 64")
	}
	return Entry{Version: version[1:]}, nil
}

func isNoWord(r rune) bool { return r < 128 && !isNameByte(byte(r)) }
