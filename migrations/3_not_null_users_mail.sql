-- safemig plan 2_b, step 3 of 6: take no NULL into public.users.mail.
-- Holds ACCESS EXCLUSIVE on users for a moment; waits for locks up to 2s at a time, 10 times.
-- First: the backfill 2_b is done and verified.
BEGIN;
SET LOCAL lock_timeout = '2s';
DO $$
BEGIN
  FOR try IN 1..10 LOOP
    BEGIN
      LOCK TABLE ONLY public.users IN ACCESS EXCLUSIVE MODE;
      RETURN;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      IF try = 10 THEN RAISE; END IF;
    END;
    PERFORM pg_sleep(least(try, 5));
  END LOOP;
END
$$;
ALTER TABLE public.users ADD CONSTRAINT users_mail_safemig_not_null CHECK (mail IS NOT NULL) NOT VALID;
COMMIT;

-- To take it back:
--     BEGIN;
--     SET LOCAL lock_timeout = '2s';
--     ALTER TABLE public.users DROP CONSTRAINT IF EXISTS users_mail_safemig_not_null;
--     COMMIT;
