package livedb

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

// The drivers' own words about a DSN that they do not understand hold parts of it, a
// password's among them (https://pkg.go.dev/github.com/jackc/pgx/v5/pgconn#ParseConfigError
// says so). What is told of such a DSN is ours, and has nothing of it.
var (
	errNoURL   = errors.New("the DSN is not a URL: what is special in it, in a password above all, is percent-encoded: % is %25, / %2F, ? %3F, # %23, [ %5B, ] %5D, @ %40, : %3A")
	errNoMySQL = errors.New("the DSN is not understood: write a URL (postgres://user@host/database, mysql://..), PostgreSQL's keywords (host=.. user=..), " +
		"or for MySQL and MariaDB user:password@tcp(host:3306)/database, with / in a parameter's value as %2F")
	errNoKeywords = errors.New("the DSN is no list of keyword=value: a value with a blank, a quote or a backslash in it stands in single quotes, with a backslash before each ' and \\")
)

// checkURL refuses a URL that is understood as something else than it was meant: a
// password with a slash that is not encoded ends the host.
func checkURL(dsn string) error {
	_, rest, _ := strings.Cut(dsn, "://")
	end := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		end = i
	}
	path, query, _ := strings.Cut(rest[end:], "?")
	if strings.ContainsAny(path, "@#") || strings.Contains(query, "#") {
		return errNoURL
	}
	for pair := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(pair, "="); strings.ContainsAny(name, "@/;") {
			return errNoURL
		}
	}
	return nil
}

// checkMySQL is a DSN of the MySQL driver's form, and refuses one whose password was
// taken for something else.
func checkMySQL(dsn string) (*mysql.Config, error) {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, mysqlMistake(dsn, err)
	}
	if c.Net != "tcp" && c.Net != "unix" || strings.ContainsAny(c.DBName, "@()") {
		return nil, errNoMySQL
	}
	return c, nil
}

// mysqlMistake is what the driver says of a DSN, where it is about a parameter: that is
// behind everything secret.
func mysqlMistake(dsn string, err error) error {
	at := strings.LastIndex(dsn, "@")
	_, params, _ := strings.Cut(dsn[at+1:], "?")
	for _, said := range []string{"invalid bool value: ", "invalid value / unknown config name: "} {
		if value, is := strings.CutPrefix(err.Error(), said); is && at >= 0 && strings.Contains(params, value) {
			return errors.New("the DSN: " + err.Error())
		}
	}
	return errNoMySQL
}

// postgresMistake is what the driver says of a DSN, without the DSN.
func postgresMistake(dsn string, err error) error {
	var parse *pgconn.ParseConfigError
	if !errors.As(err, &parse) {
		return errNoKeywords
	}
	_, said, found := strings.Cut(err.Error(), "`: ")
	if !found || strings.HasPrefix(said, "failed to parse as") || hasPart(said, secretsOf(dsn)) {
		if _, isURL := schemeOf(dsn); isURL {
			return errNoURL
		}
		return errNoKeywords
	}
	return errors.New("the DSN: " + said)
}

// leastPart is the length from which on a part of a password is one.
const leastPart = 4

// hasPart says whether a text holds a part of a secret.
func hasPart(text string, secrets []string) bool {
	for _, secret := range secrets {
		for i := 0; i+leastPart <= len(secret); i++ {
			if strings.Contains(text, secret[i:i+leastPart]) {
				return true
			}
		}
	}
	return false
}

// keywordSecret is a password among libpq's keywords: quoted, or up to a blank.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
const keywordSecret = `\b(?:password|sslpassword)\s*=\s*('(?:\\.|[^'\\])*'?|(?:\\.|\S)*)`

// hasPlainKeywords says whether a list of keywords has no name but such as keywords have:
// what stands behind the blank of a password without quotes is none.
func hasPlainKeywords(dsn string) bool {
	pairs := regexp.MustCompile(`\s*([^\s=]*)\s*=\s*(?:'(?:\\.|[^'\\])*'?|(?:\\.|\S)*)`)
	for _, m := range pairs.FindAllStringSubmatch(dsn, -1) {
		if strings.Trim(m[1], "abcdefghijklmnopqrstuvwxyz_.") != "" {
			return false
		}
	}
	return strings.TrimSpace(pairs.ReplaceAllLiteralString(dsn, "")) == ""
}

// secretsOf are the passwords of a DSN, as they are written in it and as they are meant.
func secretsOf(dsn string) []string {
	var out []string
	switch _, isURL := schemeOf(dsn); {
	case startsWithKeyword(dsn):
		for _, m := range regexp.MustCompile(keywordSecret).FindAllStringSubmatch(dsn, -1) {
			out = append(out, m[1], strings.Trim(m[1], "'"))
		}
	case isURL:
		_, rest, _ := strings.Cut(dsn, "://")
		if at := strings.LastIndex(rest, "@"); at >= 0 {
			_, password, _ := strings.Cut(rest[:at], ":")
			out = append(out, password)
		}
		if u, err := url.Parse(dsn); err == nil {
			password, _ := u.User.Password()
			query := u.Query()
			out = append(out, password, query.Get("password"), query.Get("sslpassword"))
		}
	default:
		if c, err := mysql.ParseDSN(dsn); err == nil {
			out = append(out, c.Passwd)
		}
	}
	return out
}

// HasPassword says whether a DSN, or what is none, may hold a password.
func HasPassword(dsn string) bool {
	_, hidden := Redacted(dsn)
	return hidden
}
