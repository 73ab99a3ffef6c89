SELECT 'pg_cast'::regclass::oid AS catalog, c.oid, 'cast' AS class, d.ident AS name, 'CAST ' || d.ident AS target, d.definition,
	format('CREATE CAST %s %s', d.ident, d.definition) AS "sql create"
FROM pg_cast c
CROSS JOIN LATERAL (SELECT format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) AS ident,
	CASE c.castmethod WHEN 'b' THEN 'WITHOUT FUNCTION' WHEN 'i' THEN 'WITH INOUT' ELSE 'WITH FUNCTION ' || c.castfunc::regprocedure::text END
		|| CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END AS definition) d
WHERE c.oid >= 16384 AND (c.oid, 'pg_cast'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
	AND c.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.deptype = 'i')
