WITH RECURSIVE ns AS (
	SELECT n.* FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), member AS (
	SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'
), coll AS (
	SELECT k.oid, format('%I.%I', l.nspname, k.collname) AS ident FROM pg_collation k JOIN pg_namespace l ON l.oid = k.collnamespace
), rel AS (
	SELECT c.*, format('%I.%I', ns.nspname, c.relname) AS ident,
		CASE c.relkind WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
			WHEN 'S' THEN 'SEQUENCE' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' ELSE 'TABLE' END AS kind,
		(SELECT string_agg(format('%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ' ORDER BY o)
			FROM unnest(c.reloptions) o) AS options
	FROM pg_class c JOIN ns ON ns.oid = c.relnamespace
	WHERE (c.oid, 'pg_class'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
)
