package synth

// targetsQuery are the tables that rows go into: each partition of one that is cut by
// ranges or lists, with the condition that its rows satisfy.
const targetsQuery = `
WITH RECURSIVE own AS (
	SELECT c.oid, c.oid AS root, c.relkind, p.partstrat
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
	WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
	UNION ALL
	SELECT c.oid, own.root, c.relkind, p.partstrat
	FROM own JOIN pg_inherits i ON i.inhparent = own.oid JOIN pg_class c ON c.oid = i.inhrelid LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
	WHERE own.relkind = 'p' AND own.partstrat <> 'h' AND c.relkind IN ('r', 'p')
)
SELECT own.oid::text, n.nspname, c.relname, rn.nspname, r.relname,
	CASE WHEN own.oid <> own.root AND own.partstrat IS NULL THEN coalesce(pg_get_partition_constraintdef(own.oid), '') ELSE '' END
FROM own JOIN pg_class c ON c.oid = own.oid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class r ON r.oid = own.root JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE own.relkind = 'r' OR own.partstrat = 'h'
ORDER BY 2, 3`

const columnsQuery = `
SELECT a.attrelid::text, a.attname, a.atttypid::text, a.atttypmod::text, format_type(a.atttypid, a.atttypmod),
	a.attnotnull::text, (a.attidentity <> '' OR a.attgenerated <> '')::text, coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
ORDER BY a.attrelid, a.attnum`

const uniqueQuery = `
SELECT i.indrelid::text, i.indexrelid::text, a.attname
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indisunique OR i.indisexclusion ORDER BY 2, array_position(i.indkey::int2[], a.attnum)`

// constraintsQuery: a column of a constraint in each row, and the one it refers to.
const constraintsQuery = `
SELECT k.conrelid::text, k.oid::text, k.conname, k.contype, coalesce(a.attname, ''), coalesce(fn.nspname, ''), coalesce(f.relname, ''), coalesce(fa.attname, ''),
	CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) ELSE '' END
FROM pg_constraint k
LEFT JOIN LATERAL unnest(k.conkey, coalesce(k.confkey, k.conkey)) WITH ORDINALITY u(own, other, n) ON true
LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
LEFT JOIN pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = u.other
WHERE k.contype IN ('c', 'f') AND k.conrelid <> 0
ORDER BY 2, u.n`
