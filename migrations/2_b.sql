-- safemig plan 2_b, step 1 of 6: add public.users.mail beside email, and a trigger that keeps them
--   in step.
-- Holds ACCESS EXCLUSIVE on users for a moment; waits for locks up to 2s at a time, 10 times.
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
DO $$
DECLARE
  found text;
BEGIN
  WITH known AS (SELECT unnest(ARRAY[]::text[]) AS what), hangs AS (
    SELECT replace(i.type || ' ' || i.identity, '"', '') AS what
      FROM pg_attribute a
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype <> 'p'
     CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
     WHERE a.attrelid = 'public.users'::regclass AND a.attname = 'email'
    UNION SELECT 'table ' || replace(inhrelid::regclass::text, '"', '') FROM pg_inherits
     WHERE (inhparent = 'public.users'::regclass OR inhparent = ANY (ARRAY[]::regclass[])) AND inhrelid <> ALL (ARRAY[]::regclass[])
    UNION SELECT 'trigger ' || tgname || ', which fires behind ' || 'zz_users_email_safemig_sync' FROM pg_trigger
     WHERE tgrelid = 'public.users'::regclass AND tgtype::int & 3 = 3 AND tgname >= 'zz_users_email_safemig_sync' AND tgname NOT LIKE '%\_safemig\_sync'
    UNION SELECT 'NOT NULL' FROM pg_attribute WHERE attrelid = 'public.users'::regclass AND attname = 'email' AND attnotnull <> true
    UNION SELECT 'identity' FROM pg_attribute WHERE attrelid = 'public.users'::regclass AND attname = 'email' AND (attidentity <> '') <> false
  )
  SELECT string_agg(what, '; ' ORDER BY what) INTO found FROM (
    SELECT what FROM hangs WHERE what NOT IN (SELECT what FROM known)
    UNION ALL SELECT 'no ' || what FROM known WHERE what NOT IN (SELECT what FROM hangs)
  ) x;
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'the migrations do not know of % what the server does: %', 'public.users.email', found
      USING HINT = 'Make the plan anew with safemig fix --dsn, or give it a dump with --schema.';
  END IF;
END
$$;
ALTER TABLE public.users ADD COLUMN mail text;
CREATE OR REPLACE FUNCTION public.zz_users_email_safemig_sync() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.mail IS NULL THEN
      NEW.mail := NEW.email;
    ELSE
      NEW.email := NEW.mail;
    END IF;
  ELSIF NEW.mail IS DISTINCT FROM OLD.mail THEN
    NEW.email := NEW.mail;
  ELSIF NEW.email IS DISTINCT FROM OLD.email OR NEW.mail IS NULL THEN
    NEW.mail := NEW.email;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER zz_users_email_safemig_sync BEFORE INSERT OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.zz_users_email_safemig_sync();
ALTER TABLE public.users ENABLE ALWAYS TRIGGER zz_users_email_safemig_sync;
DO $$
DECLARE
  lost text;
BEGIN
  SELECT string_agg(o.key || ' ' || o.value, '; ') INTO lost
    FROM pg_attribute a
    JOIN pg_attribute b ON b.attrelid = a.attrelid AND b.attname = 'mail'
   CROSS JOIN LATERAL (
     SELECT key, value FROM json_each_text(row_to_json(a)) WHERE key IN ('atttypid', 'atttypmod', 'attcollation', 'attstorage', 'attcompression', 'attstattarget', 'attoptions')
     UNION ALL SELECT 'right', acl::text FROM unnest(a.attacl) acl
     UNION ALL SELECT 'comment', col_description(a.attrelid, a.attnum)
     EXCEPT
     SELECT key, value FROM json_each_text(row_to_json(b))
     EXCEPT SELECT 'right', acl::text FROM unnest(b.attacl) acl
     EXCEPT SELECT 'comment', col_description(b.attrelid, b.attnum)
   ) o
   WHERE a.attrelid = 'public.users'::regclass AND a.attname = 'email';
  IF lost IS NOT NULL THEN
    RAISE EXCEPTION '% has what the migrations do not give to %: %', 'public.users.email', 'mail', lost
      USING HINT = 'Make the plan anew with safemig fix --dsn, or give it a dump with --schema.';
  END IF;
END
$$;
COMMIT;

-- To take it back:
--     BEGIN;
--     SET LOCAL lock_timeout = '2s';
--     DROP TRIGGER IF EXISTS zz_users_email_safemig_sync ON public.users;
--     DROP FUNCTION IF EXISTS public.zz_users_email_safemig_sync();
--     ALTER TABLE public.users DROP COLUMN IF EXISTS mail;
--     COMMIT;
