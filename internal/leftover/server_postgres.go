package leftover

import (
	"context"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// ofUsers are the schemas that are not the server's own.
const ofUsers = ` n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' `

// pgTwinNames are the ends of names that tell of another version.
const pgTwinNames = `'(_new|_old|_tmp|_temp|_bak|_v2|_bigint|_int8)$|^(new_|old_|tmp_)|_safemig_|^_pgroll_|^__reshape_'`

func (s *server) readPostgres(ctx context.Context) error {
	for _, read := range []func(context.Context) error{
		s.pgTables, s.pgColumns, s.pgConstraints, s.pgIndexes, s.pgTriggers, s.pgPending, s.pgViews, s.pgSettings,
	} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// each hands the rows of a query on, with the table that each is about.
func (s *server) each(ctx context.Context, what, query string, take func(t *table, row map[string]string)) error {
	rows, err := s.rows(ctx, what, query)
	for _, row := range rows {
		take(s.table(row["schema"], row["table"]), row)
	}
	return err
}

func (s *server) pgTables(ctx context.Context) error {
	return s.each(ctx, "tables", `SELECT n.nspname AS schema, c.relname AS table, c.relispartition AS part
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND`+ofUsers+`
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2`, func(t *table, row map[string]string) { t.partition = isTrue(row["part"]) })
}

// pgColumns are all columns of the tables that may have twins: those with such a name,
// and those with a trigger that changes rows. An inherited column is its parent's.
func (s *server) pgColumns(ctx context.Context) error {
	return s.each(ctx, "columns", `SELECT n.nspname AS schema, c.relname AS table, a.attname AS name, a.attnotnull AS filled, a.attgenerated <> '' OR a.attinhcount > 0 AS made
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped AND`+ofUsers+`
  AND a.attrelid IN (
    SELECT attrelid FROM pg_attribute WHERE attname ~ `+pgTwinNames+` AND NOT attisdropped
    UNION SELECT tgrelid FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 3 = 3)
ORDER BY 1, 2, a.attnum`, func(t *table, row map[string]string) {
		t.columns = append(t.columns, column{name: row["name"], notNull: isTrue(row["filled"]), made: isTrue(row["made"]), late: true})
	})
}

func (s *server) pgConstraints(ctx context.Context) error {
	enforced := "true"
	if s.major >= 18 {
		enforced = "k.conenforced"
	}
	return s.each(ctx, "constraints", `SELECT * FROM (
  SELECT n.nspname AS schema, c.relname AS table, k.conname AS name, k.contype AS type, k.convalidated AS valid, `+enforced+` AS enforced,
    pg_get_constraintdef(k.oid) AS definition,
    (SELECT string_agg(a.attname, E'\x1f' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS columns,
    cardinality(k.conkey) = 1 AND (SELECT a.attnotnull FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]) AS filled,
    k.conname ~ '_safemig_' OR EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = k.conrelid AND o.oid <> k.oid
      AND regexp_replace(o.conname, '(_new|_old|_v2|_tmp)$', '') = regexp_replace(k.conname, '(_new|_old|_v2|_tmp)$', '')) AS named
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE k.conparentid = 0 AND k.coninhcount = 0 AND k.contype IN ('c', 'f', 'n') AND c.relpersistence <> 't' AND`+ofUsers+`
) x
WHERE NOT valid OR NOT enforced OR named OR type = 'c' AND filled AND definition ~* 'IS NOT NULL'
ORDER BY 1, 2, 3`, s.takeConstraint)
}

func (s *server) takeConstraint(t *table, row map[string]string) {
	c := constraint{
		name: row["name"], columns: split(row["columns"]), definition: row["definition"], late: true,
		valid: isTrue(row["valid"]), enforced: isTrue(row["enforced"]), kind: change.Check,
	}
	switch row["type"] {
	case "f":
		c.kind = change.ForeignKey
	case "n":
		c.kind = change.NotNull
	}
	t.constraints = append(t.constraints, c)
	if len(c.columns) == 1 && t.column(c.columns[0]) == nil {
		t.columns = append(t.columns, column{name: c.columns[0], notNull: isTrue(row["filled"]), made: true})
	}
}

// pgIndexes are those that are no good, and those that are there twice. One that is
// being built is INVALID as long.
func (s *server) pgIndexes(ctx context.Context) error {
	nulls := "false"
	if s.major >= 15 {
		nulls = "i.indnullsnotdistinct"
	}
	const bare = `regexp_replace(%::text, ':location -?[0-9]+', '', 'g')`
	shape := `md5(concat_ws('|', i.indrelid, i.indkey, i.indclass, i.indcollation, i.indoption, i.indnkeyatts, x.relam, i.indisunique, ` + nulls + `, ` +
		strings.ReplaceAll(bare, "%", "i.indexprs") + `, '/', ` + strings.ReplaceAll(bare, "%", "i.indpred") + `))`
	err := s.each(ctx, "indexes", `SELECT * FROM (
  SELECT n.nspname AS schema, c.relname AS table, x.relname AS name, NOT i.indisvalid AS invalid, x.relkind = 'I' AS partitioned, x.relispartition AS part,
    EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS made,
    `+shape+` AS shape, count(*) OVER (PARTITION BY `+shape+`) AS alike, i.indexrelid AS oid
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND`+ofUsers+`
    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index b WHERE b.index_relid = i.indexrelid)
) x
WHERE invalid OR name ~ '_safemig_' OR alike > 1 AND NOT part
ORDER BY 1, 2, NOT made, oid`, func(t *table, row map[string]string) {
		t.indexes = append(t.indexes, index{
			name: row["name"], invalid: isTrue(row["invalid"]), partitioned: isTrue(row["partitioned"]), made: isTrue(row["made"]), shape: row["shape"],
		})
	})
	if err != nil {
		return err
	}
	hidden, err := s.rows(ctx, "running builds of indexes", `SELECT 1 AS one FROM pg_stat_progress_create_index WHERE datname = current_database() AND relid IS NULL`)
	if len(hidden) > 0 {
		s.unread = append(s.unread, "somebody builds an index right now that this role may not see (grant it pg_read_all_stats): it is INVALID until it is built")
	}
	return err
}

// pgTriggers reads the code of triggers that change rows or write to other tables.
func (s *server) pgTriggers(ctx context.Context) error {
	err := s.each(ctx, "triggers", `SELECT n.nspname AS schema, c.relname AS table, t.tgname AS name, t.tgenabled = 'D' AS off, t.tgtype & 4 > 0 AS on_insert, t.tgtype & 16 > 0 AS on_update,
  pn.nspname AS function_schema, p.proname AS function, CASE WHEN l.lanname = 'plpgsql' THEN left(p.prosrc, 50000) END AS body
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace pn ON pn.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND`+ofUsers+`
  AND (t.tgenabled = 'D' OR t.tgname ~ '_safemig_|repack_trigger$|^primary_to_audit|^_pgroll_|^__reshape_' OR t.tgtype & 1 = 1 AND p.prosrc ~* '\mnew\M')
ORDER BY 1, 2, 3`, func(t *table, row map[string]string) {
		t.triggers = append(t.triggers, trigger{
			name: row["name"], body: row["body"], disabled: isTrue(row["off"]), onInsert: isTrue(row["on_insert"]), onUpdate: isTrue(row["on_update"]),
			function: pgName(row["function_schema"], row["function"]),
		})
	})
	if err != nil {
		return err
	}
	return s.each(ctx, "triggers of foreign keys", `SELECT DISTINCT n.nspname AS schema, c.relname AS table
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgisinternal AND t.tgenabled = 'D' AND t.tgconstraint <> 0 AND NOT c.relispartition AND`+ofUsers+`
ORDER BY 1, 2`, func(t *table, _ map[string]string) { t.keysOff = true })
}

// pgName is a name as the migrations would give it.
func pgName(schema, name string) change.Name { return change.Name{Schema: schema, Name: name} }

func (s *server) pgPending(ctx context.Context) error {
	if s.major < 14 {
		return nil
	}
	return s.each(ctx, "partitions", `SELECT n.nspname AS schema, c.relname AS table, pn.nspname AS parent_schema, p.relname AS parent
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE i.inhdetachpending ORDER BY 1, 2`, func(t *table, row map[string]string) { t.pending = pgName(row["parent_schema"], row["parent"]) })
}

func (s *server) pgViews(ctx context.Context) error {
	rows, err := s.rows(ctx, "views", `SELECT DISTINCT vn.nspname AS view_schema, v.relname AS view, n.nspname AS schema, c.relname AS table
FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace vn ON vn.oid = v.relnamespace
  JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND v.relkind = 'v' AND c.relname ~ '_safemig_base$'
ORDER BY 1, 2`)
	for _, row := range rows {
		s.p.views = append(s.p.views, view{name: pgName(row["view_schema"], row["view"]), reads: []change.Name{pgName(row["schema"], row["table"])}})
	}
	return err
}

// pgSettings finds a database in which no trigger fires and no foreign key is checked.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
func (s *server) pgSettings(ctx context.Context) error {
	rows, err := s.rows(ctx, "settings of the database", `SELECT d.datname AS database, quote_ident(d.datname) AS quoted
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
WHERE d.datname = current_database() AND s.setrole = 0 AND 'session_replication_role=replica' = ANY (s.setconfig)`)
	for _, row := range rows {
		s.p.settings = append(s.p.settings, setting{
			object: row["database"],
			why:    "session_replication_role is replica for every session of " + row["database"] + ": no trigger fires and no foreign key is checked",
			remedy: "ALTER DATABASE " + row["quoted"] + " RESET session_replication_role, then look for rows that break the keys",
		})
	}
	return err
}
