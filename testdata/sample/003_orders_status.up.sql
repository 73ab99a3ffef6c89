SET LOCAL lock_timeout = '2s';
-- Longer names for the status: varchar only grows, nothing is rewritten.
ALTER TABLE orders ALTER COLUMN status TYPE varchar(40);
ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
