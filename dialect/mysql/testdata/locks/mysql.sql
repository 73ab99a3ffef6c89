-- Statements that only MySQL reads, one a line, each judged by itself.
-- mysql: 5.7 8.0.11 8.0.12 8.0.28 8.0.29 8.4 9.7
ALTER TABLE accounts ADD COLUMN uuid varchar(36) DEFAULT (uuid());
ALTER TABLE accounts ADD COLUMN tags json DEFAULT (json_array());
ALTER TABLE accounts ADD COLUMN n int DEFAULT (5);
ALTER TABLE accounts ADD COLUMN secret int INVISIBLE;
ALTER TABLE accounts ADD COLUMN age int CHECK (age >= 0) NOT ENFORCED;
ALTER TABLE accounts ALTER COLUMN bio SET INVISIBLE;
ALTER TABLE accounts ALTER COLUMN bio SET VISIBLE;
ALTER TABLE accounts ALTER COLUMN visits SET DEFAULT (1 + 1);
ALTER TABLE accounts ADD INDEX accounts_lower ((lower(email)));
ALTER TABLE accounts ALTER INDEX accounts_created INVISIBLE;
ALTER TABLE accounts ALTER INDEX accounts_created VISIBLE;
ALTER TABLE invoices ADD CONSTRAINT paid_known CHECK (paid IN (0, 1)) NOT ENFORCED;
ALTER TABLE invoices ALTER CHECK total_sign NOT ENFORCED;
ALTER TABLE invoices ALTER CHECK total_sign ENFORCED;
ALTER TABLE invoices DROP CHECK total_sign;
ALTER TABLE accounts DROP CONSTRAINT accounts_email;
ALTER TABLE accounts ENCRYPTION='Y';
ALTER TABLE accounts TABLESPACE innodb_file_per_table;
ALTER TABLE accounts ADD FULLTEXT INDEX f (bio), ADD FULLTEXT INDEX g (name);
ALTER TABLE accounts ADD COLUMN z int, ALGORITHM=INSTANT, LOCK=NONE;
ALTER TABLE accounts ADD COLUMN z int, ALTER INDEX accounts_created INVISIBLE;
ALTER TABLE events EXCHANGE PARTITION p2024 WITH TABLE events_old WITHOUT VALIDATION;
ALTER TABLE events ALGORITHM=INPLACE, DROP PARTITION p2024;
ALTER TABLE events_old IMPORT TABLESPACE;
ALTER TABLE events_old DISCARD TABLESPACE;
