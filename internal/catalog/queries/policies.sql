SELECT 'pg_policy'::regclass::oid AS catalog, p.oid, p.polrelid AS relation, 'policy' AS class, format('%s %I', r.ident, p.polname) AS name,
	format('POLICY %I ON %s', p.polname, r.ident) AS target, d.mode, d.command, d.roles, d.visible AS using, d.written AS "with check",
	format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, r.ident, d.mode, d.command, d.roles,
		' USING (' || d.visible || ')', ' WITH CHECK (' || d.written || ')') AS "sql create"
FROM pg_policy p JOIN rel r ON r.oid = p.polrelid
CROSS JOIN LATERAL (SELECT CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END AS mode,
	CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
	(SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(o)) END, ', ' ORDER BY pg_get_userbyid(o)) FROM unnest(p.polroles) o) AS roles,
	pg_get_expr(p.polqual, p.polrelid) AS visible, pg_get_expr(p.polwithcheck, p.polrelid) AS written) d
