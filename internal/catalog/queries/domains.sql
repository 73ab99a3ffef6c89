-- From 17 on a domain's NOT NULL is a constraint with a name.
SELECT 'pg_type'::regclass::oid AS catalog, t.oid, 'domain' AS class, t.ident AS name, 'DOMAIN ' || t.ident AS target,
	pg_get_userbyid(t.typowner) AS owner, d.type, d.collation, d.initial AS "default", d.required AS "not null",
	format('CREATE DOMAIN %s AS %s%s%s%s', t.ident, d.type, ' COLLATE ' || d.collation, ' DEFAULT ' || d.initial, ' ' || d.required) AS "sql create",
	format('ALTER DOMAIN %s OWNER TO %I', t.ident, pg_get_userbyid(t.typowner)) AS "sql owner"
FROM (SELECT t.*, format('%I.%I', ns.nspname, t.typname) AS ident FROM pg_type t JOIN ns ON ns.oid = t.typnamespace WHERE t.typtype = 'd') t
JOIN pg_type b ON b.oid = t.typbasetype
CROSS JOIN LATERAL (SELECT format_type(t.typbasetype, t.typtypmod) AS type,
	CASE WHEN t.typcollation <> b.typcollation THEN (SELECT coll.ident FROM coll WHERE coll.oid = t.typcollation) END AS collation,
	coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)) AS initial,
	CASE WHEN t.typnotnull THEN 'NOT NULL' END AS required -- before 17
	(SELECT format('CONSTRAINT %I NOT NULL', n.conname) FROM pg_constraint n WHERE n.contypid = t.oid AND n.contype = 'n') AS required -- since 17
) d
WHERE (t.oid, 'pg_type'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
