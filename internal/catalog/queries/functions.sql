SELECT 'pg_proc'::regclass::oid AS catalog, p.oid, p.class, p.oid::regprocedure::text AS name,
	format('%s %s', upper(p.class), p.oid::regprocedure) AS target, pg_get_userbyid(p.proowner) AS owner, p.definition,
	p.definition AS "sql create",
	format('ALTER %s %s OWNER TO %I', upper(p.class), p.oid::regprocedure, pg_get_userbyid(p.proowner)) AS "sql owner"
FROM (
	SELECT p.oid, p.proowner, CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS class,
		pg_get_functiondef(p.oid) AS definition
	FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace
	WHERE p.prokind <> 'a' AND (p.oid, 'pg_proc'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
		AND p.oid NOT IN (SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'i')
) p
