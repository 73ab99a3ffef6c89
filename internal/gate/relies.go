package gate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/postgres"
)

// held is a constraint of a table.
type held struct {
	table change.Name
	name  string
}

// validated are the constraints that steps before a step added without a look at the rows,
// and had checked since: what comes behind counts on them.
func validated(before []script) []held {
	var added, out []held
	drop := func(list []held, name string) []held {
		return slices.DeleteFunc(list, func(h held) bool { return h.name == name })
	}
	for _, s := range before {
		for _, op := range s.ops {
			switch o := op.(type) {
			case *change.AddConstraint:
				if o.Constraint.NotValid && o.Constraint.Name != "" {
					added = append(added, held{o.Table, o.Constraint.Name})
				}
			case *change.ValidateConstraint:
				if slices.ContainsFunc(added, func(h held) bool { return h.name == o.Name }) {
					out = append(drop(out, o.Name), held{o.Table, o.Name})
				}
			case *change.DropConstraint:
				added, out = drop(added, o.Name), drop(out, o.Name)
			case *change.RenameConstraint:
				added, out = drop(added, o.From), drop(out, o.From)
			case *change.DropTable:
				out = slices.DeleteFunc(out, func(h held) bool { return sameName(h.table, o.Table) })
			}
		}
	}
	return out
}

// isValid looks whether a constraint has been checked against all rows, and is enforced.
func (c *checker) isValid(ctx context.Context, h held) Result {
	if c.DB == nil {
		return found(Unknown, noServer)
	}
	enforced := "true"
	if !c.DB.Version.Less(fact.V(18)) {
		enforced = "conenforced"
	}
	var valid, holds bool
	err := c.within(ctx, c.DB, func(ctx context.Context, s *sql.Conn) error {
		return s.QueryRowContext(ctx, "SELECT convalidated, "+enforced+" FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2", postgres.Text{}.QuoteName(h.table), h.name).Scan(&valid, &holds)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return found(Closed, fmt.Sprintf("%s has no constraint %s yet: a step before this one has not run", h.table, h.name))
	case err != nil:
		return failed(ctx, err, c.Options.timeout())
	case !holds:
		return found(Closed, fmt.Sprintf("%s of %s is NOT ENFORCED: rows may break it", h.name, h.table))
	case !valid:
		return found(Closed, fmt.Sprintf("%s of %s is NOT VALID: ALTER TABLE %s VALIDATE CONSTRAINT %s", h.name, h.table, postgres.Text{}.QuoteName(h.table), postgres.Text{}.Quote(h.name)))
	}
	return found(Passed, fmt.Sprintf("%s of %s holds for every row", h.name, h.table))
}

// touched are the tables that a step works on.
func touched(s script) []change.Name {
	var out, made []change.Name
	for _, op := range s.ops {
		table := op.Head().Table
		if _, makes := op.(*change.CreateTable); makes {
			made = append(made, table)
		}
		switch op.(type) {
		case *change.Insert, *change.Update, *change.Delete, *change.Select, *change.SetOption, *change.TxControl:
			continue
		}
		same := func(n change.Name) bool { return sameName(n, table) }
		if !table.IsZero() && !slices.ContainsFunc(out, same) && !slices.ContainsFunc(made, same) {
			out = append(out, table)
		}
	}
	return out
}

// An index that is being built is in pg_stat_progress_create_index; one that is not, and
// is INVALID, was left by a build that failed, and is written to by every change of a row.
// https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
const invalidIndexes = `WITH RECURSIVE tree(id) AS (
  SELECT to_regclass($1)::oid UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = id)
SELECT i.relname, x.indexrelid::regclass::text, EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
 WHERE x.indrelid IN (SELECT id FROM tree) AND NOT (x.indisvalid AND x.indisready) ORDER BY 2`

// hasNoInvalid looks whether all indexes of a table can be used, but for those that the
// plan itself has yet to do with.
func (c *checker) hasNoInvalid(ctx context.Context, table change.Name, ahead []script) Result {
	if c.DB == nil {
		return found(Unknown, noServer)
	}
	var bad string
	err := c.within(ctx, c.DB, func(ctx context.Context, s *sql.Conn) error {
		return each(ctx, s, invalidIndexes, []any{postgres.Text{}.QuoteName(table)}, func(scan func(...any) error) error {
			var name, shown string
			var building bool
			if err := scan(&name, &shown, &building); err != nil {
				return err
			}
			switch {
			case bad != "" || slices.ContainsFunc(ahead, func(s script) bool { return s.names[name] }):
			case building:
				bad = fmt.Sprintf("the index %s is being built: look again when it is done", shown)
			default:
				bad = fmt.Sprintf("the index %s is INVALID, an attempt to build it has failed: DROP INDEX CONCURRENTLY %[1]s, or REINDEX INDEX CONCURRENTLY %[1]s", shown)
			}
			return nil
		})
	})
	switch {
	case err != nil:
		return failed(ctx, err, c.Options.timeout())
	case bad != "":
		return found(Closed, bad)
	}
	return found(Passed, fmt.Sprintf("no index of %s is INVALID", table))
}
