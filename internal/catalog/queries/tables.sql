, nullness AS ( -- the named NOT NULL constraints, by column
	SELECT k.conrelid, k.conkey[1] AS attnum, k.conname, k.connoinherit, k.conislocal, k.convalidated
	FROM pg_constraint k WHERE k.contype = 'n' AND k.conrelid <> 0
), element AS (
	SELECT a.attrelid, a.attnum::int AS place, format('%I %s%s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
		(SELECT format(' OPTIONS (%s)', string_agg(format('%I %L', option_name, option_value), ', ' ORDER BY option_name))
			FROM pg_options_to_table(a.attfdwoptions) HAVING count(*) > 0),
		CASE WHEN a.attcollation <> y.typcollation THEN (SELECT ' COLLATE ' || coll.ident FROM coll WHERE coll.oid = a.attcollation) END,
		CASE
			WHEN a.attgenerated = 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid))
			WHEN a.attgenerated = 'v' THEN format(' GENERATED ALWAYS AS (%s) VIRTUAL', pg_get_expr(d.adbin, d.adrelid))
			WHEN a.attidentity = '' THEN NULL
			WHEN r.relispartition THEN NULL -- since 17
			ELSE (SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
				CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, l.nspname, q.relname,
				s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)
				FROM pg_depend o JOIN pg_class q ON q.oid = o.objid JOIN pg_namespace l ON l.oid = q.relnamespace JOIN pg_sequence s ON s.seqrelid = q.oid
				WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid
					AND o.refobjsubid = a.attnum AND o.deptype = 'i')
		END,
		CASE WHEN a.attnotnull THEN ' NOT NULL' END) AS text -- before 18
		' CONSTRAINT ' || quote_ident(n.conname) || ' NOT NULL' || CASE WHEN n.connoinherit THEN ' NO INHERIT' ELSE '' END) AS text -- since 18
	FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_type y ON y.oid = a.atttypid
	LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> ''
	LEFT JOIN nullness n ON n.conrelid = a.attrelid AND n.attnum = a.attnum AND n.convalidated AND (n.conislocal OR r.relispartition) -- since 18
	WHERE r.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND (a.attislocal OR r.relispartition)
	UNION ALL
	SELECT n.conrelid, 10000 + n.attnum, format('CONSTRAINT %I NOT NULL %I%s', n.conname, a.attname, CASE WHEN n.connoinherit THEN ' NO INHERIT' END)
	FROM nullness n JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = n.attnum
	JOIN pg_class c ON c.oid = n.conrelid
	WHERE n.convalidated AND n.conislocal AND NOT a.attislocal AND NOT c.relispartition
), body AS (
	SELECT e.attrelid, string_agg(E'\n\t' || e.text, ',' ORDER BY e.place) || E'\n' AS text FROM element e GROUP BY e.attrelid
), parent AS (
	SELECT i.inhrelid, string_agg(format('%I.%I', l.nspname, p.relname), ', ' ORDER BY i.inhseqno) AS names
	FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace l ON l.oid = p.relnamespace GROUP BY i.inhrelid
), exception AS ( -- columns whose NOT NULL is not what their own definition and their parents' make -- before 18
	SELECT a.attrelid, string_agg(format('ALTER COLUMN %I %s NOT NULL', a.attname, CASE WHEN a.attnotnull THEN 'SET' ELSE 'DROP' END), ', ' ORDER BY a.attnum) AS text -- before 18
	FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid -- before 18
	WHERE a.attinhcount > 0 AND NOT a.attisdropped AND NOT r.relispartition AND a.attnotnull <> (a.attislocal AND a.attnotnull OR EXISTS ( -- before 18
		SELECT FROM pg_inherits i JOIN pg_attribute p ON p.attrelid = i.inhparent WHERE i.inhrelid = a.attrelid AND p.attname = a.attname AND p.attnotnull)) -- before 18
	GROUP BY a.attrelid -- before 18
), known AS (
	SELECT r.*, p.names AS parents, CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END AS part_key,
		CASE WHEN r.relispartition THEN pg_get_expr(r.relpartbound, r.oid) END AS bound,
		nullif(r.reloftype, 0)::regtype::text AS of_type, am.amname, quote_ident(sp.spcname) AS space,
		concat_ws(', ', r.options, (
			SELECT string_agg(format('toast.%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ' ORDER BY o)
			FROM pg_class t CROSS JOIN unnest(t.reloptions) o WHERE t.oid = r.reltoastrelid)) AS settings,
		(SELECT format('%I%s', s.srvname, (SELECT format(' OPTIONS (%s)', string_agg(format('%I %L', option_name, option_value), ', ' ORDER BY option_name))
				FROM pg_options_to_table(f.ftoptions) HAVING count(*) > 0))
			FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = r.oid) AS server
	FROM rel r LEFT JOIN parent p ON p.inhrelid = r.oid LEFT JOIN pg_am am ON am.oid = r.relam LEFT JOIN pg_tablespace sp ON sp.oid = r.reltablespace
	WHERE r.relkind IN ('r', 'p', 'f')
)
SELECT 'pg_class'::regclass::oid AS catalog, k.oid, lower(k.kind) AS class, k.ident AS name, k.kind || ' ' || k.ident AS target,
	pg_get_userbyid(k.relowner) AS owner,
	CASE k.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
	k.part_key AS "partition key", k.parents AS parents, k.bound AS "partition bound", k.of_type AS "of type",
	CASE WHEN i.inhdetachpending THEN 'yes' END AS "detach pending", -- since 14
	k.amname AS "access method", k.space AS tablespace, k.settings AS options, k.server,
	CASE WHEN k.relrowsecurity THEN 'yes' ELSE 'no' END AS "row security", CASE WHEN k.relforcerowsecurity THEN 'yes' ELSE 'no' END AS "row security forced",
	CASE k.relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' ELSE 'index' END AS "replica identity",
	format('CREATE %s%s %s (%s)%s%s%s%s%s%s', CASE WHEN k.relpersistence = 'u' THEN 'UNLOGGED ' END, k.kind, k.ident, b.text,
		CASE WHEN NOT k.relispartition THEN ' INHERITS (' || k.parents || ')' END, ' PARTITION BY ' || k.part_key,
		' SERVER ' || k.server, ' USING ' || quote_ident(nullif(k.amname, 'heap')),
		' WITH (' || nullif(k.settings, '') || ')', ' TABLESPACE ' || k.space) AS "sql create",
	(SELECT format('ALTER TABLE ONLY %s %s', k.ident, e.text) FROM exception e WHERE e.attrelid = k.oid) AS "sql not null", -- before 18
	'ALTER TABLE ' || k.ident || ' OF ' || k.of_type AS "sql type",
	format('ALTER %s %s OWNER TO %I', k.kind, k.ident, pg_get_userbyid(k.relowner)) AS "sql owner",
	'ALTER TABLE ONLY ' || k.parents || ' ATTACH PARTITION ' || k.ident || ' ' || k.bound AS "sql attach",
	CASE WHEN k.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', k.ident) END AS "sql security",
	CASE WHEN k.relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', k.ident) END AS "sql force",
	CASE WHEN k.relreplident IN ('n', 'f') AND k.relkind <> 'f' THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY %s', k.ident,
		CASE k.relreplident WHEN 'n' THEN 'NOTHING' ELSE 'FULL' END) END AS "sql identity"
FROM known k LEFT JOIN body b ON b.attrelid = k.oid
LEFT JOIN pg_inherits i ON i.inhrelid = k.oid AND k.relispartition
