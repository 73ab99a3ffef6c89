package layout

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
)

// The dialects that are judged.
const (
	postgres = "postgres"
	mysql    = "mysql"
	mariadb  = "mariadb"
)

// NotJudged ends what Dialect says of files for another kind of database.
const NotJudged = ", a database that is not judged"

// notJudged is what dialectOf says of a database of another kind.
const notJudged = "not judged"

// Dialect tells which dialect the files of a group are in, and why. The name
// is empty when nothing tells, or when it is a database that is not judged. It
// is not to be called for several groups of one Set at the same time.
func Dialect(g Group) (name, why string) {
	if g.dir == nil {
		return dialectOfText(g) // a group that Load did not make
	}
	for _, hint := range []func(Group) (string, string){hintMarkers, hintPath, hintFileNames, hintManifest} {
		found, why := hint(g)
		switch found {
		case "":
			continue
		case notJudged:
			return "", why + NotJudged
		case mysql:
			return refineMySQL(g, why)
		}
		return found, why
	}
	return dialectOfText(g)
}

// refineMySQL is mariadb where the text has what only MariaDB understands.
func refineMySQL(g Group, why string) (string, string) {
	if token := mariadbToken(g); token != "" {
		return mariadb, why + ", and " + token + " in the text"
	}
	return mysql, why
}

// dialectOf is the dialect that a word in a path or a configuration stands for.
func dialectOf(word string) string {
	switch strings.ToLower(word) {
	case "postgres", "postgresql", "postgre", "psql", "pg", "pgsql":
		return postgres
	case "mysql", "mysql5", "mysql8", "singlestore":
		return mysql
	case "mariadb":
		return mariadb
	case "sqlite", "sqlite3", "cockroach", "cockroachdb", "crdb", "oracle", "mssql", "sqlserver", "sqlanywhere",
		"h2", "hsqldb", "db2", "derby", "clickhouse", "cassandra", "snowflake", "bigquery", "redshift", "mongodb":
		return notJudged
	}
	return ""
}

// hintMarkers asks the files that tools keep beside their migrations.
func hintMarkers(g Group) (name, why string) {
	d := g.dir
	switch g.Layout.Name {
	case "prisma":
		if provider := property(d.hintFile(prismaLock), "provider"); provider != "" {
			return dialectOf(strings.Trim(provider, `"`)), "provider in " + prismaLock
		}
	case "drizzle":
		file := drizzleJournal
		if d.Folders {
			file = folder(d.anyName(isMigrationSQL)) + "/" + drizzleSnapshot
		}
		return dialectOf(jsonDialect(d.hintFile(file))), "dialect in " + file
	case "node-pg-migrate", "supabase", "tern":
		return postgres, "the only database of " + g.Layout.Name
	case "sqitch":
		return engineDialect(d.tree.hints(d.up("sqitch.conf"))), "engine in sqitch.conf"
	case "sql-migrate":
		return yamlDialect(d.tree.hints(d.up(sqlMigrateConfig))), "dialect in " + sqlMigrateConfig
	case "liquibase":
		if name := jdbcDialect(d.tree.hints(d.up("liquibase.properties"))); name != "" {
			return name, "the url in liquibase.properties"
		}
		return dbmsDialect(g), "dbms of its changesets"
	case "flyway":
		found := d.up("flyway.toml", "flyway.conf")
		return jdbcDialect(d.tree.hints(found)), "the url in " + filepath.Base(found)
	}
	return "", ""
}

func (d *Dir) hintFile(rel string) []byte { return d.tree.hints(d.file(rel)) }

// jsonDialect is the value of the first "dialect" key: a snapshot is large, and
// the key is near its start.
func jsonDialect(text []byte) string {
	_, rest, ok := bytes.Cut(text, []byte(`"dialect"`))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t\r\n:")
	value, _, _ := bytes.Cut(bytes.TrimPrefix(rest, []byte(`"`)), []byte(`"`))
	return string(value)
}

// yamlDialect is what all "dialect" keys of a file of several environments agree on.
func yamlDialect(text []byte) string {
	found := ""
	for l := range lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(l.text), ":")
		if key != "dialect" {
			continue
		}
		dialect := dialectOf(strings.Trim(strings.TrimSpace(value), `"'`))
		if found != "" && dialect != found {
			return ""
		}
		found = dialect
	}
	return found
}

// engineDialect is the "engine" key of Git's configuration format.
func engineDialect(text []byte) string {
	for l := range lines(text) {
		if key, value, ok := strings.Cut(l.text, "="); ok && strings.TrimSpace(key) == "engine" {
			return dialectOf(strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
	return ""
}

// jdbcDialect is the database of the first jdbc: address.
func jdbcDialect(text []byte) string {
	_, rest, ok := bytes.Cut(text, []byte("jdbc:"))
	if !ok {
		return ""
	}
	name, _, _ := bytes.Cut(rest, []byte(":"))
	return dialectOf(string(name))
}

// hintPath asks the directory's path below the repository, from its end.
func hintPath(g Group) (name, why string) {
	path := g.Dir
	if git := g.dir.up(".git"); git != "" {
		if rel, err := filepath.Rel(filepath.Dir(git), g.dir.abs); err == nil {
			path = filepath.ToSlash(rel)
		}
	}
	for _, part := range slices.Backward(strings.Split(path, "/")) {
		if found := dialectOf(part); found != "" {
			return found, "the directory " + part
		}
	}
	return "", ""
}

// hintFileNames asks names such as 001_x.mysql.up.sql, when all that say anything agree.
func hintFileNames(g Group) (name, why string) {
	for _, f := range g.Files {
		found := dialectOf(nameDialect(f.Script.Path))
		switch {
		case found == "" || found == name:
		case name != "":
			return "", ""
		default:
			name, why = found, "the name of "+base(f.Script.Path)
		}
	}
	return name, why
}

// nameDialect is the last part of a name before its direction: mysql in 001_x.mysql.up.sql.
func nameDialect(rel string) string {
	version := strings.TrimSuffix(versionOf(base(rel)), ".sql")
	return version[strings.LastIndexByte(version, '.')+1:]
}

// hintManifest asks the features of sqlx, Diesel and refinery in Cargo.toml, when they name one database.
func hintManifest(g Group) (name, why string) {
	if !slices.Contains([]string{"diesel", "refinery", "sqlx"}, g.Layout.Name) {
		return "", ""
	}
	for text := range g.dir.manifests("Cargo.toml") {
		pg := bytes.Contains(text, []byte(`"postgres`)) || bytes.Contains(text, []byte(`"tokio-postgres`))
		my := bytes.Contains(text, []byte(`"mysql`))
		switch {
		case pg && !my:
			return postgres, "Cargo.toml"
		case my && !pg:
			return mysql, "Cargo.toml"
		}
	}
	return "", ""
}
