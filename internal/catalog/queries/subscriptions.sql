-- The rest of a subscription is shown to superusers alone, and a copy of it would
-- take the rows that are the first one's.
SELECT 'subscription' AS class, quote_ident(s.subname) AS name, 'it would begin to copy rows' AS unwritten
FROM pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
