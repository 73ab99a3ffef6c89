SELECT 'pg_extension'::regclass::oid AS catalog, e.oid, 'extension' AS class, quote_ident(e.extname) AS name,
	'EXTENSION ' || quote_ident(e.extname) AS target, e.extversion AS version, n.nspname AS schema,
	format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I', e.extname, n.nspname) AS "sql create"
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.oid >= 16384
