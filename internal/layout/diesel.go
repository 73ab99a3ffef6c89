package layout

import (
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// diesel is https://diesel.rs: a folder per migration, sent in one piece.
func diesel() Layout {
	return Layout{
		Name: "diesel",
		Marker: func(d *Dir) string {
			if d.anyName(isUpSQL) == "" {
				return ""
			}
			return d.upName("diesel.toml")
		},
		Shape:      shapeDiesel,
		List:       listBy(parseDiesel, strings.Compare),
		Tx:         change.TxFile,
		Send:       change.SendFile,
		OptOut:     dieselOptOut,
		OptOutSend: change.SendFile,
	}
}

// isUpSQL says whether a name is that of a migration folder's up.sql.
func isUpSQL(rel string) bool { return folder(rel) != "" && base(rel) == "up.sql" }

// parseDiesel reads 2024-01-31-120000_name/up.sql and down.sql:
// https://docs.rs/diesel_migrations/latest/diesel_migrations/
func parseDiesel(rel string) (Entry, error) {
	name := base(rel)
	if folder(rel) == "" || (name != "up.sql" && name != "down.sql") {
		return Entry{}, errors.New("Diesel only loads <version>_<name>/up.sql and down.sql")
	}
	version, _, _ := strings.Cut(folder(rel), "_")
	return Entry{Version: strings.ReplaceAll(version, "-", ""), Down: name == "down.sql"}, nil
}

func shapeDiesel(d *Dir) string {
	first := d.anyName(isUpSQL)
	if first == "" {
		return ""
	}
	if d.manifestNames("Cargo.toml", "diesel") {
		return "diesel in Cargo.toml, " + first
	}
	return d.anyName(func(rel string) bool { return isUpSQL(rel) && isDieselDate(rel) })
}

// isDieselDate recognises 2024-01-31-120000_, which no other tool writes.
func isDieselDate(rel string) bool {
	const shape = "0000-00-00-000000_"
	if len(rel) < len(shape) {
		return false
	}
	for i := range len(shape) {
		digit := rel[i] >= '0' && rel[i] <= '9'
		if digit != (shape[i] == '0') || (!digit && rel[i] != shape[i]) {
			return false
		}
	}
	return true
}

// dieselOptOut reads metadata.toml. A file without the key means false, not
// the default that no file at all means.
func dieselOptOut(s *Source, _ Part) (bool, error) {
	text, found, err := s.beside("metadata.toml")
	if err != nil || !found {
		return false, err
	}
	inTx, _, err := tomlBool(text, "run_in_transaction")
	if err != nil {
		return false, fmt.Errorf("metadata.toml beside it: %w", err)
	}
	return !inTx, nil
}
