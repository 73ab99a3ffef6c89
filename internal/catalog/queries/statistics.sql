SELECT 'pg_statistic_ext'::regclass::oid AS catalog, s.oid, 'statistics' AS class, s.ident AS name, 'STATISTICS ' || s.ident AS target,
	pg_get_userbyid(s.stxowner) AS owner, pg_get_statisticsobjdef(s.oid) AS definition,
	nullif(s.stxstattarget, -1)::int AS "statistics target", -- since 13
	pg_get_statisticsobjdef(s.oid) AS "sql create",
	format('ALTER STATISTICS %s OWNER TO %I', s.ident, pg_get_userbyid(s.stxowner)) AS "sql owner",
	'ALTER STATISTICS ' || s.ident || ' SET STATISTICS ' || nullif(s.stxstattarget, -1) AS "sql target" -- since 13
	NULL AS "sql target" -- before 13
FROM (
	SELECT s.*, format('%I.%I', ns.nspname, s.stxname) AS ident FROM pg_statistic_ext s JOIN ns ON ns.oid = s.stxnamespace
) s JOIN rel r ON r.oid = s.stxrelid
