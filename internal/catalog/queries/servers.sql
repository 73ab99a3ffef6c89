SELECT 'pg_foreign_server'::regclass::oid AS catalog, s.oid, 'server' AS class, quote_ident(s.srvname) AS name,
	'SERVER ' || quote_ident(s.srvname) AS target, pg_get_userbyid(s.srvowner) AS owner,
	f.fdwname AS wrapper, s.srvtype AS type, s.srvversion AS version, o.options,
	format('CREATE SERVER %I%s%s FOREIGN DATA WRAPPER %I%s', s.srvname, ' TYPE ' || quote_literal(s.srvtype),
		' VERSION ' || quote_literal(s.srvversion), f.fdwname, ' OPTIONS (' || o.options || ')') AS "sql create",
	format('ALTER SERVER %I OWNER TO %I', s.srvname, pg_get_userbyid(s.srvowner)) AS "sql owner"
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw
CROSS JOIN LATERAL (
	SELECT string_agg(format('%I %L', option_name, option_value), ', ' ORDER BY option_name) AS options FROM pg_options_to_table(s.srvoptions)
) o
WHERE (s.oid, 'pg_foreign_server'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
