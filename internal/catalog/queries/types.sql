SELECT 'pg_type'::regclass::oid AS catalog, t.oid, 'type' AS class, t.ident AS name, 'TYPE ' || t.ident AS target,
	pg_get_userbyid(t.typowner) AS owner, d.definition,
	format('CREATE TYPE %s AS %s', t.ident, d.definition) AS "sql create",
	format('ALTER TYPE %s OWNER TO %I', t.ident, pg_get_userbyid(t.typowner)) AS "sql owner"
FROM (SELECT t.*, format('%I.%I', ns.nspname, t.typname) AS ident FROM pg_type t JOIN ns ON ns.oid = t.typnamespace) t
LEFT JOIN pg_class c ON c.oid = t.typrelid
CROSS JOIN LATERAL (SELECT CASE
	WHEN t.typtype = 'e' THEN (
		SELECT format('ENUM (%s)', string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)) FROM pg_enum e WHERE e.enumtypid = t.oid)
	WHEN c.relkind = 'c' THEN (
		SELECT format('(%s)', string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
			CASE WHEN a.attcollation <> y.typcollation THEN (SELECT ' COLLATE ' || coll.ident FROM coll WHERE coll.oid = a.attcollation) END), ', ' ORDER BY a.attnum))
		FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
		WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
	WHEN t.typtype = 'r' THEN (
		SELECT format('RANGE (%s)', concat_ws(', ', 'SUBTYPE = ' || format_type(g.rngsubtype, NULL),
			(SELECT format('SUBTYPE_OPCLASS = %I.%I', l.nspname, o.opcname) FROM pg_opclass o JOIN pg_namespace l ON l.oid = o.opcnamespace WHERE o.oid = g.rngsubopc),
			(SELECT 'COLLATION = ' || coll.ident FROM coll WHERE coll.oid = g.rngcollation),
			'SUBTYPE_DIFF = ' || nullif(g.rngsubdiff, 0)::regproc::text,
			(SELECT format('MULTIRANGE_TYPE_NAME = %I.%I', l.nspname, m.typname) FROM pg_type m JOIN pg_namespace l ON l.oid = m.typnamespace WHERE m.oid = g.rngmultitypid), -- since 14
			NULL))
		FROM pg_range g WHERE g.rngtypid = t.oid AND g.rngcanonical = 0)
	END AS definition) d
WHERE (t.typtype IN ('e', 'r') OR c.relkind = 'c') AND d.definition IS NOT NULL
	AND (t.oid, 'pg_type'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
