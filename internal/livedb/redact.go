package livedb

import (
	"net/url"
	"regexp"
	"strings"
)

// Redacted is a DSN without what must not be seen, to be shown; hidden says whether
// anything was left out. Nothing is left of a DSN that is not understood.
func Redacted(dsn string) (shown string, hidden bool) {
	switch _, isURL := schemeOf(dsn); {
	case isURL:
		return redactedURL(dsn)
	case startsWithKeyword(dsn):
		return redactedKeywords(dsn)
	}
	c, err := checkMySQL(dsn)
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

// redactedKeywords is a list of PostgreSQL's keywords without its passwords.
func redactedKeywords(dsn string) (shown string, hidden bool) {
	if _, err := postgresConfig(dsn); err != nil {
		return "DSN", true
	}
	shown = regexp.MustCompile(keywordSecret).ReplaceAllLiteralString(dsn, "")
	if shown == dsn {
		return dsn, false
	}
	return strings.Join(strings.Fields(shown), " "), true
}

func redactedURL(dsn string) (shown string, hidden bool) {
	u, err := url.Parse(dsn)
	if err != nil || checkURL(dsn) != nil {
		return "DSN", true
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "DSN", true
	}
	if _, has := u.User.Password(); has {
		u.User, hidden = url.User(u.User.Username()), true
	}
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Del(name)
			u.RawQuery, hidden = q.Encode(), true
		}
	}
	return u.String(), hidden
}
