package layout

import (
	"path/filepath"
	"slices"
	"strings"
)

// flywayOptOut says whether Flyway runs a script without a transaction: its own
// .conf decides, then the project's configuration, then what it consists of.
// https://documentation.red-gate.com/fd/script-configuration-277578982.html
func flywayOptOut(s *Source, p Part) (bool, error) {
	conf, found, err := s.beside(base(s.Rel) + ".conf")
	if err != nil {
		return false, err
	}
	if found {
		if value := property(conf, "executeInTransaction"); value != "" {
			return !isTrue(value), nil
		}
	}
	return s.OptedOut || isOutsideOnly(s.Text[p.Section.Start:p.Section.End]), nil
}

func isTrue(value string) bool { return strings.EqualFold(value, "true") }

// property reads one key of a Java properties file.
func property(text []byte, key string) string {
	for l := range lines(text) {
		name, value, ok := strings.Cut(l.text, "=")
		if ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// listFlyway also reads executeInTransaction of flyway.conf or flyway.toml.
func listFlyway(d *Dir) Listing {
	found := listBy(parseFlyway, compareDotted)(d)
	config := d.up("flyway.toml", "flyway.conf")
	if config == "" {
		return found
	}
	var err error
	found.OptedOut, err = d.flywayRenounces(config)
	if err != nil {
		found.Problems = append(found.Problems, Problem{Path: d.tree.shown(config, filepath.IsAbs(d.Path)), Err: err})
	}
	return found
}

func (d *Dir) flywayRenounces(config string) (bool, error) {
	text, err := d.tree.read(config, hintBytes)
	if err != nil {
		return false, err
	}
	if filepath.Ext(config) == ".conf" {
		value := property(text, "flyway.executeInTransaction")
		return value != "" && !isTrue(value), nil
	}
	inTx, found, err := tomlBool(text, "flyway", "executeInTransaction")
	return found && !inTx, err
}

// isOutsideOnly says whether a script consists of nothing but statements that
// Flyway itself knows to be impossible in a transaction on PostgreSQL. A script
// that mixes both kinds is an error for Flyway, and stays in the transaction here.
func isOutsideOnly(text []byte) bool {
	some := false
	for words := range statementWords(text, 4) {
		if !isOutsideTx(words) {
			return false
		}
		some = true
	}
	return some
}

// isOutsideTx is Flyway's own list, which lacks REINDEX INDEX CONCURRENTLY and
// DETACH PARTITION CONCURRENTLY:
// https://github.com/flyway/flyway/blob/main/flyway-database/flyway-database-postgresql/src/main/java/org/flywaydb/database/postgresql/PostgreSQLParser.java
func isOutsideTx(words []string) bool {
	starts := func(prefix ...string) bool {
		return len(words) >= len(prefix) && slices.Equal(words[:len(prefix)], prefix)
	}
	second := func(among ...string) bool { return len(words) > 1 && slices.Contains(among, words[1]) }
	switch {
	case starts("CREATE"), starts("DROP"):
		return second("DATABASE", "TABLESPACE", "SUBSCRIPTION") ||
			starts(words[0], "INDEX", "CONCURRENTLY") || starts(words[0], "UNIQUE", "INDEX", "CONCURRENTLY")
	case starts("REINDEX", "VERBOSE"):
		return len(words) > 2 && slices.Contains([]string{"SCHEMA", "DATABASE", "SYSTEM"}, words[2])
	case starts("REINDEX"):
		return second("SCHEMA", "DATABASE", "SYSTEM")
	}
	return starts("ALTER", "SYSTEM") || starts("VACUUM") || starts("DISCARD", "ALL")
}
