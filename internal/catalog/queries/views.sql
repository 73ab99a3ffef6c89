SELECT 'pg_class'::regclass::oid AS catalog, r.oid, lower(r.kind) AS class, r.ident AS name, r.kind || ' ' || r.ident AS target,
	pg_get_userbyid(r.relowner) AS owner, d.definition, r.options, am.amname AS "access method", quote_ident(sp.spcname) AS tablespace,
	CASE WHEN r.relkind <> 'm' THEN NULL WHEN r.relispopulated THEN 'yes' ELSE 'no' END AS populated,
	CASE r.relreplident WHEN 'n' THEN NULL WHEN 'd' THEN NULL WHEN 'f' THEN 'full' ELSE 'index' END AS "replica identity",
	CASE r.relkind WHEN 'v' THEN (
		SELECT format('CREATE VIEW %s AS SELECT %s', r.ident, string_agg(format('NULL::%s%s AS %I', format_type(a.atttypid, a.atttypmod),
			CASE WHEN a.attcollation <> y.typcollation THEN (SELECT ' COLLATE ' || coll.ident FROM coll WHERE coll.oid = a.attcollation) END,
			a.attname), ', ' ORDER BY a.attnum))
		FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid WHERE a.attrelid = r.oid AND a.attnum > 0) END AS placeholder,
	format('CREATE %s %s%s%s%s AS%s%s%s', r.kind, r.ident, ' USING ' || quote_ident(nullif(am.amname, 'heap')),
		' WITH (' || r.options || ')', ' TABLESPACE ' || quote_ident(sp.spcname), E'\n', d.definition,
		CASE r.relkind WHEN 'm' THEN E'\nWITH NO DATA' END) AS "sql create",
	format('ALTER %s %s OWNER TO %I', r.kind, r.ident, pg_get_userbyid(r.relowner)) AS "sql owner"
FROM rel r LEFT JOIN pg_am am ON am.oid = r.relam LEFT JOIN pg_tablespace sp ON sp.oid = r.reltablespace
CROSS JOIN LATERAL (SELECT rtrim(pg_get_viewdef(r.oid), '; ') AS definition) d
WHERE r.relkind IN ('v', 'm')
