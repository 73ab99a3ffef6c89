SELECT 'pg_rewrite'::regclass::oid AS catalog, w.oid, w.ev_class AS relation, 'rule' AS class, format('%s %I', r.ident, w.rulename) AS name,
	format('RULE %I ON %s', w.rulename, r.ident) AS target, pg_get_ruledef(w.oid) AS definition,
	coalesce(e.state, 'yes') AS enabled, pg_get_ruledef(w.oid) AS "sql create",
	'ALTER TABLE ' || r.ident || ' ' || e.command || ' RULE ' || quote_ident(w.rulename) AS "sql state"
FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class
LEFT JOIN (VALUES ('D', 'no', 'DISABLE'), ('R', 'replica', 'ENABLE REPLICA'), ('A', 'always', 'ENABLE ALWAYS')) e (code, state, command) ON e.code = w.ev_enabled::text
WHERE w.rulename <> '_RETURN'
