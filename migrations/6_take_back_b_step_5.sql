-- safemig plan 2_b, step 5 of 6, taken back: make public.users.mail the column that counts.
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE public.users ALTER COLUMN mail DROP NOT NULL;
COMMIT;
