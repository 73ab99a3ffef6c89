SELECT 'pg_operator'::regclass::oid AS catalog, o.oid, 'operator' AS class, o.ident AS name, 'OPERATOR ' || o.ident AS target,
	pg_get_userbyid(o.oprowner) AS owner, d.definition,
	format('CREATE OPERATOR %s (%s)', o.symbol, d.definition) AS "sql create",
	format('ALTER OPERATOR %s OWNER TO %I', o.ident, pg_get_userbyid(o.oprowner)) AS "sql owner"
FROM (
	SELECT o.*, format('%I.%s', ns.nspname, o.oprname) AS symbol,
		format('%I.%s (%s, %s)', ns.nspname, o.oprname, coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE'), format_type(o.oprright, NULL)) AS ident
	FROM pg_operator o JOIN ns ON ns.oid = o.oprnamespace
	WHERE o.oprcode <> 0 AND (o.oid, 'pg_operator'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
) o
CROSS JOIN LATERAL (SELECT concat_ws(', ',
	'FUNCTION = ' || o.oprcode::regproc::text, 'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL), 'RIGHTARG = ' || format_type(o.oprright, NULL),
	(SELECT format('COMMUTATOR = OPERATOR(%I.%s)', l.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace l ON l.oid = c.oprnamespace WHERE c.oid = o.oprcom),
	(SELECT format('NEGATOR = OPERATOR(%I.%s)', l.nspname, c.oprname) FROM pg_operator c JOIN pg_namespace l ON l.oid = c.oprnamespace WHERE c.oid = o.oprnegate),
	'RESTRICT = ' || nullif(o.oprrest, 0)::regproc::text, 'JOIN = ' || nullif(o.oprjoin, 0)::regproc::text,
	CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END) AS definition) d
