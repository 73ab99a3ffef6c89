-- Every order belongs to a user from now on.
CREATE INDEX orders_user_id_idx ON orders (user_id);

ALTER TABLE orders
    ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id),
    ALTER COLUMN user_id SET NOT NULL;
