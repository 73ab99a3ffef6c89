-- Rows of the catalogues that are not objects of ours, and those that they come with.
SELECT 'pg_type'::regclass::oid, t.oid, 'pg_class'::regclass::oid, c.oid
FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c'
UNION ALL SELECT 'pg_class'::regclass, c.oid, 'pg_type'::regclass, c.reltype FROM pg_class c WHERE c.relkind = 'c'
UNION ALL SELECT 'pg_type'::regclass, e.typarray, 'pg_type'::regclass, e.oid FROM pg_type e WHERE e.typarray <> 0
UNION ALL SELECT 'pg_type'::regclass, g.rngmultitypid, 'pg_type'::regclass, g.rngtypid FROM pg_range g -- since 14
UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, 'pg_class'::regclass, d.adrelid
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attgenerated <> ''
UNION ALL SELECT 'pg_rewrite'::regclass, w.oid, 'pg_class'::regclass, w.ev_class FROM pg_rewrite w WHERE w.rulename = '_RETURN'
UNION ALL SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_depend d WHERE d.deptype = 'e'
