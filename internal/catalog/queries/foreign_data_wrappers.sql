SELECT 'pg_foreign_data_wrapper'::regclass::oid AS catalog, f.oid, 'foreign data wrapper' AS class, quote_ident(f.fdwname) AS name,
	'FOREIGN DATA WRAPPER ' || quote_ident(f.fdwname) AS target, pg_get_userbyid(f.fdwowner) AS owner,
	nullif(f.fdwhandler, 0)::regproc::text AS handler, nullif(f.fdwvalidator, 0)::regproc::text AS validator, o.options,
	format('CREATE FOREIGN DATA WRAPPER %I%s%s%s', f.fdwname, ' HANDLER ' || nullif(f.fdwhandler, 0)::regproc::text,
		' VALIDATOR ' || nullif(f.fdwvalidator, 0)::regproc::text, ' OPTIONS (' || o.options || ')') AS "sql create",
	format('ALTER FOREIGN DATA WRAPPER %I OWNER TO %I', f.fdwname, pg_get_userbyid(f.fdwowner)) AS "sql owner"
FROM pg_foreign_data_wrapper f
CROSS JOIN LATERAL (
	SELECT string_agg(format('%I %L', option_name, option_value), ', ' ORDER BY option_name) AS options FROM pg_options_to_table(f.fdwoptions)
) o
WHERE f.oid >= 16384 AND (f.oid, 'pg_foreign_data_wrapper'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
