package livedb_test

import (
	"testing"

	"github.com/safemig/safemig/internal/livedb"
)

func TestHostOf(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://me:secret@db2:5433/app": "db2:5433", "postgres:///app?host=/run/pg&password=secret": "/run/pg",
		"mysql://me:secret@db3/app": "db3", "me:secret@tcp(db4:3306)/app": "db4", "me:secret@tcp(db4:3307)/app": "db4:3307",
		"me:secret@unix(/run/my/s)/app": "/run/my", "://": "", "nonsense": "",
	} {
		if got := livedb.HostOf(dsn); got != want {
			t.Errorf("%s: %q, want %q", dsn, got, want)
		}
	}
}
