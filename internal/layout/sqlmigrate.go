package layout

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// sqlMigrate is https://github.com/rubenv/sql-migrate. Both directions are in one
// file, each in a transaction of its own, and the tool cuts statements line by line.
func sqlMigrate() Layout {
	return Layout{
		Name:    "sql-migrate",
		Marker:  markerSQLMigrate,
		Content: func(line string) bool { return strings.HasPrefix(line, sqlMigratePrefix) },
		List:    listBy(parseSQLMigrate, compareSQLMigrate),
		Cut:     cutSQLMigrate,
		Tx:      change.TxFile,
		Send:    change.SendStatement,
		OptOut:  sqlMigrateOptOut,
		// As with goose, what stands on one line, or in one StatementBegin block, is
		// one query.
		OptOutSend: change.SendChunk,
	}
}

const (
	sqlMigratePrefix = "-- +migrate "
	sqlMigrateConfig = "dbconfig.yml"
	sqlMigrateNoTx   = "notransaction"
)

// markerSQLMigrate wants a configuration whose dir is this directory: the name of
// the file says nothing about the tool.
func markerSQLMigrate(d *Dir) string {
	for l := range lines(d.tree.hints(d.up(sqlMigrateConfig))) {
		key, value, _ := strings.Cut(strings.TrimSpace(l.text), ":")
		if dir := strings.Trim(strings.TrimSpace(value), `"'`); key == "dir" && path.Base(dir) == path.Base(d.Path) {
			return sqlMigrateConfig
		}
	}
	return ""
}

// parseSQLMigrate takes every file of the directory.
func parseSQLMigrate(rel string) (Entry, error) {
	if folder(rel) != "" || !strings.HasSuffix(rel, ".sql") {
		return Entry{}, errors.New("sql-migrate only loads .sql files of the directory itself")
	}
	return Entry{Version: rel}, nil
}

// compareSQLMigrate orders names by the numbers that they begin with, and as texts
// where one has none: https://github.com/rubenv/sql-migrate/blob/master/migrate.go
func compareSQLMigrate(a, b string) int {
	x, y := digits(a), digits(b)
	if x != "" && y != "" {
		if c := compareNumbers(x, y); c != 0 {
			return c
		}
	}
	return strings.Compare(a, b)
}

// sqlMigrateMark reads one of the tool's commands, and its options.
func sqlMigrateMark(text string) (command string, options []string, ok bool) {
	rest, ok := strings.CutPrefix(text, sqlMigratePrefix)
	if !ok {
		return "", nil, false
	}
	words := strings.Fields(rest)
	if len(words) == 0 {
		return "", nil, true
	}
	return words[0], words[1:], true
}

// sqlMigrateCutter follows the tool's own parser:
// https://github.com/rubenv/sql-migrate/blob/master/sqlparse/sqlparse.go
type sqlMigrateCutter struct{ partCutter }

func cutSQLMigrate(s *Source) ([]Part, error) {
	c := sqlMigrateCutter{partCutter{from: -1}}
	for l := range lines(s.Text) {
		if err := c.line(l); err != nil {
			return nil, err
		}
	}
	switch {
	case len(c.parts) == 0:
		return nil, errors.New(`sql-migrate refuses a file without "-- +migrate Up"`)
	case c.block:
		return nil, errors.New(`sql-migrate refuses a file with a "-- +migrate StatementBegin" that has no StatementEnd`)
	case c.from >= 0:
		return nil, errors.New(`sql-migrate refuses the file: no semicolon at the end of a line, and no "-- +migrate StatementEnd", ends its last statement`)
	}
	c.endPart(len(s.Text))
	return c.parts, nil
}

func (c *sqlMigrateCutter) line(l line) error {
	command, _, marked := sqlMigrateMark(l.text)
	blank := c.from < 0 && strings.TrimSpace(l.text) == ""
	switch {
	case marked:
		return c.mark(l, command)
	case len(c.parts) == 0, blank, strings.HasPrefix(l.text, "-- "):
		return nil // the tool passes over it
	}
	c.text(l)
	return nil
}

func (c *sqlMigrateCutter) mark(l line, command string) error {
	switch command {
	case "":
		return l.errorf("sql-migrate refuses %q, which says nothing", strings.TrimSpace(l.text))
	case "Up", "Down":
		if c.from >= 0 {
			return l.errorf(`sql-migrate refuses the file: no semicolon at the end of a line, and no "-- +migrate StatementEnd", ends the statement before this line`)
		}
		c.open(l, command == "Down")
	case "StatementBegin":
		c.block = len(c.parts) > 0
	case "StatementEnd":
		if c.block {
			c.endPiece(l.start)
		}
		c.block = false
	}
	return nil
}

// sqlMigrateOptOut looks at all marks of the part's direction: the option of one
// holds for all.
func sqlMigrateOptOut(s *Source, p Part) (bool, error) {
	for l := range lines(s.Text) {
		command, options, _ := sqlMigrateMark(l.text)
		if command == map[bool]string{false: "Up", true: "Down"}[p.Down] && slices.Contains(options, sqlMigrateNoTx) {
			return true, nil
		}
	}
	return false, nil
}
