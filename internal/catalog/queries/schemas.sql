-- Schema public is there in a new database: with comment and grants of its own,
-- which depend on the version.
SELECT 'pg_namespace'::regclass::oid AS catalog, n.oid, 'schema' AS class, quote_ident(n.nspname) AS name,
	'SCHEMA ' || quote_ident(n.nspname) AS target, pg_get_userbyid(n.nspowner) AS owner,
	format('CREATE SCHEMA %s%I', CASE n.nspname WHEN 'public' THEN 'IF NOT EXISTS ' END, n.nspname) AS "sql create",
	format('ALTER SCHEMA %I OWNER TO %I', n.nspname, pg_get_userbyid(n.nspowner)) AS "sql owner",
	CASE n.nspname WHEN 'public' THEN 'COMMENT ON SCHEMA public IS NULL' END AS "sql comment",
	CASE n.nspname WHEN 'public' THEN 'REVOKE ALL ON SCHEMA public FROM PUBLIC' END AS "sql grants"
FROM ns n
WHERE (n.oid, 'pg_namespace'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
