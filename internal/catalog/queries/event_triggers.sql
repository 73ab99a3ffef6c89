SELECT 'pg_event_trigger'::regclass::oid AS catalog, e.oid, 'event trigger' AS class, quote_ident(e.evtname) AS name,
	'EVENT TRIGGER ' || quote_ident(e.evtname) AS target, pg_get_userbyid(e.evtowner) AS owner, e.evtevent AS event, d.tags,
	e.evtfoid::regproc::text AS function, coalesce(s.state, 'yes') AS enabled,
	format('CREATE EVENT TRIGGER %I ON %I%s EXECUTE FUNCTION %s()', e.evtname, e.evtevent, ' WHEN TAG IN (' || d.tags || ')', e.evtfoid::regproc) AS "sql create",
	format('ALTER EVENT TRIGGER %I OWNER TO %I', e.evtname, pg_get_userbyid(e.evtowner)) AS "sql owner",
	'ALTER EVENT TRIGGER ' || quote_ident(e.evtname) || ' ' || s.command AS "sql state"
FROM pg_event_trigger e
CROSS JOIN LATERAL (SELECT string_agg(quote_literal(t), ', ' ORDER BY t) AS tags FROM unnest(e.evttags) t) d
LEFT JOIN (VALUES ('D', 'no', 'DISABLE'), ('R', 'replica', 'ENABLE REPLICA'), ('A', 'always', 'ENABLE ALWAYS')) s (code, state, command) ON s.code = e.evtenabled::text
WHERE (e.oid, 'pg_event_trigger'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
