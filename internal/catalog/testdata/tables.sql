-- Tables of every kind, with names that must be quoted, in several schemas.
CREATE ROLE safemig_owner;
CREATE ROLE "safemig Reader";
CREATE SCHEMA "Sales";
CREATE SCHEMA app AUTHORIZATION safemig_owner;
COMMENT ON SCHEMA app IS 'the application''s own';

CREATE TABLE public.users (
	id bigserial PRIMARY KEY,
	email varchar(320) COLLATE "C" NOT NULL,
	name text DEFAULT 'nobody' NOT NULL,
	score numeric(10, 2) DEFAULT 0 CHECK (score >= 0),
	tags text[] DEFAULT '{}'::text[],
	born date DEFAULT CURRENT_DATE,
	gone text,
	lower_email text GENERATED ALWAYS AS (lower(email)) STORED,
	CONSTRAINT "Email has @" CHECK (email LIKE '%@%')
) WITH (autovacuum_enabled = false, fillfactor = 70, toast.autovacuum_enabled = false);
ALTER TABLE public.users DROP COLUMN gone;
ALTER TABLE public.users ADD COLUMN later timestamptz DEFAULT '2020-01-01 00:00:00+02';
ALTER TABLE public.users ALTER COLUMN name SET STORAGE EXTERNAL;
ALTER TABLE public.users ALTER COLUMN email SET STATISTICS 500;
ALTER TABLE public.users ALTER COLUMN email SET (n_distinct = -0.5);
COMMENT ON TABLE public.users IS 'people';
COMMENT ON COLUMN public.users.email IS E'where to write:\n\tback\\slash ''quoted''';
COMMENT ON CONSTRAINT "Email has @" ON public.users IS 'roughly';
COMMENT ON CONSTRAINT users_pkey ON public.users IS 'the key';
ALTER TABLE public.users ADD CONSTRAINT late_check CHECK (name <> '') NOT VALID;

CREATE TABLE "Sales"."Order" (
	"Id" integer GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5 CACHE 7 CYCLE MAXVALUE 100000),
	"user" bigint NOT NULL REFERENCES public.users ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
	"select" text,
	"a.b" integer,
	"quo""te" integer,
	placed timestamp without time zone DEFAULT now(),
	PRIMARY KEY ("Id"),
	CONSTRAINT "One per user" UNIQUE ("user", "select") DEFERRABLE
);
ALTER TABLE "Sales"."Order" OWNER TO safemig_owner;
ALTER TABLE "Sales"."Order" REPLICA IDENTITY FULL;
COMMENT ON COLUMN "Sales"."Order"."quo""te" IS 'a quote';
COMMENT ON SEQUENCE "Sales"."Order_Id_seq" IS 'numbers';

-- A cycle of foreign keys, one of them not validated.
CREATE TABLE app.a (id uuid PRIMARY KEY, b_id uuid);
CREATE TABLE app.b (id uuid PRIMARY KEY, a_id uuid REFERENCES app.a, self uuid REFERENCES app.b);
ALTER TABLE app.a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b_id) REFERENCES app.b (id) MATCH FULL NOT VALID;
ALTER TABLE app.b OWNER TO safemig_owner;

CREATE UNLOGGED TABLE app.cache (key text PRIMARY KEY, value jsonb) TABLESPACE pg_default;
CREATE TABLE app.nothing ();
CREATE TYPE app.pair AS (x integer, "Y" text COLLATE "C");
CREATE TABLE app.typed OF app.pair (x WITH OPTIONS NOT NULL, PRIMARY KEY (x));

-- Sequences that stand for themselves.
CREATE SEQUENCE app.counter AS smallint START WITH 10 INCREMENT BY -2 MINVALUE -100 MAXVALUE 20 CACHE 3 CYCLE;
SELECT nextval('app.counter'), nextval('app.counter');
CREATE SEQUENCE app.never;
CREATE SEQUENCE app.shared OWNED BY app.cache.key;
ALTER SEQUENCE app.counter OWNER TO safemig_owner;
INSERT INTO public.users (email, name) VALUES ('a@b', 'a'), ('c@d', 'c');
INSERT INTO "Sales"."Order" ("user") SELECT id FROM public.users WHERE id = 1;

-- Indexes.
CREATE INDEX users_email_lower ON public.users (lower(email) COLLATE "C" text_pattern_ops DESC NULLS LAST, name) INCLUDE (score) WHERE score > 1;
ALTER INDEX public.users_email_lower ALTER COLUMN 1 SET STATISTICS 77;
CREATE UNIQUE INDEX "Users by name" ON public.users USING btree (name) WITH (fillfactor = 50);
COMMENT ON INDEX public."Users by name" IS 'names';
CREATE INDEX users_tags ON public.users USING gin (tags);
CREATE UNIQUE INDEX users_email_key ON public.users (email);
ALTER TABLE public.users REPLICA IDENTITY USING INDEX users_email_key;
ALTER TABLE public.users CLUSTER ON "Users by name";
ALTER INDEX "Sales"."Order_pkey" SET (fillfactor = 60);
CREATE TABLE app.booking (room int, during tsrange, CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&) WHERE (room > 0));
CREATE STATISTICS app.users_stats (dependencies, ndistinct) ON name, email FROM public.users;
COMMENT ON STATISTICS app.users_stats IS 'they go together';
ALTER STATISTICS app.users_stats OWNER TO safemig_owner;
