-- The tables that the statements beside this file are judged against.
CREATE TABLE accounts (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(255) NOT NULL,
  name varchar(60) NOT NULL,
  country char(2) DEFAULT NULL,
  plan enum('free', 'team') NOT NULL DEFAULT 'free',
  flags set('beta', 'staff') NOT NULL DEFAULT '',
  balance decimal(10,2) NOT NULL DEFAULT 0,
  visits int NOT NULL DEFAULT 0,
  bio text,
  created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UNIQUE KEY accounts_email (email),
  KEY accounts_country_plan (country, plan),
  KEY accounts_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE invoices (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account_id bigint unsigned NOT NULL,
  number varchar(30) NOT NULL,
  total decimal(12,2) NOT NULL,
  paid tinyint(1) NOT NULL DEFAULT 0,
  note varchar(100),
  due date,
  KEY invoices_due (due),
  CONSTRAINT invoices_account FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
  CONSTRAINT total_sign CHECK (total >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE articles (
  id int NOT NULL PRIMARY KEY, title varchar(120), body text, views int, FULLTEXT KEY articles_text (title, body)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE legacy (id int NOT NULL PRIMARY KEY, label varchar(40), code varchar(40), KEY legacy_code (code)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;
CREATE TABLE archive (id int NOT NULL PRIMARY KEY, label varchar(40)) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4;
CREATE TABLE packed (id int NOT NULL PRIMARY KEY, a int, b int) ENGINE=InnoDB ROW_FORMAT=COMPRESSED;
CREATE TABLE products (
  id int NOT NULL PRIMARY KEY, price int NOT NULL, qty int NOT NULL,
  worth int AS (price * qty) VIRTUAL, taxed int AS (price * 2) STORED, KEY products_worth (worth)
) ENGINE=InnoDB;
CREATE TABLE events (id int NOT NULL, day date NOT NULL, kind int, PRIMARY KEY (id, day))
  PARTITION BY RANGE COLUMNS (day) (PARTITION p2024 VALUES LESS THAN ('2025-01-01'), PARTITION p2025 VALUES LESS THAN ('2026-01-01'));
CREATE TABLE shards (id int NOT NULL PRIMARY KEY, v int) PARTITION BY HASH (id) PARTITIONS 8;
CREATE TABLE events_old (id int NOT NULL, day date NOT NULL, kind int, PRIMARY KEY (id, day));
CREATE TABLE places (id int NOT NULL PRIMARY KEY, at point NOT NULL);
CREATE TABLE nokey (a int NOT NULL, b int);
CREATE TRIGGER invoices_new BEFORE INSERT ON invoices FOR EACH ROW SET NEW.paid = 0;
