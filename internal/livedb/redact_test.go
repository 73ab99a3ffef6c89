package livedb

import "testing"

func TestRedacted(t *testing.T) {
	for _, test := range []struct {
		dsn, want string
		hidden    bool
	}{
		{"postgres://app:s3cret@db:5432/shop?sslmode=require", "postgres://app@db:5432/shop?sslmode=require", true},
		{"postgres://db/shop?host=/tmp&password=s3cret", "postgres://db/shop?host=%2Ftmp", true},
		{"postgres://db/shop?host=/tmp", "postgres://db/shop?host=/tmp", false},
		{"mysql://root:s3cret@db/shop", "mysql://root@db/shop", true},
		{"app:s3:cr@et@tcp(db:3306)/shop?tls=true", "app@tcp(db:3306)/shop?tls=true", true},
		{"root@unix(/tmp/s)/shop", "root@unix(/tmp/s)/shop", false},
		{"postgres://app:s3cret@db:port/shop", "DSN", true},
		{"s3cret", "DSN", true},
	} {
		if got, hidden := Redacted(test.dsn); got != test.want || hidden != test.hidden {
			t.Errorf("Redacted(%q) = %q, %v", test.dsn, got, hidden)
		}
	}
}
