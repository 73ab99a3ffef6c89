-- safemig:backfill table=public.users key=id
-- safemig plan 2_b: run it with safemig backfill run, in batches, never as it stands.
UPDATE public.users
SET mail = email
WHERE mail IS DISTINCT FROM email;
