CREATE TABLE kinds (id int PRIMARY KEY, label varchar(20) NOT NULL UNIQUE) COMMENT '403';
INSERT INTO kinds VALUES (100001, 'one'), (100002, 'two'), (100003, 'three');
CREATE TABLE everything (
	id bigint AUTO_INCREMENT PRIMARY KEY, i1 tinyint NOT NULL, b1 tinyint(1) NOT NULL, i2 smallint unsigned NOT NULL, i3 mediumint NOT NULL, i4 int NOT NULL, n52 decimal(5,2) NOT NULL,
	n22 decimal(2,2) NOT NULL, f4 float NOT NULL, f8 double NOT NULL, c char(2) NOT NULL, v varchar(60) NOT NULL, t text NOT NULL, lt longtext NOT NULL,
	bn binary(16) NOT NULL, bl blob NOT NULL, d date NOT NULL, dt datetime(3) NOT NULL, ts timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, tm time NOT NULL, y year NOT NULL,
	j json NOT NULL, bt bit(3) NOT NULL, e enum('a', 'it''s') NOT NULL, s set('x', 'y') NOT NULL, p point NOT NULL, twice int AS (i4 * 2) STORED, thrice int AS (i4 * 3) VIRTUAL
) COMMENT '400';
CREATE TABLE checked (
	id int PRIMARY KEY, state varchar(10) NOT NULL, percent int NOT NULL, starts date NOT NULL, ends date NOT NULL, code varchar(20) NOT NULL UNIQUE,
	CONSTRAINT one_of CHECK (state IN ('open', 'it''s')), CONSTRAINT in_percent CHECK (percent BETWEEN 1 AND 100), CONSTRAINT later CHECK (ends > starts),
	CONSTRAINT ten CHECK (char_length(code) = 10)
) COMMENT '400';
CREATE TABLE children (
	id char(36) PRIMARY KEY, kind int NOT NULL, boss char(36), FOREIGN KEY (kind) REFERENCES kinds (id), FOREIGN KEY (boss) REFERENCES children (id)
) COMMENT '400';
CREATE TABLE pairs (kind int, child char(36), PRIMARY KEY (kind, child), FOREIGN KEY (kind) REFERENCES kinds (id), FOREIGN KEY (child) REFERENCES children (id)) COMMENT '400';
CREATE TABLE few (v char(1) PRIMARY KEY) COMMENT '10 its unique keys leave no room for more';
CREATE TABLE impossible (a int NOT NULL, CONSTRAINT never CHECK (a > 5 AND a < 3)) COMMENT '0 no values were found that satisfy CHECK never';
CREATE TABLE only_serial (id bigint AUTO_INCREMENT PRIMARY KEY) COMMENT '400';
CREATE TABLE parts (id bigint NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) COMMENT '400'
	PARTITION BY RANGE (year(day)) (PARTITION old VALUES LESS THAN (2022), PARTITION rest VALUES LESS THAN MAXVALUE);
