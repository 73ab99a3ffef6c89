CREATE TABLE plans (id int PRIMARY KEY, label varchar(20) NOT NULL);
CREATE TABLE orders (
	id int PRIMARY KEY, plan int NOT NULL, number int NOT NULL, kind int NOT NULL,
	attempts smallint NOT NULL, CHECK (attempts > 0) -- 32,768 attempts are none again
);
