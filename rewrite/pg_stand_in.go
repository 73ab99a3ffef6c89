package rewrite

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// standIn is a view in the place of a table: statements that name the table read
// and write through it.
// https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS
type standIn struct {
	c          *Case
	view, base change.Name
	// from and to are the two names that the view has a column under, which the base
	// calls to; empty where all columns keep their one name.
	from, to string
}

// refuse says why no view can stand in for the table.
func (v *standIn) refuse(table change.Name) error {
	shown := v.c.Text.QuoteName(v.c.Op.Head().Table)
	if v.c.State.IsView(table) {
		return Refuse("%s is a view: make another view with the new name, and drop this one when nobody reads it", shown)
	}
	if v.c.State.Index(table) != nil || v.c.State.Table(table) == nil {
		return Refuse("the migrations do not show that %s is a table: run fix with --dsn, or give it a dump with --schema", shown)
	}
	switch {
	case !v.hasRowSecurity(table):
		return nil
	case v.c.Has("security-invoker") && v.readsColumns(table):
		return Refuse("%s has row level security and roles that may read some of its columns alone: a view that keeps to the policies asks whoever uses it for the right to read all columns; rename it in a window, when no old version of the application runs", shown)
	case !v.c.Has("security-invoker"):
		return Refuse("%s has row level security, and before PostgreSQL 15 a view reads with its owner's rights, past the policies: rename it in a window, when no old version of the application runs", shown)
	}
	return nil
}

// hasRowSecurity says whether policies, or ENABLE ROW LEVEL SECURITY, are known.
func (v *standIn) hasRowSecurity(table change.Name) bool {
	if t := v.c.State.Table(table); t != nil && len(t.Policies) > 0 {
		return true
	}
	for _, d := range v.c.State.Defs(table) {
		if words := wordsOf(d.Text); d.Class == "option" && words["row"] && words["security"] {
			return true
		}
	}
	return false
}

// readsColumns says whether rights to read single columns are known.
func (v *standIn) readsColumns(table change.Name) bool {
	for _, d := range v.c.State.Defs(table) {
		toks, src := v.c.Text.Tokens(d.Text), []byte(d.Text)
		for i := 0; d.Class == "grant" && d.Of == v.c.State.Resolve(table) && i+1 < len(toks); i++ {
			if toks[i].Is(src, "SELECT") && toks[i+1].IsPunct(src, "(") {
				return true
			}
		}
	}
	return false
}

// create makes the view, with what statements that name the table rely on.
func (v *standIn) create() []string {
	return []string{v.createView("CREATE VIEW "), v.takeAlong()}
}

// again is create where the view may be there already.
func (v *standIn) again() []string {
	return []string{v.createView("CREATE OR REPLACE VIEW "), v.takeAlong()}
}

// createView: the server writes out the star when it makes the view, and so knows
// columns that no migration has shown. With security_invoker everybody needs the
// rights on the table that they needed before, and its policies hold for them.
func (v *standIn) createView(create string) string {
	with, more := "", ""
	if v.c.Has("security-invoker") {
		with = " WITH (security_invoker = true)"
	}
	if v.to != "" {
		more = ", " + v.c.Q(v.to) + " AS " + v.c.Q(v.from)
	}
	return create + v.c.Text.QuoteName(v.view) + with + " AS SELECT *" + more + " FROM " + v.c.Text.QuoteName(v.base)
}

// takeAlong gives the view the table's owner, rights, comments and defaults. All
// of it is read from the server: rights are mostly given outside of migrations.
// A view's columns need defaults of their own for SET c = DEFAULT alone: that
// writes NULL without. An identity has none: its column takes no value at all.
// https://www.postgresql.org/docs/current/sql-createview.html
func (v *standIn) takeAlong() string {
	text := v.c.Text
	view := text.QuoteName(v.view)
	rights := granted{was: "base", columns: v.otherName(), privileges: "a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') AND "}
	body := fmt.Sprintf(`
DECLARE
  base CONSTANT regclass := %[1]s;
  command text;
BEGIN
%[4]s  FOR command IN
    %[7]s
    UNION ALL
    SELECT format('ALTER VIEW %[2]s OWNER TO %%s', c.relowner::regrole)
      FROM pg_class c JOIN pg_class w ON w.oid = %[3]s::regclass AND w.relowner <> c.relowner
     WHERE c.oid = base
  LOOP
    EXECUTE command;
  END LOOP;
  FOR command IN
    %[6]s
    UNION ALL
    SELECT format('ALTER VIEW %[2]s ALTER COLUMN %%I SET DEFAULT %%s', a.attname, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = base AND a.attgenerated = ''%[5]s
    UNION ALL
    SELECT format('COMMENT ON VIEW %[2]s IS %%L', obj_description(base, 'pg_class')) WHERE obj_description(base, 'pg_class') IS NOT NULL
    UNION ALL
    SELECT format('COMMENT ON COLUMN %[2]s.%%I IS %%L', attname, col_description(base, attnum))
      FROM pg_attribute WHERE attrelid = base AND attnum > 0 AND col_description(base, attnum) IS NOT NULL
  LOOP
    EXECUTE command;
  END LOOP;
END
`, text.Literal(text.QuoteName(v.base)), formatted(view), text.Literal(view), v.guard(), v.butTheTwo(), rights.grants(view), revokes(view, text.Literal(view)))
	return "DO " + text.DollarQuote(body)
}

