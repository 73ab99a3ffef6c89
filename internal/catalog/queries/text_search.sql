SELECT 'pg_ts_dict'::regclass::oid AS catalog, x.oid, 0 AS sub, 'text search dictionary' AS class, x.ident AS name,
	'TEXT SEARCH DICTIONARY ' || x.ident AS target, pg_get_userbyid(x.dictowner) AS owner, x.definition,
	format('CREATE TEXT SEARCH DICTIONARY %s (%s)', x.ident, x.definition) AS "sql create",
	format('ALTER TEXT SEARCH DICTIONARY %s OWNER TO %I', x.ident, pg_get_userbyid(x.dictowner)) AS "sql owner"
FROM (
	SELECT d.*, format('%I.%I', ns.nspname, d.dictname) AS ident, format('TEMPLATE = %I.%I%s', l.nspname, t.tmplname, ', ' || d.dictinitoption) AS definition
	FROM pg_ts_dict d JOIN ns ON ns.oid = d.dictnamespace JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace l ON l.oid = t.tmplnamespace
	WHERE (d.oid, 'pg_ts_dict'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
) x
UNION ALL
SELECT 'pg_ts_config'::regclass, x.oid, 0, 'text search configuration', x.ident, 'TEXT SEARCH CONFIGURATION ' || x.ident,
	pg_get_userbyid(x.cfgowner), x.parser,
	format('CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %s)', x.ident, x.parser),
	format('ALTER TEXT SEARCH CONFIGURATION %s OWNER TO %I', x.ident, pg_get_userbyid(x.cfgowner))
FROM (
	SELECT c.*, format('%I.%I', ns.nspname, c.cfgname) AS ident, format('%I.%I', l.nspname, p.prsname) AS parser
	FROM pg_ts_config c JOIN ns ON ns.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace l ON l.oid = p.prsnamespace
	WHERE (c.oid, 'pg_ts_config'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
) x
UNION ALL
SELECT 'pg_ts_config'::regclass, x.oid, x.maptokentype, 'text search mapping', format('%s %I', x.ident, x.alias), NULL, NULL, x.dictionaries,
	format('ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %I WITH %s', x.ident, x.alias, x.dictionaries), NULL
FROM (
	SELECT c.oid, m.maptokentype, t.alias, format('%I.%I', ns.nspname, c.cfgname) AS ident,
		string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
	FROM pg_ts_config c JOIN ns ON ns.oid = c.cfgnamespace JOIN pg_ts_config_map m ON m.mapcfg = c.oid
	CROSS JOIN LATERAL ts_token_type(c.cfgparser) t
	WHERE t.tokid = m.maptokentype AND (c.oid, 'pg_ts_config'::regclass) NOT IN (SELECT e.objid, e.classid FROM member e)
	GROUP BY c.oid, m.maptokentype, t.alias, ns.nspname, c.cfgname
) x
