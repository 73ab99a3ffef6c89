-- What is made of tables, and what tables are made of.
CREATE ROLE safemig_owner;
CREATE ROLE safemig_reader;
CREATE ROLE "safemig Writer";
CREATE SCHEMA app;
CREATE SCHEMA "2nd" AUTHORIZATION safemig_owner;

CREATE TYPE app.mood AS ENUM ('sad', 'it''s', 'happy');
ALTER TYPE app.mood ADD VALUE 'so so' BEFORE 'it''s';
CREATE TYPE app.range_of_float AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
COMMENT ON TYPE app.mood IS 'how it is';
CREATE FUNCTION app.is_email(t text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT t LIKE '%@%' $$;
CREATE DOMAIN app.email AS varchar(320) COLLATE "C" DEFAULT 'a@b' NOT NULL CONSTRAINT valid CHECK (app.is_email(VALUE));
ALTER DOMAIN app.email ADD CONSTRAINT short CHECK (length(VALUE) < 100) NOT VALID;
COMMENT ON CONSTRAINT valid ON DOMAIN app.email IS 'roughly';
COMMENT ON DOMAIN app.email IS 'where to write';
CREATE TYPE app.address AS (street text, town app.email);
COMMENT ON COLUMN app.address.street IS 'with the number';
ALTER TYPE app.address OWNER TO safemig_owner;
CREATE COLLATION app.posix (LOCALE = 'C');
COMMENT ON COLLATION app.posix IS 'as bytes';
CREATE COLLATION app."Any Case" (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
CREATE EXTENSION pg_trgm SCHEMA app;
CREATE EXTENSION citext;
COMMENT ON EXTENSION citext IS 'my own words';

CREATE TABLE app.person (id int PRIMARY KEY, mood app.mood DEFAULT 'happy' NOT NULL, email app.email, home app.address, name text COLLATE app.posix, nick text COLLATE app."Any Case" UNIQUE, ci public.citext, moods app.mood[]);
CREATE INDEX person_trgm ON app.person USING gin (name app.gin_trgm_ops);
CREATE TABLE app.audit (at timestamptz, what text, old app.person);

-- A function of a table's row that the table's own check and index call, and one
-- that makes a default.
CREATE FUNCTION app.fine(p app.person) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN p.id > 0; END $$;
ALTER TABLE app.person ADD CONSTRAINT fine CHECK (app.fine(person.*));
CREATE FUNCTION app.next_id(step int DEFAULT 1, VARIADIC more int[] DEFAULT '{}') RETURNS int LANGUAGE sql VOLATILE SECURITY DEFINER COST 7
	SET search_path = app, pg_temp SET work_mem = '5MB' AS $f$ SELECT coalesce(max(id), 0) + step FROM person; -- not $$ the end
$f$;
ALTER TABLE app.person ALTER COLUMN id SET DEFAULT app.next_id();
COMMENT ON FUNCTION app.next_id(int, int[]) IS 'one more';
ALTER FUNCTION app.next_id(int, int[]) OWNER TO safemig_owner;
CREATE PROCEDURE app.tidy(INOUT n int) LANGUAGE plpgsql AS $$ BEGIN COMMIT; n := 1; END $$;
COMMENT ON PROCEDURE app.tidy(int) IS 'tidy up';
CREATE FUNCTION app.people() RETURNS SETOF app.person LANGUAGE sql STABLE ROWS 10 PARALLEL SAFE LEAKPROOF AS 'SELECT * FROM app.person';
CREATE FUNCTION app.out(OUT a int, OUT "B" text) RETURNS record LANGUAGE sql AS $$ SELECT 1, 'x' $$;
CREATE FUNCTION app.pairs(n int) RETURNS TABLE (a int, b text) LANGUAGE sql WINDOW AS $$ SELECT 1, 'x' $$;
CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE);
CREATE AGGREGATE app.everything(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
COMMENT ON AGGREGATE app.total(int) IS 'a sum';
CREATE FUNCTION app.same(text, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 = $2::text $$;
CREATE OPERATOR app.=== (FUNCTION = app.same, LEFTARG = text, RIGHTARG = int, RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR app.=== (text, int) IS 'alike';
CREATE FUNCTION app.to_mood(int) RETURNS app.mood LANGUAGE sql IMMUTABLE AS $$ SELECT 'sad'::app.mood $$;
CREATE CAST (int AS app.mood) WITH FUNCTION app.to_mood(int) AS ASSIGNMENT;
CREATE TEXT SEARCH DICTIONARY app.plain (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION app.search (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION app.search ALTER MAPPING FOR asciiword, word WITH app.plain, simple;

-- Views on views, with every option; a view that needs a primary key.
CREATE VIEW app.z_base WITH (security_barrier = true) AS SELECT id, name AS "The Name", mood FROM app.person WHERE id > 0 WITH LOCAL CHECK OPTION;
ALTER VIEW app.z_base ALTER COLUMN mood SET DEFAULT 'sad';
COMMENT ON VIEW app.z_base IS 'the base';
COMMENT ON COLUMN app.z_base."The Name" IS 'a name';
CREATE VIEW app.a_top AS SELECT b.*, now() AS at, app.next_id() AS n FROM app.z_base b WITH CASCADED CHECK OPTION;
ALTER VIEW app.a_top OWNER TO safemig_owner;
CREATE VIEW app.grouped AS SELECT p.id, p.name, count(*) FROM app.person p JOIN app.audit a ON true GROUP BY p.id;
CREATE VIEW app.dated AS SELECT timestamptz '2020-01-01 12:00:00+02' AS t, date '2020-02-03' AS d, interval '1 day 02:03' AS i, 1.5::float8 AS f, '\xdeadbeef'::bytea AS b, 'it''s \' AS s;
CREATE RECURSIVE VIEW app.numbers (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
CREATE MATERIALIZED VIEW app.y_sums WITH (fillfactor = 80) AS SELECT id, count(*) AS n FROM app.person GROUP BY id;
CREATE UNIQUE INDEX y_sums_id ON app.y_sums (id);
ALTER MATERIALIZED VIEW app.y_sums ALTER COLUMN n SET STATISTICS 10;
CREATE MATERIALIZED VIEW app.b_sums AS SELECT sum(n) AS s FROM app.y_sums;
CREATE MATERIALIZED VIEW app.empty AS SELECT 1 AS one WITH NO DATA;
COMMENT ON MATERIALIZED VIEW app.empty IS 'nothing yet';

-- Rules, triggers, policies.
CREATE RULE keep AS ON DELETE TO app.audit DO INSTEAD NOTHING;
CREATE RULE "Log it" AS ON UPDATE TO app.a_top WHERE old.id > 0 DO ALSO INSERT INTO app.audit (what) VALUES ('it''s;' || new.id);
ALTER TABLE app.audit DISABLE RULE keep;
COMMENT ON RULE keep ON app.audit IS 'for ever';
CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.audit (what) VALUES (TG_ARGV[0]); RETURN NEW; END $$;
CREATE TRIGGER "Stamp" BEFORE INSERT OR UPDATE OF name, mood ON app.person FOR EACH ROW WHEN (new.id > 1) EXECUTE FUNCTION app.stamp('it''s', 'b');
CREATE TRIGGER whole AFTER UPDATE ON app.person REFERENCING OLD TABLE AS before NEW TABLE AS "after" FOR EACH STATEMENT EXECUTE FUNCTION app.stamp();
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON app.person DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.stamp();
CREATE TRIGGER instead INSTEAD OF INSERT ON app.grouped FOR EACH ROW EXECUTE FUNCTION app.stamp();
ALTER TABLE app.person ENABLE ALWAYS TRIGGER "Stamp";
ALTER TABLE app.person ENABLE REPLICA TRIGGER whole;
ALTER TABLE app.person DISABLE TRIGGER late;
COMMENT ON TRIGGER "Stamp" ON app.person IS 'stamps';
ALTER TABLE app.person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE app.audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON app.person AS PERMISSIVE FOR ALL TO safemig_reader, "safemig Writer" USING (name = current_user) WITH CHECK (id < 100);
CREATE POLICY "Not Sad" ON app.person AS RESTRICTIVE FOR INSERT WITH CHECK (mood <> 'sad');
CREATE POLICY log ON app.audit FOR SELECT USING (EXISTS (SELECT FROM app.person p WHERE p.name = audit.what));
COMMENT ON POLICY mine ON app.person IS 'one''s own';

-- Grants of every kind, one by somebody who was allowed to pass it on.
GRANT USAGE ON SCHEMA app TO safemig_reader, "safemig Writer";
GRANT USAGE, CREATE ON SCHEMA "2nd" TO safemig_reader WITH GRANT OPTION;
GRANT SELECT ON app.person TO PUBLIC;
GRANT SELECT, UPDATE ON app.person TO safemig_reader WITH GRANT OPTION;
GRANT INSERT ON app.person TO safemig_reader;
SET SESSION AUTHORIZATION safemig_reader;
GRANT SELECT ON app.person TO "safemig Writer";
RESET SESSION AUTHORIZATION;
GRANT ALL ON app.audit TO CURRENT_USER;
GRANT SELECT (id, name), UPDATE (name) ON app.person TO "safemig Writer";
GRANT INSERT ("The Name") ON app.z_base TO safemig_reader WITH GRANT OPTION;
REVOKE ALL ON app.audit FROM CURRENT_USER;
GRANT SELECT ON app.audit TO CURRENT_USER;
CREATE SEQUENCE app.numbering;
GRANT USAGE ON SEQUENCE app.numbering TO safemig_reader;
REVOKE EXECUTE ON FUNCTION app.next_id(int, int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.next_id(int, int[]) TO safemig_reader;
GRANT EXECUTE ON PROCEDURE app.tidy(int) TO safemig_reader WITH GRANT OPTION;
REVOKE USAGE ON TYPE app.mood FROM PUBLIC;
GRANT USAGE ON DOMAIN app.email TO safemig_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO safemig_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE safemig_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE safemig_owner GRANT USAGE ON SEQUENCES TO "safemig Writer" WITH GRANT OPTION;

-- Foreign tables, publications, event triggers.
CREATE FOREIGN DATA WRAPPER elsewhere OPTIONS (debug 'yes');
CREATE SERVER "far away" TYPE 'it''s' VERSION '1' FOREIGN DATA WRAPPER elsewhere OPTIONS (host 'h', "Port" '5');
ALTER SERVER "far away" OWNER TO safemig_owner;
COMMENT ON SERVER "far away" IS 'over there';
CREATE USER MAPPING FOR safemig_reader SERVER "far away";
CREATE USER MAPPING FOR PUBLIC SERVER "far away";
CREATE FOREIGN TABLE app.distant (id int OPTIONS (column_name 'ID') NOT NULL, v text COLLATE "C" DEFAULT 'x', CHECK (id > 0)) SERVER "far away" OPTIONS (table_name 'T');
COMMENT ON FOREIGN TABLE app.distant IS 'not here';
GRANT USAGE ON FOREIGN SERVER "far away" TO safemig_reader;
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION several FOR TABLE app.person, ONLY app.audit WITH (publish = 'insert, update');
CREATE PUBLICATION "none";
COMMENT ON PUBLICATION several IS 'a few';
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('ALTER TABLE', 'CREATE TABLE') EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER watch ENABLE ALWAYS;

-- A function and a view that need each other.
CREATE VIEW app.egg AS SELECT 1 AS n, 'x'::text COLLATE "C" AS t;
CREATE FUNCTION app.chicken() RETURNS SETOF app.egg LANGUAGE sql AS $$ SELECT 1, 'x'::text $$;
CREATE VIEW app.dozen AS SELECT * FROM app.chicken();
CREATE OR REPLACE VIEW app.egg WITH (security_barrier = true) AS SELECT n, t COLLATE "C" AS t FROM app.chicken() WHERE n > 0;
COMMENT ON VIEW app.egg IS 'which was first?';
