SELECT 'pg_class'::regclass::oid AS catalog, r.oid, a.attnum::int AS sub, 'index column' AS class, format('%s %s', r.ident, a.attnum) AS name,
	a.attstattarget::int AS "statistics target",
	format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', r.ident, a.attnum, a.attstattarget) AS "sql statistics"
FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid
WHERE r.relkind IN ('i', 'I') AND a.attnum > 0 AND a.attstattarget <> -1
