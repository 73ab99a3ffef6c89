package livetest

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/safemig/safemig/internal/livedb"
)

// port is one that is free now.
func port(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// Networked are the settings of a MySQL or MariaDB that can have replicas, or be one.
func Networked(t *testing.T, id int) livedb.Options {
	return livedb.Options{Durable: true, Settings: []string{"skip-networking=0", "bind-address=127.0.0.1", fmt.Sprintf("port=%d", port(t)),
		fmt.Sprintf("server-id=%d", id), "log-bin=bin", "sync-binlog=0", "innodb-flush-log-at-trx-commit=0"}}
}

// Follow makes a server the replica of another on this machine, whose settings are
// from Networked.
func Follow(t *testing.T, primary, standby *livedb.DB, source livedb.Options) {
	t.Helper()
	port := strings.TrimPrefix(source.Settings[2], "port=")
	change := "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = " + port + ", SOURCE_USER = 'copy', SOURCE_PASSWORD = 'x', GET_SOURCE_PUBLIC_KEY = 1"
	if standby.Dialect == "mariadb" {
		change = "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = " + port + ", MASTER_USER = 'copy', MASTER_PASSWORD = 'x'"
	}
	Do(t, Session(t, standby), change)
	Do(t, Session(t, primary), "CREATE USER copy@'%' IDENTIFIED BY 'x'", "GRANT REPLICATION SLAVE ON *.* TO copy@'%'")
	Do(t, Session(t, standby), "START REPLICA")
}
