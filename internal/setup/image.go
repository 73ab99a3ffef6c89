package setup

import (
	"path"
	"regexp"
	"strings"
)

// images finds the images of servers in the files of Docker Compose and of CI,
// which name them so:
//
//	image: postgres:16.3-alpine
//	image: "mysql:${MYSQL_VERSION:-8.0}"
//	- mariadb:10.11
//	- name: postgres:16
func images(text string) []Sign {
	var out []Sign
	named := regexp.MustCompile(`^(?:-\s+)?(?:(?:image|name)\s*:\s*)?["']?([\w.${}:/@-]+)["']?(?:\s+#.*)?$`)
	for _, line := range lines(text, "#") {
		line = withDefaults(line)
		m := named.FindStringSubmatch(line)
		if m == nil || !strings.HasPrefix(line, "-") && !strings.Contains(line, "image") {
			continue
		}
		sign := imageSign(m[1])
		if isImage := strings.Contains(line, "image"); sign.Dialect != "" && (isImage || strings.Contains(m[1], ":")) {
			out = append(out, sign)
		}
	}
	return out
}

// withDefaults puts the default of a variable in its place: 16 for ${PG:-16}.
func withDefaults(line string) string {
	return regexp.MustCompile(`\$\{\w+:?-([^}]*)\}`).ReplaceAllString(line, "$1")
}

func imageSign(image string) Sign {
	named, _, _ := strings.Cut(image, "@")
	name, tag := named, ""
	if at := strings.LastIndexByte(named, ':'); at > strings.LastIndexByte(named, '/') {
		name, tag = named[:at], named[at+1:]
	}
	sign := Sign{What: image}
	switch path.Base(name) {
	case "postgres", "postgresql", "postgis", "pgvector", "timescaledb", "timescaledb-ha":
		sign.Dialect, sign.Version = postgres, postgresTag(name, tag)
	case "mysql", "mysql-server", "percona", "percona-server":
		sign.Dialect, sign.Version = mysql, leadingVersion(tag)
	case "mariadb":
		sign.Dialect, sign.Version = mariadb, leadingVersion(tag)
	}
	return sign
}

// postgresTag is the server's version: images with extensions have theirs in front
// of it, or a count of their own behind it.
func postgresTag(name, tag string) string {
	if m := regexp.MustCompile(`\bpg([0-9]+(?:\.[0-9]+)?)`).FindStringSubmatch(tag); m != nil {
		return m[1]
	}
	version := leadingVersion(tag)
	switch {
	case strings.Contains(name, "timescale") || strings.HasSuffix(name, "pgvector"):
		return ""
	case strings.HasPrefix(name, "supabase/"):
		version, _, _ = strings.Cut(version, ".")
	}
	return version
}
