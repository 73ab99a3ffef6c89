, part AS ( -- what a column can have beyond the definition of its table
	SELECT a.*, r.kind, r.relkind, r.relispartition, format('%s.%I', r.ident, a.attname) AS ident, r.ident AS owner_ident,
		format('ALTER %s %s%s ALTER COLUMN %I', r.kind, CASE WHEN r.relkind IN ('r', 'p', 'f') THEN 'ONLY ' END, r.ident, a.attname) AS alter,
		format_type(a.atttypid, a.atttypmod) AS type, y.typstorage, y.typcollation,
		CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS made,
		CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS numbered,
		CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' ELSE 'EXTERNAL' END AS storage,
		CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, -- since 14
		NULL AS compression, -- before 14
		(SELECT string_agg(format('%s=%s', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ' ORDER BY o) FROM unnest(a.attoptions) o) AS options,
		(SELECT string_agg(format('%I %L', option_name, option_value), ', ' ORDER BY option_name) FROM pg_options_to_table(a.attfdwoptions)) AS foreign_options
	FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid JOIN pg_type y ON y.oid = a.atttypid
	WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT 'pg_class'::regclass::oid AS catalog, a.attrelid AS oid, a.attnum::int AS sub, 'column' AS class, a.ident AS name, 'COLUMN ' || a.ident AS target,
	a.type, CASE WHEN a.attcollation <> a.typcollation THEN (SELECT coll.ident FROM coll WHERE coll.oid = a.attcollation) END AS collation,
	CASE WHEN a.attnotnull THEN 'yes' ELSE 'no' END AS "not null", -- before 18
	CASE WHEN a.attnotnull THEN CASE WHEN EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = a.attrelid AND n.contype = 'n' -- since 18
		AND n.conkey[1] = a.attnum AND NOT n.convalidated) THEN 'not valid' ELSE 'yes' END ELSE 'no' END AS "not null", -- since 18
	a.numbered AS identity, a.made AS generated,
	(SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> '') AS expression,
	CASE WHEN a.relkind NOT IN ('v', 'c') THEN lower(a.storage) END AS storage, a.compression,
	nullif(a.attstattarget, -1)::int AS "statistics target", a.options, a.foreign_options AS "foreign options",
	CASE WHEN a.attinhcount > 0 THEN format('%s%s', a.attinhcount, CASE WHEN a.attislocal THEN ' and its own' END) END AS inherited,
	CASE WHEN a.attidentity <> '' AND NOT a.attislocal AND NOT a.relispartition THEN (
		SELECT format('%s ADD GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
			a.alter, CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, l.nspname, q.relname,
			s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)
		FROM pg_depend o JOIN pg_class q ON q.oid = o.objid JOIN pg_namespace l ON l.oid = q.relnamespace JOIN pg_sequence s ON s.seqrelid = q.oid
		WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid
			AND o.refobjsubid = a.attnum AND o.deptype = 'i') END AS "sql identity",
	CASE WHEN a.attstorage <> a.typstorage AND a.relkind NOT IN ('v', 'c') THEN a.alter || ' SET STORAGE ' || a.storage END AS "sql storage",
	a.alter || ' SET COMPRESSION ' || a.compression AS "sql compression",
	a.alter || ' SET STATISTICS ' || nullif(a.attstattarget, -1) AS "sql statistics",
	a.alter || ' SET (' || a.options || ')' AS "sql options",
	CASE WHEN a.relkind = 'f' AND NOT a.attislocal AND NOT a.relispartition THEN a.alter || ' OPTIONS (' || a.foreign_options || ')' END AS "sql foreign options"
FROM part a
