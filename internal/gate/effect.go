package gate

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
)

// effect is something that a server shows when a step has run.
type effect struct {
	query string // gives a truth value
	args  []any
	not   string // what is the matter where it is false
}

// effects are those of a step that can be seen, and that the step itself does not undo or
// call by another name.
func effects(dialect string, s script) []effect {
	see := pgEffect
	if dialect != "postgres" {
		see = myEffect
	}
	var out []sight
	for _, op := range s.ops {
		for _, name := range away(op) {
			out = slices.DeleteFunc(out, func(s sight) bool { return slices.Contains(s.about, name) })
		}
		if about, e := see(op); about != nil {
			out = slices.DeleteFunc(out, func(s sight) bool { return slices.Equal(s.about, about) }) // the last word counts
			out = append(out, sight{about, e})
		}
	}
	all := make([]effect, 0, len(out))
	for _, s := range out {
		all = append(all, s.effect)
	}
	return all
}

// sight is an effect with the names that it is about.
type sight struct {
	about []string
	effect
}

// away are names that something is not called by any more, or that something else is
// called by now.
func away(op change.Op) []string {
	switch o := op.(type) {
	case *change.RenameTable:
		return []string{o.Table.Name, o.To.Name}
	case *change.RenameColumn:
		return []string{o.From, o.To}
	case *change.RenameConstraint:
		return []string{o.From, o.To}
	case *change.RenameIndex:
		return []string{o.Index.Name, o.To}
	case *change.DropConstraint:
		return []string{o.Name}
	case *change.DropIndex:
		return []string{o.Index.Name}
	case *change.Object:
		return []string{o.Name.Name}
	}
	return nil
}

// missing is what a server lacks of the effects of a step; empty where it has all.
func (c *checker) missing(ctx context.Context, all []effect) (not string, err error) {
	err = c.within(ctx, c.DB, func(ctx context.Context, s *sql.Conn) error {
		for _, e := range all {
			var is sql.NullBool
			if err := s.QueryRowContext(ctx, e.query, e.args...).Scan(&is); err != nil {
				return err
			}
			if !is.Bool {
				not = e.not
				return nil
			}
		}
		return nil
	})
	return not, err
}

func pgColumn(table change.Name, column, and string) (string, []any) {
	return "EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped" + and + ")", []any{postgres.Text{}.QuoteName(table), column}
}

// pgEffect is that of one change on PostgreSQL, and the names that it is about.
func pgEffect(op change.Op) (about []string, e effect) {
	t := op.Head().Table
	column := func(name, and, not string) ([]string, effect) {
		query, args := pgColumn(t, name, and)
		return []string{t.Name, name}, effect{"SELECT " + query, args, fmt.Sprintf(not, t, name)}
	}
	relation := func(n change.Name, is, not string) ([]string, effect) {
		return []string{n.Name}, effect{"SELECT to_regclass($1) IS " + is, []any{postgres.Text{}.QuoteName(n)}, fmt.Sprintf(not, n)}
	}
	switch o := op.(type) {
	case *change.AddColumn:
		return column(o.Column.Name, "", "%s has no column %s")
	case *change.DropColumn:
		query, args := pgColumn(t, o.Column, "")
		return []string{t.Name, o.Column}, effect{"SELECT NOT " + query, args, fmt.Sprintf("%s still has the column %s", t, o.Column)}
	case *change.SetNotNull:
		return column(o.Column, " AND attnotnull", "%s.%s is not NOT NULL")
	case *change.CreateTable:
		return relation(t, "NOT NULL", "there is no table %s")
	case *change.DropTable:
		return relation(t, "NULL", "the table %s is still there")
	case *change.CreateIndex:
		if o.Name != "" {
			return relation(change.Name{Schema: t.Schema, Name: o.Name}, "NOT NULL", "there is no index %s")
		}
	case *change.AddConstraint:
		if o.Constraint.Name != "" {
			return []string{t.Name, o.Constraint.Name}, effect{"SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2)",
				[]any{postgres.Text{}.QuoteName(t), o.Constraint.Name}, fmt.Sprintf("%s has no constraint %s", t, o.Constraint.Name)}
		}
	}
	return nil, effect{}
}

// myEffect is that of one change on MySQL or MariaDB.
func myEffect(op change.Op) (about []string, e effect) {
	t := op.Head().Table
	const in = "TABLE_SCHEMA = coalesce(nullif(?, ''), DATABASE()) AND TABLE_NAME = ?"
	exists := func(table, and, not string, args ...any) effect {
		return effect{"SELECT EXISTS (SELECT 1 FROM information_schema." + table + " WHERE " + in + and + ")", append([]any{t.Schema, t.Name}, args...), not}
	}
	gone := func(e effect) effect {
		e.query = "SELECT NOT " + e.query[len("SELECT "):]
		return e
	}
	switch o := op.(type) {
	case *change.AddColumn:
		return []string{t.Name, o.Column.Name}, exists("COLUMNS", " AND COLUMN_NAME = ?", fmt.Sprintf("%s has no column %s", t, o.Column.Name), o.Column.Name)
	case *change.DropColumn:
		return []string{t.Name, o.Column}, gone(exists("COLUMNS", " AND COLUMN_NAME = ?", fmt.Sprintf("%s still has the column %s", t, o.Column), o.Column))
	case *change.CreateTable:
		return []string{t.Name}, exists("TABLES", "", fmt.Sprintf("there is no table %s", t))
	case *change.DropTable:
		return []string{t.Name}, gone(exists("TABLES", "", fmt.Sprintf("the table %s is still there", t)))
	case *change.CreateIndex:
		if o.Name != "" {
			return []string{t.Name, o.Name}, exists("STATISTICS", " AND INDEX_NAME = ?", fmt.Sprintf("%s has no index %s", t, o.Name), o.Name)
		}
	}
	return nil, effect{}
}
