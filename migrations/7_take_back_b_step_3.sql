-- safemig plan 2_b, step 3 of 6, taken back: take no NULL into public.users.mail.
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_mail_safemig_not_null;
COMMIT;
