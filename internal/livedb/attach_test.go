package livedb

import "testing"

func TestStartsWithKeyword(t *testing.T) {
	for dsn, want := range map[string]bool{
		"host=/tmp user=me":                      true,
		" dbname = shop":                         true,
		"postgres://me@db/shop?sslmode=disable":  false,
		"me:pass=word@tcp(db:3306)/shop":         false,
		"me@tcp(db)/shop?charset=utf8mb4":        false,
		"/shop?parseTime=true":                   false,
		"mysql://me@db/shop?tls=true":            false,
		"me:secret@unix(/run/mysqld.sock)/shop?": false,
	} {
		if got := startsWithKeyword(dsn); got != want {
			t.Errorf("%q: %v", dsn, got)
		}
	}
}
