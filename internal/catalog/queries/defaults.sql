SELECT 'pg_attrdef'::regclass::oid AS catalog, d.oid, d.adrelid AS relation, 'default' AS class, format('%s.%I', r.ident, a.attname) AS name,
	pg_get_expr(d.adbin, d.adrelid) AS expression,
	format('ALTER %s %s%s ALTER COLUMN %I SET DEFAULT %s', r.kind, CASE WHEN r.relkind <> 'v' THEN 'ONLY ' END, r.ident, a.attname,
		pg_get_expr(d.adbin, d.adrelid)) AS "sql create"
FROM pg_attrdef d JOIN rel r ON r.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE a.attgenerated = ''
