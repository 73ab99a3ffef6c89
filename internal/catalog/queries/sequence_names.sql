SELECT r.ident, quote_literal(r.ident) FROM rel r
WHERE CASE r.relkind WHEN 'S' THEN has_sequence_privilege(r.oid, 'SELECT') END ORDER BY 1
