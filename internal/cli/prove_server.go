package cli

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/report"
)

// wholeServer are statements whose effect is beyond their database: they would be run
// several times on one server, and stay there.
func wholeServer(kind string) bool {
	switch kind {
	case "create_role", "drop_role", "create_user", "drop_user", "create_database", "drop_database", "create_tablespace", "drop_tablespace", "alter_system":
		return true
	}
	return false
}

// onlyItsDatabase refuses statements that are about the whole server: in what is run in
// several databases of it, and on a server that is not ours everywhere.
func (d *proving) onlyItsDatabase() error {
	for _, f := range d.group.Files {
		once := !f.Judge && d.db.Dialect == "postgres" && d.db.IsOurs() // what comes before is copied with its database
		for _, stmt := range f.Script.Stmts {
			parts := []*change.Stmt{stmt}
			if !d.db.IsOurs() {
				parts = append(parts, stmt.Inner...)
			}
			for _, part := range parts {
				if once || !wholeServer(part.Kind) {
					continue
				}
				at := report.NewLocator(f.Script.Raw).At(stmt.Span.Start)
				return fmt.Errorf("%s:%d: %s is about the whole server, and prove makes several databases on one: prove the migration without it",
					f.Script.Path, at.Line, strings.ToUpper(strings.ReplaceAll(part.Kind, "_", " ")))
			}
		}
	}
	return nil
}
