package layout

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// scribeNodePgMigrate: all files that have not run yet are one transaction. Both
// directions are in one file, or in a pair where the project has such.
func scribeNodePgMigrate(rel string, tx change.TxScope) scribe {
	s := scribe{
		version: digitsAt, sep: "_", way: inPairs, mark: isNodePgMigrateLine,
		cannot: func(r *Rewrite) string {
			if tx == change.TxFile {
				return mustBeInTx(r, "node-pg-migrate runs every SQL file in one: "+jsCan)
			}
			return cannotInOne(r, true, "node-pg-migrate runs all pending files in one transaction, which an SQL file cannot renounce: "+jsCan+"; --no-single-transaction, in package.json, gives each file one of its own")
		},
		sheets: func(t *task) []sheet { return t.pair(t.piece.head(false)+t.piece.forth(), t.back(false)) },
	}
	if !strings.HasSuffix(rel, ".up.sql") {
		s.way, s.sheets = inOneFile, nodePgMigrateSheets
	}
	return s
}

const jsCan = "a migration in JavaScript can run outside of any, with pgm.noTransaction() before its pgm.sql()"

func isNodePgMigrateLine(line string) bool {
	return isNodePgMigrateMark(line, "up") || isNodePgMigrateMark(line, "down")
}

func nodePgMigrateSheets(t *task) []sheet {
	before := ""
	if t.own != nil {
		before, _ = t.own.sections(isNodePgMigrateLine)
	}
	return []sheet{{t.rel, before + "-- Up Migration\n" + t.piece.head(false) + t.piece.forth() + "\n-- Down Migration\n" + t.back(false)}}
}

// scribeRefinery: forward only, and each file is one transaction.
func scribeRefinery() scribe {
	return scribe{
		version: flywayVersionAt, sep: "__",
		cannot: func(r *Rewrite) string {
			return mustBeInTx(r, "refinery runs every file in one, which no file can renounce: run it by hand before, and keep the plain statement in the migration, with IF NOT EXISTS or IF EXISTS, which then finds it done")
		},
		sheets: func(t *task) []sheet {
			return []sheet{{t.rel, t.piece.head(false) + t.piece.forth() + t.piece.remembered()}}
		},
	}
}

// cannotInOne is why a tool that runs all that is pending in one transaction cannot run
// a plan, or "". apart says that what waits comes in by itself.
func cannotInOne(r *Rewrite, apart bool, why string) string {
	if reason := mustBeInTx(r, why); reason != "" {
		return reason
	}
	if len(atOnce(r.Pieces)) > 1 || !apart && len(r.Pieces) > 1 {
		return "its steps need transactions of their own, and " + why
	}
	return ""
}
