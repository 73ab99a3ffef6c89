-- What needs what. A child's own form of its parent's CHECK or NOT NULL comes
-- after that: the second of the two is merged into the first.
SELECT DISTINCT d.classid::oid, d.objid, d.refclassid::oid, d.refobjid FROM pg_depend d
WHERE d.objid >= 16384 AND d.deptype <> 'e'
UNION
SELECT 'pg_constraint'::regclass, k.oid, 'pg_constraint'::regclass, p.oid
FROM pg_constraint k JOIN pg_inherits i ON i.inhrelid = k.conrelid
JOIN pg_constraint p ON p.conrelid = i.inhparent AND p.conname = k.conname AND p.contype = k.contype
WHERE k.contype IN ('c', 'n')
