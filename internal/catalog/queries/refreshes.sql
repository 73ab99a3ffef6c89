-- A materialized view that holds rows is filled once all is there.
SELECT r.oid AS relation, 'materialized view rows' AS class, r.ident AS name, 'REFRESH MATERIALIZED VIEW ' || r.ident AS "sql refresh"
FROM rel r WHERE r.relkind = 'm' AND r.relispopulated
