-- safemig plan 2_b, step 4 of 6: check every row of public.users against NOT NULL of mail; gather
--   statistics of public.users.mail.
-- Keeps nobody waiting; waits for locks up to 15min.
-- First: the backfill 2_b is done and verified.
BEGIN;
SET LOCAL lock_timeout = '15min';
SET LOCAL statement_timeout = '0';
ALTER TABLE public.users VALIDATE CONSTRAINT users_mail_safemig_not_null;
ANALYZE public.users (mail);
COMMIT;
