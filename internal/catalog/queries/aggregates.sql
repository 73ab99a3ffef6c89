SELECT 'pg_proc'::regclass::oid AS catalog, p.oid, 'aggregate' AS class, p.ident AS name, 'AGGREGATE ' || p.ident AS target,
	pg_get_userbyid(p.proowner) AS owner, d.definition,
	format('CREATE AGGREGATE %s (%s)', p.ident, d.definition) AS "sql create",
	format('ALTER AGGREGATE %s OWNER TO %I', p.ident, pg_get_userbyid(p.proowner)) AS "sql owner"
FROM (
	SELECT p.*, format('%I.%I(%s)', ns.nspname, p.proname, CASE p.pronargs WHEN 0 THEN '*' ELSE pg_get_function_identity_arguments(p.oid) END) AS ident
	FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace
	WHERE p.prokind = 'a' AND (p.oid, 'pg_proc'::regclass) NOT IN (SELECT m.objid, m.classid FROM member m)
) p
JOIN pg_aggregate a ON a.aggfnoid = p.oid
CROSS JOIN LATERAL (SELECT concat_ws(', ',
	'SFUNC = ' || a.aggtransfn::regproc::text, 'STYPE = ' || format_type(a.aggtranstype, NULL), 'SSPACE = ' || nullif(a.aggtransspace, 0),
	'FINALFUNC = ' || nullif(a.aggfinalfn, 0)::regproc::text, CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
	CASE WHEN a.aggfinalfn <> 0 THEN 'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
	'COMBINEFUNC = ' || nullif(a.aggcombinefn, 0)::regproc::text, 'SERIALFUNC = ' || nullif(a.aggserialfn, 0)::regproc::text,
	'DESERIALFUNC = ' || nullif(a.aggdeserialfn, 0)::regproc::text, 'INITCOND = ' || quote_literal(a.agginitval),
	'MSFUNC = ' || nullif(a.aggmtransfn, 0)::regproc::text, 'MINVFUNC = ' || nullif(a.aggminvtransfn, 0)::regproc::text,
	'MSTYPE = ' || format_type(nullif(a.aggmtranstype, 0), NULL), 'MSSPACE = ' || nullif(a.aggmtransspace, 0),
	'MFINALFUNC = ' || nullif(a.aggmfinalfn, 0)::regproc::text, CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
	CASE WHEN a.aggmfinalfn <> 0 THEN 'MFINALFUNC_MODIFY = ' || CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
	'MINITCOND = ' || quote_literal(a.aggminitval),
	(SELECT format('SORTOP = OPERATOR(%I.%s)', l.nspname, o.oprname) FROM pg_operator o JOIN pg_namespace l ON l.oid = o.oprnamespace WHERE o.oid = a.aggsortop),
	CASE a.aggkind WHEN 'h' THEN 'HYPOTHETICAL' END,
	'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END) AS definition) d
