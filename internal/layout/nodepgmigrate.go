package layout

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// nodePgMigrate is the SQL files of https://github.com/salsita/node-pg-migrate, for
// PostgreSQL alone: all pending ones are one transaction, and each part is sent whole.
func nodePgMigrate() Layout {
	return Layout{
		Name:    "node-pg-migrate",
		Content: func(line string) bool { return strings.EqualFold(strings.TrimSpace(line), "-- Up Migration") },
		Shape: func(d *Dir) string {
			if d.anyName(isNumbered) != "" && d.manifestNames("package.json", "node-pg-migrate") {
				return "node-pg-migrate in package.json"
			}
			return ""
		},
		List: listBy(parseNodePgMigrate, compareNodePgMigrate),
		Cut:  cutNodePgMigrate,
		Tx:   change.TxAllPending,
		Send: change.SendFile,
		Tune: func(l *Layout, d *Dir, _ string) string {
			if !d.manifestSays("package.json", "no-single-transaction") {
				return ""
			}
			l.Tx = change.TxFile
			return ", with --no-single-transaction there"
		},
	}
}

func isNumbered(rel string) bool { return folder(rel) == "" && digits(rel) != "" }

// parseNodePgMigrate reads 1700000000000_name.sql, .up.sql and .down.sql:
// https://salsita.github.io/node-pg-migrate/migrations/
func parseNodePgMigrate(rel string) (Entry, error) {
	if !isNumbered(rel) || !strings.HasSuffix(rel, ".sql") {
		return Entry{}, errors.New("node-pg-migrate only loads files whose names begin with a number")
	}
	version, down := plainVersion(rel)
	return Entry{Version: version, Down: down}, nil
}

// compareNodePgMigrate orders names by their numbers; one of 17 digits is a time,
// which others give in milliseconds.
func compareNodePgMigrate(a, b string) int {
	return cmp.Or(compareNumbers(milliseconds(digits(a)), milliseconds(digits(b))), compareNatural(a, b))
}

func milliseconds(number string) string {
	const shape = "20060102150405"
	if len(number) != len(shape)+len("000") {
		return number
	}
	at, err := time.Parse(shape+".000", number[:len(shape)]+"."+number[len(shape):])
	if err != nil {
		return number
	}
	return strconv.FormatInt(at.UnixMilli(), 10)
}

// cutNodePgMigrate cuts at the first mark of each direction. Without a mark for the
// way forth all of the file is it, also what stands behind the other mark.
// https://github.com/salsita/node-pg-migrate/blob/main/src/sqlMigration.ts
func cutNodePgMigrate(s *Source) ([]Part, error) {
	if s.Down || strings.HasSuffix(s.Rel, ".up.sql") {
		return []Part{{Down: s.Down, Section: change.Span{End: len(s.Text)}}}, nil
	}
	up, down := -1, -1
	for l := range lines(s.Text) {
		if up < 0 && isNodePgMigrateMark(l.text, "up") {
			up = l.start
		}
		if down < 0 && isNodePgMigrateMark(l.text, "down") {
			down = l.start
		}
	}
	forth := change.Span{Start: max(up, 0), End: len(s.Text)}
	if up >= 0 && down > up {
		forth.End = down
	}
	parts := []Part{{Section: forth}}
	if down >= 0 {
		back := change.Span{Start: down, End: len(s.Text)}
		if up > down {
			back.End = up
		}
		parts = append(parts, Part{Down: true, Section: back})
	}
	return parts, nil
}

// isNodePgMigrateMark knows "-- Up Migration", however many dashes and blanks it has.
func isNodePgMigrateMark(line, way string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(line)), "--")
	rest, word := strings.CutPrefix(strings.TrimLeft(rest, " \t-"), way)
	return ok && word && strings.TrimLeft(rest, " \t") != rest && strings.HasPrefix(strings.TrimLeft(rest, " \t"), "migration")
}
