-- A partition's part of its parent's trigger comes with that.
SELECT 'pg_trigger'::regclass::oid AS catalog, g.oid, g.tgrelid AS relation, 'trigger' AS class, format('%s %I', r.ident, g.tgname) AS name,
	format('TRIGGER %I ON %s', g.tgname, r.ident) AS target, pg_get_triggerdef(g.oid) AS definition, coalesce(e.state, 'yes') AS enabled,
	CASE WHEN p.oid IS NOT NULL THEN 'yes' END AS inherited,
	CASE WHEN p.oid IS NULL THEN pg_get_triggerdef(g.oid) END AS "sql create",
	CASE r.relkind WHEN 'f' THEN 'ALTER FOREIGN TABLE ONLY ' ELSE 'ALTER TABLE ONLY ' END || r.ident || ' ' || e.command || ' TRIGGER ' || quote_ident(g.tgname) AS "sql state"
FROM pg_trigger g JOIN rel r ON r.oid = g.tgrelid JOIN pg_proc f ON f.oid = g.tgfoid
LEFT JOIN pg_trigger p ON p.oid = g.tgparentid -- since 13
LEFT JOIN pg_depend d ON d.classid = 'pg_trigger'::regclass AND d.objid = g.oid AND d.refclassid = 'pg_trigger'::regclass -- before 13
LEFT JOIN pg_trigger p ON p.oid = d.refobjid -- before 13
LEFT JOIN (VALUES ('D', 'no', 'DISABLE'), ('R', 'replica', 'ENABLE REPLICA'), ('A', 'always', 'ENABLE ALWAYS')) e (code, state, command) ON e.code = g.tgenabled::text
WHERE NOT g.tgisinternal OR p.oid IS NOT NULL AND f.pronamespace <> 'pg_catalog'::regnamespace
