-- Partitioned and inherited tables.
CREATE ROLE safemig_owner;
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE public.events (
	id bigint NOT NULL, at timestamptz NOT NULL, kind text DEFAULT 'x' NOT NULL, note text,
	CONSTRAINT events_pkey PRIMARY KEY (id, at, kind), CONSTRAINT kind_known CHECK (kind <> '')
) PARTITION BY RANGE (at);
CREATE TABLE public.events_2020 PARTITION OF public.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE public.a_events_2021 (note text, at timestamptz NOT NULL, id bigint NOT NULL, gone int, kind text DEFAULT 'y' NOT NULL, CONSTRAINT kind_known CHECK (kind <> ''), CONSTRAINT own CHECK (id > 0));
ALTER TABLE public.a_events_2021 DROP COLUMN gone;
ALTER TABLE public.a_events_2021 ADD CONSTRAINT odd_key PRIMARY KEY (id, at, kind);
ALTER TABLE public.events ATTACH PARTITION public.a_events_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT PARTITION BY LIST (kind);
CREATE TABLE public.events_rest_a PARTITION OF public.events_rest FOR VALUES IN ('a', 'b');
CREATE TABLE public.events_rest_hash PARTITION OF public.events_rest DEFAULT PARTITION BY HASH (id);
CREATE TABLE public.events_rest_hash_0 PARTITION OF public.events_rest_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE INDEX events_note ON public.events (note);
CREATE INDEX only_here ON ONLY public.events (kind);
CREATE INDEX part_of_it ON public.events_2020 (kind);
ALTER INDEX public.only_here ATTACH PARTITION public.part_of_it;
CREATE INDEX alone ON public.events_2020 (note, kind);
CREATE TRIGGER touch AFTER INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION public.touch();
ALTER TABLE public.events_2020 DISABLE TRIGGER touch;
COMMENT ON TABLE public.events_2020 IS 'the first year';
ALTER TABLE public.events_2020 ALTER COLUMN kind SET DEFAULT 'z';
ALTER TABLE public.events OWNER TO safemig_owner;

-- Foreign keys to and from partitioned tables.
CREATE TABLE public.who (id bigint PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE public.who_0 PARTITION OF public.who FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE public.log (who bigint, place int) PARTITION BY LIST (place);
CREATE TABLE public.log_1 PARTITION OF public.log FOR VALUES IN (1);
CREATE TABLE public.log_2 (place int, who bigint, CONSTRAINT another_name FOREIGN KEY (who) REFERENCES public.who);
ALTER TABLE public.log ADD CONSTRAINT log_who FOREIGN KEY (who) REFERENCES public.who ON DELETE CASCADE;
ALTER TABLE public.log_2 DROP CONSTRAINT another_name, ADD CONSTRAINT another_name FOREIGN KEY (who) REFERENCES public.who ON DELETE CASCADE;
ALTER TABLE public.log ATTACH PARTITION public.log_2 FOR VALUES IN (2);
CREATE TABLE public.by_expression (a text, b int) PARTITION BY RANGE (lower(a) COLLATE "C" text_pattern_ops, b);
CREATE TABLE public.by_expression_1 PARTITION OF public.by_expression FOR VALUES FROM (MINVALUE, MINVALUE) TO ('m', 10);
CREATE TABLE public.plain (who bigint REFERENCES public.who);

-- Inheritance: merged columns, columns of its own, constraints of several kinds.
CREATE TABLE public.animal (id int NOT NULL, name text DEFAULT 'it', legs int CHECK (legs >= 0), CONSTRAINT here_only CHECK (id > 0) NO INHERIT);
CREATE TABLE public.owned (owner text, name text);
CREATE TABLE public.aa_dog (name text DEFAULT 'dog', breed text, CONSTRAINT animal_legs_check CHECK (legs >= 0)) INHERITS (public.animal, public.owned);
CREATE TABLE public.puppy () INHERITS (public.aa_dog);
ALTER TABLE public.aa_dog ALTER COLUMN legs SET NOT NULL;
ALTER TABLE public.animal ADD CONSTRAINT unsure CHECK (name <> '') NOT VALID;
ALTER TABLE public.puppy VALIDATE CONSTRAINT unsure;
ALTER TABLE public.puppy ALTER COLUMN name DROP DEFAULT;
ALTER TABLE public.puppy ALTER COLUMN id SET STATISTICS 9;
