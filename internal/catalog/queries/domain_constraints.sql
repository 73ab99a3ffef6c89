SELECT 'pg_constraint'::regclass::oid AS catalog, c.oid, 'domain constraint' AS class, format('%s %I', d.ident, c.conname) AS name,
	format('CONSTRAINT %I ON DOMAIN %s', c.conname, d.ident) AS target, regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', '') AS definition,
	CASE WHEN c.convalidated THEN 'yes' ELSE 'no' END AS validated,
	format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', d.ident, c.conname, pg_get_constraintdef(c.oid)) AS "sql create"
FROM pg_constraint c
JOIN (SELECT t.oid, format('%I.%I', ns.nspname, t.typname) AS ident FROM pg_type t JOIN ns ON ns.oid = t.typnamespace) d ON d.oid = c.contypid
WHERE c.contype = 'c' AND (d.oid, 'pg_type'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