// formatted is a text as a part of a constant that format() reads. A backslash in it
// stands in a constant of its own: what it means in a plain one depends on
// standard_conforming_strings.
func formatted(s string) string {
	quoted := strings.ReplaceAll(strings.ReplaceAll(s, "'", "''"), "%", "%%")
	if strings.Contains(quoted, `\`) {
		return "' || E'" + strings.ReplaceAll(quoted, `\`, `\\`) + "' || '"
	}
	return quoted
}

// guard stops where the server knows of row level security that no view keeps to:
// that is so before 15, and of a view with security_invoker where somebody may not
// read all of the table, which such a view asks for whatever is read through it, and
// for writes as well. Without row level security the view reads with its owner's
// rights then, who is the table's, and has rights of its own.
// https://www.postgresql.org/docs/current/rules-privileges.html
func (v *standIn) guard() string {
	if !v.c.Has("security-invoker") {
		return `  IF (SELECT relrowsecurity FROM pg_class WHERE oid = base) THEN
    RAISE EXCEPTION '% has row level security, which a view would read past', base;
  END IF;
`
	}
	return `  IF EXISTS (
    SELECT FROM (SELECT relacl AS acl FROM pg_class WHERE oid = base
                 UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = base AND attnum > 0 AND NOT attisdropped) o
     CROSS JOIN LATERAL aclexplode(o.acl) a
     WHERE a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') AND NOT has_table_privilege(a.grantee, base, 'SELECT')
  ) THEN
    IF (SELECT relrowsecurity FROM pg_class WHERE oid = base) THEN
      RAISE EXCEPTION '% has row level security and roles that may not read all of it, which a view that keeps to the policies asks for', base;
    END IF;
    ALTER VIEW ` + v.c.Text.QuoteName(v.view) + ` RESET (security_invoker);
  END IF;
`
}

// butTheTwo leaves out the column that the view has under two names: an INSERT
// that gives one of them would have the other's default beside it, and no column
// can be given two values.
func (v *standIn) butTheTwo() string {
	if v.to == "" {
		return ""
	}
	return " AND a.attname <> " + v.c.Text.Literal(v.to)
}

// otherName is the column's rights under its other name.
func (v *standIn) otherName() string {
	if v.to == "" {
		return ""
	}
	return "\n            UNION ALL SELECT attacl, " + v.c.Text.Literal(v.from) + " FROM pg_attribute WHERE attrelid = base AND attname = " + v.c.Text.Literal(v.to)
}

// whereView runs statements only where the name is that of a view.
func (v *standIn) whereView(statements ...string) string {
	body := fmt.Sprintf("\nBEGIN\n  IF (SELECT relkind FROM pg_class WHERE oid = to_regclass(%s)) = 'v' THEN\n", v.c.Text.Literal(v.c.Text.QuoteName(v.view)))
	for _, s := range statements {
		body += "    " + s + ";\n"
	}
	return "DO " + v.c.Text.DollarQuote(body+"  END IF;\nEND\n")
}

// limits are what a view cannot do that its table could, as measured on every
// version from 12 to 18.
func (v *standIn) limits() string {
	merge := ", MERGE"
	if v.c.Has("merge-into-view") {
		merge = ""
	}
	return "COPY, TRUNCATE, ON CONFLICT ON CONSTRAINT, a foreign key to it, ctid, xmin and tableoid, pg_get_serial_sequence()" + merge
}
