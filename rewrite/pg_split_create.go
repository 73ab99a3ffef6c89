package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// createStep makes the new table and the triggers in one transaction: there is no
// moment at which it has rows that nothing keeps in step.
func (s *split) createStep() Step {
	sql := []string{s.guard(), s.create()}
	for _, ix := range s.indexes {
		sql = append(sql, ix.create)
	}
	sql = append(append(sql, s.said...), s.rightsLikeOld())
	sql = append(sql, s.guardCopied())
	sql = append(sql, s.makeTriggers()...)
	down := s.dropTriggers()[:4]
	down = append(down, "DROP TABLE IF EXISTS "+s.to)
	return Step{
		Phase: Expand, Title: "make " + s.to + " beside " + s.at + ", and triggers that keep them in step", Slug: Slug("create", s.into.Name),
		SQL: sql, InTx: true, Down: append(down, s.dropFunctions()...), DownInTx: true,
		downLocks: []TableLock{{Table: s.table, Lock: change.AccessExclusive}},
	}
}

// create is the new table. Its key follows that of the old one, whose rows take
// theirs with them.
func (s *split) create() string {
	var lines []string
	for _, k := range s.key {
		lines = append(lines, k.q+" "+baseType(k.Type)+collate(k))
	}
	for _, col := range s.columns {
		line := col.q + " " + col.Type + collate(col)
		if col.Default != "" {
			line += " DEFAULT " + col.Default
		}
		if col.NotNull {
			line += " NOT NULL"
		}
		lines = append(lines, line)
	}
	for _, k := range s.constraints {
		lines = append(lines, k.text)
	}
	key := list(s.key, "")
	lines = append(lines, "PRIMARY KEY ("+key+")",
		"FOREIGN KEY ("+key+") REFERENCES "+s.at+" ("+key+") ON UPDATE CASCADE ON DELETE CASCADE")
	kind := "TABLE "
	if s.t.Unlogged {
		kind = "UNLOGGED TABLE "
	}
	return "CREATE " + kind + s.to + " (\n  " + strings.Join(lines, ",\n  ") + "\n)"
}

func collate(c splitColumn) string {
	if c.Collation == "" {
		return ""
	}
	return " COLLATE " + c.Collation
}

// foreignSteps hold new rows of the new table to what the columns refer to.
func (s *split) foreignSteps() []Step {
	var out []Step
	for _, f := range s.foreign {
		out = append(out, Step{
			Phase: Expand, Title: "hold new rows of " + s.to + " to " + s.c.Q(f.name), Slug: Slug("add", f.name),
			SQL: []string{"ALTER TABLE " + s.to + " ADD " + f.text + " NOT VALID"}, InTx: true,
			Down: []string{"ALTER TABLE IF EXISTS " + s.to + " DROP CONSTRAINT IF EXISTS " + s.c.Q(f.name)}, DownInTx: true,
		})
	}
	return out
}

// relaxSteps let the new version put a row into the old table without a value for
// columns that must have one. Each going back proves first that no NULL is there.
func (s *split) relaxSteps() []Step {
	var out []Step
	for _, col := range s.required() {
		out = append(out, Step{
			Phase: Expand, Title: "no longer require " + s.at + "." + col.q, Slug: Slug("relax", s.table.Name, col.Name),
			SQL:  []string{ignoring("drop-not-null", "the new table requires it, and a trigger keeps them in step", "ALTER TABLE "+s.at+" ALTER COLUMN "+col.q+" DROP NOT NULL")},
			InTx: true, Down: s.requireAgain(col), Final: "",
		})
		s.note("As long as both tables have the columns, %s.%s takes NULL, so that the new version can leave it out. A row that has none has no row of %s; before going back, give it a value.", s.at, col.q, s.to)
	}
	return out
}

// requireAgain makes a column NOT NULL without a scan under a lock that keeps
// others waiting. https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL
func (s *split) requireAgain(col splitColumn) []string {
	alter, made := "ALTER TABLE "+s.at+" ", s.c.Q(MadeName(col.Name, "not_null"))
	has := func(name string) string {
		return "EXISTS (SELECT FROM pg_constraint WHERE conrelid = " + s.c.Text.Literal(s.at) + "::regclass AND conname = " + s.c.Text.Literal(name) + ")"
	}
	if s.c.Has("not-null-not-valid") {
		name := s.notNullName(col)
		return []string{
			s.c.inShortTries(has(name), alter+"ADD CONSTRAINT "+s.c.Q(name)+" NOT NULL "+col.q+" NOT VALID"),
			alter + "VALIDATE CONSTRAINT " + s.c.Q(name),
		}
	}
	return []string{
		s.c.inShortTries(has(MadeName(col.Name, "not_null")), alter+"ADD CONSTRAINT "+made+" CHECK ("+col.q+" IS NOT NULL) NOT VALID"),
		alter + "VALIDATE CONSTRAINT " + made,
		s.c.inShortTries("", alter+"ALTER COLUMN "+col.q+" SET NOT NULL;\n      "+alter+"DROP CONSTRAINT "+made),
	}
}

// notNullName is what the column's NOT NULL is called, which from 18 on is a constraint.
func (s *split) notNullName(col splitColumn) string {
	for _, con := range s.t.Constraints {
		if con.Kind == change.NotNull && slices.Equal(con.Columns, []string{col.Name}) && con.Name != "" {
			return con.Name
		}
	}
	return s.c.State.ConstraintName(s.table, change.Constraint{Kind: change.NotNull, Columns: []string{col.Name}})
}
