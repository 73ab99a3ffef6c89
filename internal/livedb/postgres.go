package livedb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// setUpPostgres runs initdb.
func (s Server) setUpPostgres(f *folder, who identity, o Options) (plan, error) {
	program, err := s.reachable(f, who)
	if err != nil {
		return plan{}, err
	}
	data := filepath.Join(f.path, "data")
	initdb := []string{
		filepath.Join(filepath.Dir(program), "initdb"), "-D", data, "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
	}
	if err := run(f, who, nil, initdb); err != nil {
		return plan{}, err
	}
	argv := []string{program, "-D", data}
	for _, setting := range append(postgresSettings(f, o.Durable), o.Settings...) {
		argv = append(argv, "-c", setting)
	}
	dsn := "postgres:///postgres?" + url.Values{"host": {f.path}, "port": {"5432"}, "user": {"postgres"}}.Encode()
	return plan{argv: argv, who: who, signal: "QUIT", dsn: dsn}, nil
}

func postgresSettings(f *folder, durable bool) []string {
	settings := []string{
		"listen_addresses=", "unix_socket_directories=" + f.path, "unix_socket_permissions=0700", "port=5432",
		"max_connections=50", "timezone=UTC", "log_timezone=UTC",
	}
	if !durable {
		settings = append(settings, "fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "jit=off", "shared_buffers=32MB")
	}
	return settings
}

// postgresPool opens a DSN. Statements are sent as they are, in one message:
// what is run here is run once, and preparing it would lock its tables.
func postgresPool(dsn string) (*sql.DB, error) {
	config, err := postgresConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return openPool(plainly(config)), nil
}

// plainly opens a database whose sessions read our SQL as it is meant, whatever the
// server, the database or the role has set: a backslash in quotes is one.
// https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-STANDARD-CONFORMING-STRINGS
func plainly(config *pgx.ConnConfig) *sql.DB {
	return stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		for _, must := range []struct{ name, value string }{{"standard_conforming_strings", "on"}, {"client_encoding", "UTF8"}} {
			if c.PgConn().ParameterStatus(must.name) == must.value {
				continue
			}
			if _, err := c.PgConn().Exec(ctx, "SET "+must.name+" = '"+must.value+"'").ReadAll(); err != nil {
				return fmt.Errorf("setting %s: %w", must.name, err)
			}
		}
		return nil
	}))
}

func postgresConfig(dsn string) (*pgx.ConnConfig, error) {
	if _, isURL := schemeOf(dsn); isURL && checkURL(dsn) != nil {
		return nil, errNoURL
	}
	if startsWithKeyword(dsn) && !hasPlainKeywords(dsn) {
		return nil, errNoKeywords
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, postgresMistake(dsn, err)
	}
	return config, nil
}
