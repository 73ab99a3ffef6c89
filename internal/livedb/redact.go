package livedb

import (
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// Redacted is a DSN without what must not be seen, to be shown; hidden says whether
// anything was left out. Nothing is left of a DSN that is not understood.
func Redacted(dsn string) (shown string, hidden bool) {
	if strings.Contains(dsn, "://") {
		return redactedURL(dsn)
	}
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return "DSN", true
	}
	if c.Passwd == "" {
		return dsn, false
	}
	rest, ok := strings.CutPrefix(dsn, c.User+":"+c.Passwd)
	if !ok {
		return "DSN", true
	}
	return c.User + rest, true
}

func redactedURL(dsn string) (shown string, hidden bool) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "DSN", true
	}
	if _, has := u.User.Password(); has {
		u.User, hidden = url.User(u.User.Username()), true
	}
	q := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Del(name)
			u.RawQuery, hidden = q.Encode(), true
		}
	}
	return u.String(), hidden
}
