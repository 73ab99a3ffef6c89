-- The index of a constraint comes with the constraint, without its options.
SELECT 'pg_class'::regclass::oid AS catalog, r.oid, i.indrelid AS relation, 'index' AS class, r.ident AS name, 'INDEX ' || r.ident AS target,
	d.definition, k.conname AS "constraint", CASE WHEN i.indisvalid THEN 'yes' ELSE 'no' END AS valid, CASE WHEN i.indisready THEN 'yes' ELSE 'no' END AS ready,
	CASE WHEN i.indisclustered THEN 'yes' ELSE 'no' END AS clustered, CASE WHEN i.indisreplident THEN 'yes' ELSE 'no' END AS "replica identity",
	quote_ident(sp.spcname) AS tablespace, p.ident AS parent,
	CASE WHEN NOT (i.indisvalid OR r.relkind = 'I') THEN 'it is invalid: what was left of CREATE INDEX CONCURRENTLY' END AS unwritten,
	CASE WHEN k.conname IS NULL AND (i.indisvalid OR r.relkind = 'I') THEN d.definition END AS "sql create",
	CASE WHEN k.conname IS NOT NULL THEN 'ALTER INDEX ' || r.ident || ' SET (' || r.options || ')' END AS "sql options",
	CASE WHEN i.indisvalid OR r.relkind = 'I' THEN 'ALTER INDEX ' || r.ident || ' SET TABLESPACE ' || quote_ident(sp.spcname) END AS "sql tablespace",
	'ALTER INDEX ' || p.ident || ' ATTACH PARTITION ' || r.ident AS "sql attach",
	CASE WHEN i.indisclustered THEN format('ALTER TABLE %s CLUSTER ON %I', t.ident, r.relname) END AS "sql cluster",
	CASE WHEN i.indisreplident THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %I', t.ident, r.relname) END AS "sql identity"
FROM pg_index i JOIN rel r ON r.oid = i.indexrelid JOIN rel t ON t.oid = i.indrelid
CROSS JOIN LATERAL (SELECT pg_get_indexdef(i.indexrelid) AS definition) d
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid LEFT JOIN rel p ON p.oid = h.inhparent
LEFT JOIN pg_tablespace sp ON sp.oid = r.reltablespace
WHERE t.relkind IN ('r', 'p', 'm')
