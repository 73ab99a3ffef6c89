SELECT 'pg_publication_rel'::regclass::oid AS catalog, x.oid, 'publication table' AS class, format('%I %s', p.pubname, r.ident) AS name,
	d.columns, d.rows,
	format('ALTER PUBLICATION %I ADD TABLE ONLY %s%s%s', p.pubname, r.ident, ' (' || d.columns || ')', ' WHERE (' || d.rows || ')') AS "sql create"
FROM pg_publication_rel x JOIN pg_publication p ON p.oid = x.prpubid JOIN rel r ON r.oid = x.prrelid
CROSS JOIN LATERAL (SELECT NULL AS columns, NULL AS rows) d -- before 15
CROSS JOIN LATERAL (SELECT pg_get_expr(x.prqual, x.prrelid) AS rows, ( -- since 15
	SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a -- since 15
	WHERE a.attrelid = x.prrelid AND a.attnum = ANY (x.prattrs::int2[])) AS columns) d -- since 15
UNION ALL -- since 15
SELECT 'pg_publication_namespace'::regclass, x.oid, 'publication schema', format('%I %I', p.pubname, ns.nspname), NULL, NULL, -- since 15
	format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I', p.pubname, ns.nspname) -- since 15
FROM pg_publication_namespace x JOIN pg_publication p ON p.oid = x.pnpubid JOIN ns ON ns.oid = x.pnnspid -- since 15
