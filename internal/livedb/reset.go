package livedb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// Reset throws away everything that was made in a server of ours: databases,
// schemas, roles and the like. Settings of the server stay.
func (d *DB) Reset(ctx context.Context) error {
	if d.process == nil {
		return errors.New("only a throw-away server is reset: this one is not ours")
	}
	c, err := d.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", d, err)
	}
	if err = d.reset(ctx, c); err != nil {
		err = fmt.Errorf("resetting %s: %w", d, err)
	}
	return errors.Join(err, c.Close())
}

func (d *DB) reset(ctx context.Context, c *sql.Conn) error {
	if d.Dialect == "postgres" {
		drops, err := texts(ctx, c, postgresLeftovers)
		if err != nil {
			return err
		}
		return execAll(ctx, c, drops...)
	}
	drops, err := d.mysqlLeftovers(ctx, c)
	if err != nil {
		return err
	}
	return execAll(ctx, c, append(drops, "DROP DATABASE IF EXISTS "+scratch, "CREATE DATABASE "+scratch)...)
}

// postgresLeftovers are the statements that drop what is in a PostgreSQL server.
const postgresLeftovers = `
SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')
UNION ALL SELECT format('DROP PUBLICATION IF EXISTS %I', pubname) FROM pg_publication
UNION ALL SELECT format('DROP EVENT TRIGGER IF EXISTS %I', evtname) FROM pg_event_trigger
UNION ALL SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'public')
UNION ALL SELECT format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname) FROM pg_foreign_data_wrapper
UNION ALL SELECT 'DROP SCHEMA public CASCADE'
UNION ALL SELECT 'CREATE SCHEMA public'
UNION ALL SELECT format('DROP ACCESS METHOD IF EXISTS %I CASCADE', amname) FROM pg_am WHERE oid >= 16384
UNION ALL SELECT format('DROP OWNED BY %I', rolname) FROM pg_roles WHERE rolname NOT LIKE 'pg\_%' AND rolname <> 'postgres'
UNION ALL SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname NOT LIKE 'pg\_%' AND rolname <> 'postgres'`

// mysqlLeftovers are the statements that drop what is in a MySQL or MariaDB
// server. The first time everybody who is there is the server's own.
func (d *DB) mysqlLeftovers(ctx context.Context, c *sql.Conn) ([]string, error) {
	roles := "false"
	if d.Dialect == "mariadb" {
		roles = "is_role = 'Y'"
	}
	users, err := texts(ctx, c, `
		SELECT if(`+roles+`, concat('DROP ROLE ', quote(user)), concat('DROP USER ', quote(user), '@', quote(host))) FROM mysql.user`)
	if err != nil {
		return nil, err
	}
	if d.ownUsers == nil {
		d.ownUsers = slices.Clone(users)
	}
	users = slices.DeleteFunc(users, func(u string) bool { return slices.Contains(d.ownUsers, u) })
	databases, err := texts(ctx, c, "SELECT concat('DROP DATABASE `', replace(schema_name, '`', '``'), '`') FROM information_schema.schemata "+
		"WHERE schema_name NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema', '"+scratch+"')")
	return append(users, databases...), err
}

// texts is the only column of a query.
func texts(ctx context.Context, c *sql.Conn, query string) ([]string, error) {
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		var s string
		if err = rows.Scan(&s); err != nil {
			break
		}
		out = append(out, s)
	}
	return out, errors.Join(err, rows.Err(), rows.Close())
}
