-- The options hold passwords, and are shown to those alone who may see them.
SELECT 'pg_user_mapping'::regclass::oid AS catalog, u.umid AS oid, 'user mapping' AS class,
	format('%s on %I', w.who, u.srvname) AS name, md5(u.umoptions::text) AS options,
	format('CREATE USER MAPPING FOR %s SERVER %I', w.who, u.srvname) AS "sql create"
FROM pg_user_mappings u
CROSS JOIN LATERAL (SELECT CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END AS who) w
