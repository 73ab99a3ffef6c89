-- What a table has from its parents comes with theirs; a partition's keys are made
-- by themselves and attached to the parent's, as its indexes are. From 18 on a NOT
-- NULL is a constraint, and comes with its table unless it is NOT VALID.
SELECT 'pg_constraint'::regclass::oid AS catalog, k.oid, k.conrelid AS relation, 'constraint' AS class, format('%s %I', r.ident, k.conname) AS name,
	format('CONSTRAINT %I ON %s', k.conname, r.ident) AS target, regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS definition,
	CASE WHEN k.convalidated THEN 'yes' ELSE 'no' END AS validated,
	CASE WHEN k.connoinherit AND k.contype IN ('c', 'n') THEN 'yes' END AS "no inherit",
	CASE WHEN k.coninhcount > 0 THEN format('%s%s', k.coninhcount, CASE WHEN k.conislocal THEN ' and its own' END) END AS inherited,
	CASE WHEN k.contype IN ('p', 'u', 'x') THEN k.conindid::regclass::text END AS index,
	CASE
		WHEN k.contype IN ('p', 'u', 'x') THEN format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s', r.ident, k.conname, pg_get_constraintdef(k.oid))
		WHEN NOT k.conislocal OR k.contype = 'n' AND k.convalidated THEN NULL
		ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.ident, k.conname, pg_get_constraintdef(k.oid))
	END AS "sql create",
	CASE WHEN k.convalidated AND NOT k.conislocal AND k.contype IN ('c', 'n') AND NOT r.relispartition AND EXISTS (
		SELECT FROM pg_inherits i JOIN pg_constraint p ON p.conrelid = i.inhparent
		WHERE i.inhrelid = k.conrelid AND p.contype = k.contype AND p.conname = k.conname AND NOT p.convalidated
	) THEN format('ALTER TABLE %s VALIDATE CONSTRAINT %I', r.ident, k.conname) END AS "sql validate"
FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid
WHERE k.contype IN ('p', 'u', 'x', 'c', 'n')
