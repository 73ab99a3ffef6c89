-- Every privilege that is held, and those that are there when the thing was just
-- made ("initial"): no list and the list of those are the same.
, thing AS (
	SELECT 'pg_class'::regclass::oid AS catalog, r.oid, 0 AS sub, 'grant' AS class, k.word || ' ' || r.ident AS name, NULL AS before, NULL AS col,
		upper(k.word) || ' ' || r.ident AS phrase, r.relowner AS owner, r.relacl AS acl, acldefault(k.code::"char", r.relowner) AS initial
	FROM rel r JOIN (VALUES ('r', 'table', 'r'), ('p', 'table', 'r'), ('f', 'table', 'r'), ('v', 'table', 'r'), ('m', 'table', 'r'), ('S', 'sequence', 's'))
		k (relkind, word, code) ON k.relkind = r.relkind::text
	UNION ALL
	SELECT 'pg_class'::regclass, r.oid, a.attnum, 'grant', format('column %s.%I', r.ident, a.attname), NULL, quote_ident(a.attname),
		'TABLE ' || r.ident, r.relowner, a.attacl, acldefault('c', r.relowner)
	FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid
	WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attacl IS NOT NULL AND NOT a.attisdropped
	UNION ALL
	SELECT 'pg_proc'::regclass, p.oid, 0, 'grant', k.word || ' ' || p.oid::regprocedure, NULL, NULL,
		upper(k.word) || ' ' || p.oid::regprocedure, p.proowner, p.proacl, acldefault('f', p.proowner)
	FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace CROSS JOIN LATERAL (SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS word) k
	UNION ALL
	SELECT 'pg_namespace'::regclass, n.oid, 0, 'grant', 'schema ' || quote_ident(n.nspname), NULL, NULL,
		'SCHEMA ' || quote_ident(n.nspname), n.nspowner, n.nspacl, acldefault('n', n.nspowner)
	FROM ns n
	UNION ALL
	SELECT 'pg_type'::regclass, t.oid, 0, 'grant', 'type ' || t.oid::regtype, NULL, NULL,
		'TYPE ' || t.oid::regtype, t.typowner, t.typacl, acldefault('T', t.typowner)
	FROM pg_type t JOIN ns ON ns.oid = t.typnamespace
	UNION ALL
	SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, 0, 'grant', 'foreign data wrapper ' || quote_ident(f.fdwname), NULL, NULL,
		'FOREIGN DATA WRAPPER ' || quote_ident(f.fdwname), f.fdwowner, f.fdwacl, acldefault('F', f.fdwowner)
	FROM pg_foreign_data_wrapper f
	UNION ALL
	SELECT 'pg_foreign_server'::regclass, s.oid, 0, 'grant', 'server ' || quote_ident(s.srvname), NULL, NULL,
		'FOREIGN SERVER ' || quote_ident(s.srvname), s.srvowner, s.srvacl, acldefault('S', s.srvowner)
	FROM pg_foreign_server s
	UNION ALL -- what is given by default: in one schema to what everybody has anyway, without a schema in its place
	SELECT 'pg_default_acl'::regclass, d.oid, 0, 'default privileges', lower(k.word) || ' of ' || w.who, 'ALTER DEFAULT PRIVILEGES FOR ROLE ' || w.who || ' ', NULL,
		k.word, d.defaclrole, d.defaclacl, CASE d.defaclnamespace WHEN 0 THEN acldefault(k.acl::"char", d.defaclrole) ELSE acldefault('c', d.defaclrole) END
	FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
	JOIN (VALUES ('r', 'TABLES', 'r'), ('S', 'SEQUENCES', 's'), ('f', 'FUNCTIONS', 'f'), ('T', 'TYPES', 'T'), ('n', 'SCHEMAS', 'n'), ('L', 'LARGE OBJECTS', 'L'))
		k (code, word, acl) ON k.code = d.defaclobjtype::text
	CROSS JOIN LATERAL (SELECT quote_ident(pg_get_userbyid(d.defaclrole)) || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), '') AS who) w
)
SELECT t.catalog, t.oid, t.sub, t.class, t.name, t.before, t.col, t.phrase, x.initial,
	CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END, x.grantee = t.owner,
	CASE WHEN x.grantor <> t.owner THEN quote_ident(pg_get_userbyid(x.grantor)) END, x.privilege_type, x.is_grantable
FROM thing t
CROSS JOIN LATERAL (
	SELECT false AS initial, a.* FROM aclexplode(coalesce(t.acl, t.initial)) WITH ORDINALITY a (grantor, grantee, privilege_type, is_grantable, place)
	UNION ALL
	SELECT true, a.* FROM aclexplode(t.initial) WITH ORDINALITY a (grantor, grantee, privilege_type, is_grantable, place)
) x
WHERE (t.oid, t.catalog) NOT IN (SELECT m.objid, m.classid FROM member m)
ORDER BY t.catalog, t.oid, t.sub, x.initial, x.place
