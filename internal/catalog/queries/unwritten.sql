-- Things that hardly anything but an extension makes: that they are there is
-- known, and what they are in the catalogue's own words.
SELECT x.catalog, x.oid, x.what AS class, (pg_identify_object(x.catalog, x.oid, 0)).identity AS name, x.value AS definition,
	'it is a thing that extensions make' AS unwritten
FROM (
	SELECT 'pg_opclass'::regclass::oid AS catalog, o.oid, 'operator class' AS what, to_jsonb(o) - 'oid' AS value FROM pg_opclass o
	UNION ALL SELECT 'pg_opfamily'::regclass, o.oid, 'operator family', to_jsonb(o) - 'oid' FROM pg_opfamily o
	UNION ALL SELECT 'pg_conversion'::regclass, o.oid, 'conversion', to_jsonb(o) - 'oid' FROM pg_conversion o
	UNION ALL SELECT 'pg_language'::regclass, o.oid, 'language', to_jsonb(o) - 'oid' FROM pg_language o
	UNION ALL SELECT 'pg_transform'::regclass, o.oid, 'transform', to_jsonb(o) - 'oid' FROM pg_transform o
	UNION ALL SELECT 'pg_ts_parser'::regclass, o.oid, 'text search parser', to_jsonb(o) - 'oid' FROM pg_ts_parser o
	UNION ALL SELECT 'pg_ts_template'::regclass, o.oid, 'text search template', to_jsonb(o) - 'oid' FROM pg_ts_template o
	UNION ALL SELECT 'pg_am'::regclass, o.oid, 'access method', to_jsonb(o) - 'oid' FROM pg_am o
	UNION ALL SELECT 'pg_operator'::regclass, o.oid, 'operator', to_jsonb(o) - 'oid' FROM pg_operator o WHERE o.oprcode = 0
	UNION ALL SELECT 'pg_type'::regclass, o.oid, 'type', to_jsonb(o) - 'oid' FROM pg_type o LEFT JOIN pg_range g ON g.rngtypid = o.oid
		WHERE o.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = o.oid) OR o.typtype = 'p' OR g.rngcanonical <> 0
) x
WHERE x.oid >= 16384 AND (x.oid, x.catalog) NOT IN (SELECT m.objid, m.classid FROM member m)
