-- A partition's part of its parent's key is made with that, under the same name.
-- The rows that stand for the partitions of a referenced table are the server's own.
SELECT 'pg_constraint'::regclass::oid AS catalog, k.oid, k.conrelid AS relation, 'constraint' AS class, format('%s %I', r.ident, k.conname) AS name,
	format('CONSTRAINT %I ON %s', k.conname, r.ident) AS target, regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition,
	CASE WHEN k.convalidated THEN 'yes' ELSE 'no' END AS validated, CASE WHEN p.oid IS NOT NULL THEN 'yes' END AS inherited,
	k.conindid::regclass::text AS index,
	CASE WHEN p.oid IS NULL THEN format('ALTER TABLE %s%s ADD CONSTRAINT %I %s', CASE WHEN r.relkind <> 'p' THEN 'ONLY ' END, r.ident, k.conname,
		pg_get_constraintdef(k.oid)) END AS "sql create",
	CASE WHEN p.conname <> k.conname THEN format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', r.ident, p.conname, k.conname) END AS "sql name",
	CASE WHEN k.convalidated AND NOT p.convalidated THEN format('ALTER TABLE %s VALIDATE CONSTRAINT %I', r.ident, k.conname) END AS "sql validate"
FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid LEFT JOIN pg_constraint p ON p.oid = k.conparentid
WHERE k.contype = 'f' AND k.conrelid IS DISTINCT FROM p.conrelid
