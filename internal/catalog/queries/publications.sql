SELECT 'pg_publication'::regclass::oid AS catalog, p.oid, 'publication' AS class, quote_ident(p.pubname) AS name,
	'PUBLICATION ' || quote_ident(p.pubname) AS target, pg_get_userbyid(p.pubowner) AS owner,
	CASE WHEN p.puballtables THEN 'yes' END AS "all tables", o.options,
	format('CREATE PUBLICATION %I%s WITH (%s)', p.pubname, CASE WHEN p.puballtables THEN ' FOR ALL TABLES' END, o.options) AS "sql create",
	format('ALTER PUBLICATION %I OWNER TO %I', p.pubname, pg_get_userbyid(p.pubowner)) AS "sql owner"
FROM pg_publication p
CROSS JOIN LATERAL (SELECT concat_ws(', ', format('publish = %L', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
		CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)),
	CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END, -- since 13
	CASE p.pubgencols WHEN 's' THEN 'publish_generated_columns = stored' END, -- since 18
	NULL) AS options) o
WHERE (p.oid, 'pg_publication'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
