-- safemig plan 2_b, step 5 of 6: make public.users.mail the column that counts.
-- Holds ACCESS EXCLUSIVE on users for a moment; waits for locks up to 2s at a time, 10 times.
-- First: the backfill 2_b is done and verified.
-- First: every running version of the application: no running version reads or writes users.email;
--   all of them use mail.
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
ALTER TABLE public.users ALTER COLUMN mail SET NOT NULL;
COMMIT;

-- To take it back:
--     BEGIN;
--     SET LOCAL lock_timeout = '2s';
--     ALTER TABLE public.users ALTER COLUMN mail DROP NOT NULL;
--     COMMIT;
