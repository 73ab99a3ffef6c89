-- safemig plan 2_b, step 1 of 6, taken back: add public.users.mail beside email, and a trigger that
--   keeps them in step.
BEGIN;
SET LOCAL lock_timeout = '2s';
DROP TRIGGER IF EXISTS zz_users_email_safemig_sync ON public.users;
DROP FUNCTION IF EXISTS public.zz_users_email_safemig_sync();
ALTER TABLE public.users DROP COLUMN IF EXISTS mail;
COMMIT;
