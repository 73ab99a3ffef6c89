package livedb

import (
	"net/url"
	"testing"
)

// FuzzDSN writes anything behind a password: neither what is said of the DSN nor what
// is shown of it has a part of that.
func FuzzDSN(f *testing.F) {
	before := []string{"postgres://app:", "mysql://app:", "mariadb://app:", "http://app:", "app:", "password=", "host=/nowhere password='", "postgres://127.0.0.1:1/shop?password="}
	for kind := range before {
		for _, tail := range []string{"@127.0.0.1:1/shop", "@tcp(127.0.0.1:1)/shop?tls=true", "", "' host=x", "&sslmode=require", "(x)/", "@[::1", "%zz", "#", "\x00", "@h/d?ssl-ca=%2Fnowhere"} {
			f.Add(uint8(kind), false, tail)
			f.Add(uint8(kind), true, tail)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, encoded bool, tail string) {
		password := canary
		if encoded {
			password = url.QueryEscape(canary)
		}
		dsn := before[int(kind)%len(before)] + password + tail
		pool, _, err := open(dsn)
		if err == nil {
			if err := pool.Close(); err != nil {
				t.Fatal(err)
			}
		} else if part := leaks(err.Error()); part != "" {
			t.Errorf("%q: %q is in what is said: %v", dsn, part, err)
		}
		shown, _ := Redacted(dsn)
		if part := leaks(shown + " " + HostOf(dsn)); part != "" {
			t.Errorf("%q: %q is in what is shown: %s, %s", dsn, part, shown, HostOf(dsn))
		}
	})
}
