SELECT d.classoid::oid, d.objoid, d.objsubid, 'comment', 'COMMENT', d.description, quote_literal(d.description)
FROM pg_description d WHERE d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass
UNION ALL
SELECT l.classoid, l.objoid, l.objsubid, 'security label', 'SECURITY LABEL FOR ' || quote_ident(l.provider),
	l.provider || ': ' || l.label, quote_literal(l.label)
FROM pg_seclabel l
