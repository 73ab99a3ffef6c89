SELECT 'pg_collation'::regclass::oid AS catalog, c.oid, 'collation' AS class, coll.ident AS name,
	'COLLATION ' || coll.ident AS target, pg_get_userbyid(c.collowner) AS owner, o.options AS definition,
	format('CREATE COLLATION %s (%s)', coll.ident, o.options) AS "sql create",
	format('ALTER COLLATION %s OWNER TO %I', coll.ident, pg_get_userbyid(c.collowner)) AS "sql owner"
FROM pg_collation c JOIN coll ON coll.oid = c.oid JOIN ns ON ns.oid = c.collnamespace
CROSS JOIN LATERAL (SELECT concat_ws(', ',
	'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' END,
	CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END,
	'LOCALE = ' || quote_literal(c.colliculocale), -- since 15 before 17
	'LOCALE = ' || quote_literal(c.colllocale), -- since 17
	'RULES = ' || quote_literal(c.collicurules), -- since 16
	'LC_COLLATE = ' || quote_literal(c.collcollate), 'LC_CTYPE = ' || quote_literal(c.collctype)) AS options) o
WHERE (c.oid, 'pg_collation'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
