package setup

import (
	"regexp"
	"strings"
)

// source is a kind of file, and what it says.
type source struct {
	files []string // patterns
	find  func(text string) []Sign
}

// sources are all that is looked at: what tells a version comes first.
func sources() []source {
	return []source{
		{[]string{"compose.y*ml", "compose.*.y*ml", "docker-compose*.y*ml", "docker/*compose*.y*ml", ".devcontainer/*compose*.y*ml"}, images},
		{[]string{".github/workflows/*.y*ml", ".gitlab-ci.yml", ".circleci/config.yml", "bitbucket-pipelines.yml"}, images},
		{[]string{".tool-versions"}, toolVersions},
		{[]string{"mise.toml", ".mise.toml"}, mise},
		{[]string{".squawk.toml"}, keyed(`(?m)^\s*pg_version\s*=\s*"([0-9.]+)"`, postgres)},
		{[]string{"supabase/config.toml"}, keyed(`(?m)^\s*major_version\s*=\s*"?([0-9]+)`, postgres)},
		{[]string{"atlas.hcl"}, atlas},
		{[]string{"schema.prisma", "prisma/schema.prisma", "prisma/schema/*.prisma"}, named(`(?m)^\s*provider\s*=\s*"(\w+)"`)},
		{[]string{"sqlc.y*ml", "sqlc.json"}, named(`(?m)^\W*engine"?\s*:\s*"?(\w+)`)},
		{[]string{"drizzle.config.*"}, named(`(?m)\bdialect\s*:\s*["'](\w+)`)},
		{[]string{"go.mod"}, drivers("//", map[string]string{
			`github\.com/jackc/pgx`: postgres, `github\.com/lib/pq\b`: postgres, `github\.com/go-sql-driver/mysql`: mysql,
		})},
		{[]string{"package.json"}, drivers("//", map[string]string{
			`"(pg|postgres|pg-promise)"\s*:`: postgres, `"(mysql|mysql2)"\s*:`: mysql, `"mariadb"\s*:`: mariadb,
		})},
		{[]string{"Gemfile"}, drivers("#", map[string]string{`gem\s*\(?\s*["']pg["']`: postgres, `gem\s*\(?\s*["'](mysql2|trilogy)["']`: mysql})},
		{[]string{"requirements*.txt", "requirements/*.txt", "pyproject.toml", "Pipfile"}, drivers("#", map[string]string{
			`(?i)^["']?(psycopg|psycopg2|psycopg2-binary|asyncpg)\b`: postgres, `(?i)^["']?(mysqlclient|PyMySQL|mysql-connector-python|aiomysql)\b`: mysql, `(?i)^["']?mariadb\b`: mariadb,
		})},
		{[]string{"pom.xml", "build.gradle", "build.gradle.kts"}, drivers("//", map[string]string{
			`org\.postgresql`: postgres, `mysql-connector-(j|java)\b`: mysql, `mariadb-java-client`: mariadb,
		})},
		{[]string{"mix.exs"}, drivers("#", map[string]string{`:postgrex\b`: postgres, `:myxql\b`: mysql})},
	}
}

const (
	postgres = "postgres"
	mysql    = "mysql"
	mariadb  = "mariadb"
)

// keyed finds the version that one key has.
func keyed(pattern, dialect string) func(string) []Sign {
	return func(text string) []Sign {
		m := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if m == nil {
			return nil
		}
		return []Sign{{Dialect: dialect, Version: m[1], What: strings.TrimSpace(m[0])}}
	}
}

// named finds keys whose values are names of databases.
func named(pattern string) func(string) []Sign {
	return func(text string) []Sign {
		var out []Sign
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			if dialect := dialectOf(m[1]); dialect != "" {
				out = append(out, Sign{Dialect: dialect, What: strings.TrimLeft(unquoted(m[0]), " \t\r\n-")})
			}
		}
		return out
	}
}

// drivers finds lines that name one of the drivers.
func drivers(comment string, known map[string]string) func(string) []Sign {
	return func(text string) []Sign {
		found := map[string]string{}
		for pattern, dialect := range known {
			is := regexp.MustCompile(pattern)
			for _, line := range lines(text, comment) {
				if what := is.FindString(line); what != "" && !strings.HasSuffix(line, "// indirect") {
					found[dialect] = strings.Trim(unquoted(what), "(: ")
				}
			}
		}
		var out []Sign
		for _, dialect := range []string{postgres, mysql, mariadb} {
			if what := found[dialect]; what != "" {
				out = append(out, Sign{Dialect: dialect, What: "the driver " + what})
			}
		}
		return out
	}
}

func unquoted(text string) string { return strings.NewReplacer(`"`, "", "'", "").Replace(text) }

func dialectOf(word string) string {
	switch strings.ToLower(word) {
	case "postgres", "postgresql":
		return postgres
	case "mysql":
		return mysql
	case "mariadb":
		return mariadb
	}
	return ""
}

// toolVersions reads asdf's file: a tool and its versions, the first of which is used.
// https://asdf-vm.com/manage/configuration.html
func toolVersions(text string) []Sign {
	var out []Sign
	for _, line := range lines(text, "#") {
		words := strings.Fields(line)
		if dialect := dialectOf(words[0]); dialect != "" && len(words) > 1 && startsWithDigit(words[1]) {
			out = append(out, Sign{Dialect: dialect, Version: words[1], What: words[0] + " " + words[1]})
		}
	}
	return out
}

func mise(text string) []Sign {
	var out []Sign
	for _, m := range regexp.MustCompile(`(?m)^\s*"?(\w+)"?\s*=\s*"([0-9][0-9.]*)"`).FindAllStringSubmatch(text, -1) {
		if dialect := dialectOf(m[1]); dialect != "" {
			out = append(out, Sign{Dialect: dialect, Version: m[2], What: m[1] + " " + m[2]})
		}
	}
	return out
}

// atlas reads the throw-away databases of Atlas: docker://postgres/16/dev.
// https://atlasgo.io/concepts/dev-database
func atlas(text string) []Sign {
	var out []Sign
	for _, m := range regexp.MustCompile(`docker://(\w+)/([\w.-]+)`).FindAllStringSubmatch(text, -1) {
		if dialect := dialectOf(m[1]); dialect != "" {
			out = append(out, Sign{Dialect: dialect, Version: leadingVersion(m[2]), What: m[0]})
		}
	}
	return out
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// leadingVersion is the version that a text begins with: 16.3 of 16.3-alpine.
func leadingVersion(s string) string {
	return regexp.MustCompile(`^[0-9]+(\.[0-9]+)*`).FindString(s)
}
