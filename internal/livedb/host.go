package livedb

import (
	"net/url"
	"path/filepath"
	"strings"
)

// HostOf names the server of a DSN without what is secret in it: "db2",
// "db2:5433", a socket's folder; empty where the DSN is none.
func HostOf(dsn string) string {
	if scheme, isURL := schemeOf(dsn); isURL {
		u, err := url.Parse(dsn)
		if err != nil || checkURL(dsn) != nil {
			return ""
		}
		host := u.Host
		if q := u.Query().Get("host"); host == "" && strings.HasPrefix(scheme, "postgres") {
			host = q
		}
		return host
	}
	config, err := checkMySQL(dsn)
	if err != nil {
		return ""
	}
	if config.Net == "unix" {
		return filepath.Dir(config.Addr)
	}
	return strings.TrimSuffix(config.Addr, ":3306")
}
