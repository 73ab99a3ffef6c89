package livedb

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// scratch is the database of a MySQL or MariaDB server of ours.
const scratch = "safemig"

// setUpMySQL makes the system tables.
func (s Server) setUpMySQL(f *folder, who identity, o Options) (plan, error) {
	folder := inside(s.Root, f.path)
	server := []string{s.Program, "--no-defaults", "--datadir=" + folder + "/data", "--tmpdir=" + folder, "--secure-file-priv=" + folder}
	if err := os.Mkdir(filepath.Join(f.path, "data"), 0o700); err != nil {
		return plan{}, err
	}
	if who.other {
		if err := os.Chown(filepath.Join(f.path, "data"), int(who.uid), int(who.gid)); err != nil {
			return plan{}, err
		}
	}
	// With chroot the command changes its user by itself, and its keeper
	// stays outside.
	keeper := who
	if s.Root != "" {
		keeper = identity{}
	}
	if err := s.initialize(f, keeper, inRoot(s.Root, who, server...)); err != nil {
		return plan{}, err
	}
	for _, setting := range append(mysqlSettings(folder, s.Dialect, o.Durable), o.Settings...) {
		server = append(server, "--"+setting)
	}
	dsn := fmt.Sprintf("root@unix(%s)/%s", filepath.Join(f.path, "s"), scratch)
	return plan{argv: inRoot(s.Root, who, server...), who: keeper, signal: "KILL", dsn: dsn}, nil
}

// inside is a path as it is seen from within a root folder.
func inside(root, path string) string {
	if root == "" {
		return path
	}
	return strings.TrimPrefix(path, strings.TrimSuffix(root, "/"))
}

func (s Server) initialize(f *folder, who identity, server []string) error {
	if s.Dialect == "mysql" {
		return run(f, who, nil, append(server, "--initialize-insecure", "--innodb-flush-log-at-trx-commit=0"))
	}
	script, err := systemTables(s.Root)
	if err != nil {
		return err
	}
	return run(f, who, strings.NewReader(script), append(server, "--bootstrap", "--innodb-flush-log-at-trx-commit=0", "--enforce-storage-engine="))
}

// systemTables is what mariadb-install-db feeds to a new server, without help
// texts and the like. The script itself needs a shell, which an unpacked
// system does not have.
// https://mariadb.com/kb/en/mariadb-install-db/
func systemTables(root string) (string, error) {
	var text strings.Builder
	text.WriteString("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n")
	for _, name := range []string{"system_tables.sql", "performance_tables.sql", "system_tables_data.sql"} {
		paths := append(glob(filepath.Join(root, "/usr/share/m*/mariadb_"+name)), glob(filepath.Join(root, "/usr/share/m*/mysql_"+name))...)
		if len(paths) == 0 {
			return "", fmt.Errorf("there is no %s below %s", name, filepath.Join(root, "/usr/share"))
		}
		data, err := os.ReadFile(paths[0])
		if err != nil {
			return "", fmt.Errorf("the system tables: %w", err)
		}
		text.Write(data)
		text.WriteByte('\n')
	}
	return text.String(), nil
}

func mysqlSettings(folder, dialect string, durable bool) []string {
	settings := []string{"skip-networking", "socket=" + folder + "/s", "pid-file=" + folder + "/pid", "default-time-zone=+00:00"}
	if dialect == "mysql" {
		settings = append(settings, "mysqlx=OFF")
	}
	if !durable {
		settings = append(settings,
			"skip-log-bin", "sync-binlog=0", "innodb-flush-log-at-trx-commit=0", "innodb-doublewrite=0",
			"innodb-buffer-pool-size=64M", "innodb-flush-method=nosync")
	}
	return settings
}

// mysqlPool opens a DSN.
func mysqlPool(dsn string) (*sql.DB, error) {
	config, err := checkMySQL(dsn)
	if err != nil {
		return nil, err
	}
	if err := encrypt(config); err != nil {
		return nil, err
	}
	config.Logger = &mysql.NopLogger{}
	// A server may ask its client for any file: none is given, whatever the DSN says.
	// https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html
	config.AllowAllFiles = false
	// Statements are sent as they are, in one message: what is run here is run once.
	config.InterpolateParams = true
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, mysqlMistake(dsn, err)
	}
	return openPool(sql.OpenDB(connector)), nil
}

// mysqlServerPool opens a DSN without its database, which comes and goes.
func mysqlServerPool(dsn string) (*sql.DB, error) {
	return mysqlPool(strings.TrimSuffix(dsn, scratch))
}
