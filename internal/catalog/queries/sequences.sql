-- The sequence of an identity column comes with the column.
SELECT 'pg_class'::regclass::oid AS catalog, r.oid, 'sequence' AS class, r.ident AS name, 'SEQUENCE ' || r.ident AS target,
	pg_get_userbyid(r.relowner) AS owner, format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
	s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, CASE WHEN s.seqcycle THEN 'yes' ELSE 'no' END AS cycle,
	CASE r.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END AS persistence,
	CASE o.deptype WHEN 'i' THEN o.ident END AS "identity of", CASE o.deptype WHEN 'a' THEN o.ident END AS "owned by",
	CASE WHEN o.deptype IS DISTINCT FROM 'i' THEN format('CREATE %sSEQUENCE %s AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
		CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, r.ident, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,
		s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END) END AS "sql create",
	CASE WHEN o.deptype IS DISTINCT FROM 'i' THEN format('ALTER SEQUENCE %s OWNER TO %I', r.ident, pg_get_userbyid(r.relowner)) END AS "sql owner",
	CASE WHEN o.deptype = 'a' THEN format('ALTER SEQUENCE %s OWNED BY %s', r.ident, o.ident) END AS "sql owned",
	CASE WHEN o.deptype = 'i' AND r.relpersistence <> o.relpersistence THEN -- since 15
		format('ALTER SEQUENCE %s SET %s', r.ident, CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END) END AS "sql persistence" -- since 15
	NULL AS "sql persistence" -- before 15
FROM rel r JOIN pg_sequence s ON s.seqrelid = r.oid
LEFT JOIN (
	SELECT d.objid, d.deptype, c.relpersistence, format('%I.%I.%I', l.nspname, c.relname, a.attname) AS ident
	FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace l ON l.oid = c.relnamespace
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
	WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
) o ON o.objid = r.oid
