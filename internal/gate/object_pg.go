package gate

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/postgres"
)

// user is something of the database that names a target.
type user struct {
	shown   string // "view public.active_users"
	name    string
	perhaps bool // it may only look so
}

// tree is a relation with what holds a part of its rows, as a query's beginning.
const tree = `WITH RECURSIVE tree(id) AS (SELECT to_regclass($1)::oid UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = id), `

// ofColumn and ofRelation are what the server knows to depend on a target. Indexes,
// statistics and defaults go with the column, and are nobody's reader. The relation
// itself is left out: a view's own rule depends on it.
// https://www.postgresql.org/docs/current/catalog-pg-depend.html
const (
	ofColumn = tree + `at AS (SELECT attrelid AS id, attnum AS part FROM pg_attribute WHERE attrelid IN (SELECT id FROM tree) AND attname = $2 AND NOT attisdropped),
hangs AS (SELECT DISTINCT d.classid, d.objid, d.objsubid FROM pg_depend d JOIN at ON d.refclassid = 'pg_class'::regclass AND d.refobjid = at.id AND d.refobjsubid = at.part)`
	ofRelation = tree + `at AS (SELECT id, 0 AS part FROM tree WHERE $2 = ''),
hangs AS (SELECT DISTINCT d.classid, d.objid, d.objsubid FROM pg_depend d JOIN at ON d.refclassid = 'pg_class'::regclass AND d.refobjid = at.id)`
	dependents = `
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view ' WHEN 'v' THEN 'view ' ELSE 'rule ' || r.rulename || ' of ' END || c.oid::regclass::text,
       CASE WHEN c.relkind IN ('m', 'v') THEN c.relname ELSE r.rulename END
  FROM hangs JOIN pg_rewrite r ON classid = 'pg_rewrite'::regclass AND r.oid = objid JOIN pg_class c ON c.oid = r.ev_class
 WHERE r.ev_class NOT IN (SELECT id FROM tree) OR c.relkind NOT IN ('m', 'v')
UNION ALL SELECT 'function ' || p.oid::regprocedure::text, p.proname FROM hangs JOIN pg_proc p ON classid = 'pg_proc'::regclass AND p.oid = objid
UNION ALL SELECT 'trigger ' || t.tgname || ' of ' || t.tgrelid::regclass::text, t.tgname
  FROM hangs JOIN pg_trigger t ON classid = 'pg_trigger'::regclass AND t.oid = objid WHERE NOT t.tgisinternal AND ($2 <> '' OR t.tgrelid NOT IN (SELECT id FROM tree))
UNION ALL SELECT 'policy ' || p.polname || ' of ' || p.polrelid::regclass::text, p.polname
  FROM hangs JOIN pg_policy p ON classid = 'pg_policy'::regclass AND p.oid = objid WHERE $2 <> '' OR p.polrelid NOT IN (SELECT id FROM tree)
UNION ALL SELECT 'generated column ' || a.attrelid::regclass::text || '.' || a.attname, a.attname
  FROM hangs JOIN pg_attribute a ON classid = 'pg_class'::regclass AND a.attrelid = objid AND a.attnum = objsubid AND objsubid > 0 WHERE $2 <> '' AND a.attgenerated <> ''
UNION ALL SELECT 'generated column ' || a.attrelid::regclass::text || '.' || a.attname, a.attname
  FROM hangs JOIN pg_attrdef f ON classid = 'pg_attrdef'::regclass AND f.oid = objid JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
 WHERE $2 <> '' AND a.attgenerated <> '' AND a.attname <> $2
UNION ALL SELECT 'foreign key ' || k.conname || ' of ' || k.conrelid::regclass::text, k.conname
  FROM hangs JOIN pg_constraint k ON classid = 'pg_constraint'::regclass AND k.oid = objid
 WHERE k.contype = 'f' AND k.confrelid IN (SELECT id FROM tree) AND k.conrelid NOT IN (SELECT id FROM tree) AND k.conparentid = 0`
	publications = `
UNION ALL SELECT 'publication ' || p.pubname, p.pubname
  FROM hangs JOIN pg_publication_rel r ON classid = 'pg_publication_rel'::regclass AND r.oid = objid JOIN pg_publication p ON p.oid = r.prpubid`
)

// Functions are read as texts: the server does not know what their bodies name. The
// server's own and those of extensions name nothing of the user's.
const functions = tree + `code AS (
  SELECT p.oid, p.proname, p.prosrc, EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid AND NOT t.tgisinternal AND t.tgrelid IN (SELECT id FROM tree)) AS fires
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE l.lanname NOT IN ('internal', 'c') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
SELECT 'function ' || oid::regprocedure::text, proname, prosrc, fires FROM code
 WHERE position(lower($2) IN lower(prosrc)) > 0 ORDER BY 1`

const pgParts = tree + `x AS (SELECT 1) SELECT relname FROM pg_class WHERE oid IN (SELECT id FROM tree) ORDER BY oid <> to_regclass($1)::oid, relname`

// pgSeen is what a PostgreSQL server knows of a target.
type pgSeen struct {
	parts []string // the names of its relation, and of those that hold a part of its rows
	is    bool     // there is such a target
	users []user
}

// pgLook looks for a target, and for what names it.
func pgLook(ctx context.Context, s *sql.Conn, v fact.Version, t target) (out pgSeen, err error) {
	table := postgres.Text{}.QuoteName(t.Table)
	if out.parts, err = texts(ctx, s, pgParts, table); err != nil || len(out.parts) == 0 {
		return out, err
	}
	if out.is = true; t.Column != "" {
		query, args := pgColumn(t.Table, t.Column, "")
		if err := s.QueryRowContext(ctx, "SELECT "+query, args...).Scan(&out.is); err != nil || !out.is {
			return out, err
		}
	}
	query := ofColumn
	if t.Column == "" {
		query = ofRelation
	}
	query += dependents
	if t.Column == "" || !v.Less(fact.V(15)) { // before, it was the whole table or nothing
		query += publications
	}
	err = each(ctx, s, query+" ORDER BY 1", []any{table, t.Column}, func(scan func(...any) error) error {
		var u user
		err := scan(&u.shown, &u.name)
		out.users = append(out.users, u)
		return err
	})
	if err != nil {
		return out, err
	}
	return out, pgFunctions(ctx, s, t, &out)
}

// pgFunctions adds the functions whose text names the target.
func pgFunctions(ctx context.Context, s *sql.Conn, t target, to *pgSeen) error {
	look := t.Column
	if look == "" {
		look = t.Table.Name
	}
	return each(ctx, s, functions, []any{postgres.Text{}.QuoteName(t.Table), look}, func(scan func(...any) error) error {
		var u user
		var body string
		var fires bool
		if err := scan(&u.shown, &u.name, &body, &fires); err != nil {
			return err
		}
		switch (text{dialect: "postgres", sql: body, of: fires && t.Column != ""}).names(t, to.parts) {
		case plainly:
			to.users = append(to.users, u)
		case perhaps:
			u.perhaps, u.shown = true, u.shown+" (in a literal)"
			to.users = append(to.users, u)
		}
		return nil
	})
}

// shownOf lists what was found, the first few by name.
func shownOf(all []user) string {
	const most = 4
	list := ""
	for i, u := range all {
		switch {
		case i == most:
			return list + fmt.Sprintf(" and %d more", len(all)-most)
		case i > 0:
			list += ", "
		}
		list += oneLine(u.shown)
	}
	return list
}
