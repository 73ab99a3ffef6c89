SELECT 'pg_class'::regclass::oid, i.inhparent, 'pg_class'::regclass::oid, i.inhrelid
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.relkind IN ('r', 'p', 'f')
