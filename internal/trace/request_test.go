package trace

import (
	"testing"

	"github.com/safemig/safemig/dialect/change"
)

func TestSplice(t *testing.T) {
	inplace := request{change.Inplace, "NONE"}
	for text, want := range map[string]string{
		"ALTER TABLE t ADD COLUMN c int":                     "ALTER TABLE t ALGORITHM=INPLACE, LOCK=NONE, ADD COLUMN c int",
		"alter online ignore table if exists `a b`\n DROP c": "alter online ignore table if exists `a b` ALGORITHM=INPLACE, LOCK=NONE,\n DROP c",
		"ALTER TABLE db.t PARTITION BY HASH (id)":            "ALTER TABLE db.t ALGORITHM=INPLACE, LOCK=NONE PARTITION BY HASH (id)",
		"CREATE UNIQUE INDEX i ON t (a)":                     "CREATE UNIQUE INDEX i ON t (a) ALGORITHM=INPLACE LOCK=NONE",
		"DROP INDEX i ON t":                                  "DROP INDEX i ON t ALGORITHM=INPLACE LOCK=NONE",
	} {
		if got, ok := splice(text, inplace); !ok || got != want {
			t.Errorf("splice(%q) = %q, %t; want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "ALTER", "ALTER TABLE", "ALTER TABLE t", "ALTER DATABASE d CHARSET utf8mb4", "CREATE TABLE t (index_ int)",
		"ALTER TABLE t ADD c int, ALGORITHM=COPY", "ALTER TABLE t ADD c int, LOCK = NONE", "DROP TABLE t", "UPDATE t SET a = 1",
	} {
		if got, ok := splice(text, inplace); ok {
			t.Errorf("splice(%q) = %q: it takes no request", text, got)
		}
	}
}

func TestTarget(t *testing.T) {
	for text, want := range map[string]string{
		"ALTER TABLE t ADD c int": "t", "ALTER TABLE `shop`.`t` ADD c int": "t", "ALTER  TABLE\n IF EXISTS t\nFORCE": "t",
		"ALTER TABLE ifs FORCE": "ifs", "CREATE INDEX i ON t (a)": "", "": "",
	} {
		if got := target(text); got != want {
			t.Errorf("target(%q) = %q, want %q", text, got, want)
		}
	}
}

// FuzzSplice: whatever the text, the request goes in once and nothing else changes.
func FuzzSplice(f *testing.F) {
	f.Add("ALTER TABLE `t` ADD COLUMN c int")
	f.Add("ALTER TABLE ` FORCE")
	f.Add("DROP INDEX i ON t")
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := splice(text, request{change.Copy, "SHARED"})
		if ok && len(got) <= len(text) {
			t.Errorf("splice(%q) = %q", text, got)
		}
	})
}

func TestRequestsAreOrdered(t *testing.T) {
	for _, dialect := range []string{"mysql", "mariadb"} {
		list := requests(dialect)
		for i, r := range list[1:] {
			if r.algorithm < list[i].algorithm {
				t.Errorf("%s: %v comes after %v", dialect, r, list[i])
			}
			if dialect == "mysql" && r.algorithm == change.NoCopy {
				t.Error("MySQL has no NOCOPY")
			}
		}
	}
}

func TestLockModes(t *testing.T) {
	seen := map[change.Lock]bool{}
	for _, mode := range []string{
		"AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock",
		"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
	} {
		lock, ok := lockMode(mode)
		if !ok || seen[lock] {
			t.Errorf("lockMode(%s) = %v, %t", mode, lock, ok)
		}
		seen[lock] = true
	}
	if lock, ok := lockMode("SIReadLock"); ok {
		t.Errorf("SIReadLock is no table lock, but %v", lock)
	}
}
