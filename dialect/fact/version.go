// Package fact says what each change does on a server: which lock, who is
// blocked, what work. It is the one place where server versions are compared.
package fact

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is a server's version; PostgreSQL uses Major and Minor.
type Version struct{ Major, Minor, Patch int }

// V builds a version.
func V(parts ...int) Version {
	var v Version
	for i, p := range parts {
		switch i {
		case 0:
			v.Major = p
		case 1:
			v.Minor = p
		case 2:
			v.Patch = p
		}
	}
	return v
}

// Less says whether v is older than o.
func (v Version) Less(o Version) bool {
	if v.Major != o.Major {
		return v.Major < o.Major
	}
	if v.Minor != o.Minor {
		return v.Minor < o.Minor
	}
	return v.Patch < o.Patch
}

// IsZero says whether there is no version.
func (v Version) IsZero() bool { return v == Version{} }

func (v Version) String() string {
	switch {
	case v.Patch > 0:
		return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	case v.Minor > 0:
		return fmt.Sprintf("%d.%d", v.Major, v.Minor)
	}
	return strconv.Itoa(v.Major)
}

// Parse reads a version as servers and people write it: "16", "16.3",
// "8.0.36", "10.11.19-MariaDB", "5.5.5-10.6.12-MariaDB", "15.18 (Debian ..)".
func Parse(text string) (Version, error) {
	t := strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(t, "5.5.5-"); ok { // MariaDB's disguise for old clients
		t = rest
	}
	t = strings.TrimPrefix(t, "v")
	end := 0
	for end < len(t) && (t[end] >= '0' && t[end] <= '9' || t[end] == '.') {
		end++
	}
	parts := strings.Split(strings.TrimRight(t[:end], "."), ".")
	if len(parts) > 3 {
		parts = parts[:3]
	}
	nums := make([]int, 0, 3)
	for _, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return Version{}, fmt.Errorf("server version %q is not a version: write it as 16, 16.3, 8.0.36 or 10.11", text)
		}
		nums = append(nums, n)
	}
	return V(nums...), nil
}

// Target is the server that a migration is judged for.
type Target struct {
	Dialect string // "postgres", "mysql", "mariadb"
	Version Version
	Assumed bool // nobody said which version: the oldest supported
}

// Name is the product's name as people write it.
func (t Target) Name() string { return DialectName(t.Dialect) }

// DialectName is a dialect's product name.
func DialectName(dialect string) string {
	switch dialect {
	case "postgres":
		return "PostgreSQL"
	case "mysql":
		return "MySQL"
	case "mariadb":
		return "MariaDB"
	}
	return dialect
}

// Oldest is the oldest version supported of a dialect.
func Oldest(dialect string) Version {
	switch dialect {
	case "mysql":
		return V(5, 7)
	case "mariadb":
		return V(10, 6)
	}
	return V(12)
}

// NewTarget is a dialect at a version; the oldest supported where none is given.
func NewTarget(dialect, version string) (Target, error) {
	if version == "" {
		return Target{Dialect: dialect, Version: Oldest(dialect), Assumed: true}, nil
	}
	v, err := Parse(version)
	if err != nil {
		return Target{}, err
	}
	if v.Less(Oldest(dialect)) {
		return Target{}, fmt.Errorf("%s %s is older than %s, the oldest version that safemig knows", DialectName(dialect), v, Oldest(dialect))
	}
	return Target{Dialect: dialect, Version: v}, nil
}

// feature is syntax that advice may use from a version on.
type feature struct {
	dialect, name string
	from          Version
}

func features() []feature {
	return []feature{
		{"postgres", "not-null-not-valid", V(18)},
		{"postgres", "not-null-constraints", V(18)},
		{"postgres", "partitioned-foreign-key-not-valid", V(18)},
		{"postgres", "virtual-column", V(18)},
		{"postgres", "before-row-trigger-on-partitioned", V(13)},
		{"postgres", "detach-concurrently", V(14)},
		{"postgres", "column-compression", V(14)},
		{"postgres", "security-invoker", V(15)},
		{"postgres", "merge-into-view", V(17)},
		{"mysql", "add-column-instant", V(8, 0, 12)},
		{"mariadb", "add-column-instant", V(10, 3)},
		{"mysql", "invisible-index", V(8)},
		{"mariadb", "invisible-index", V(10, 6)},
		{"mysql", "check-constraints", V(8, 0, 16)},
		{"mariadb", "check-constraints", V(10, 2)},
		{"mysql", "create-trigger-if-not-exists", V(8, 0, 29)},
		{"mysql", "timestamp-with-offset", V(8, 0, 19)},
		{"mariadb", "create-trigger-if-not-exists", V(10, 1, 4)},
		{"mariadb", "if-exists-clauses", V(10, 0, 2)},
		{"mysql", "default-expression", V(8, 0, 13)},
		{"mysql", "rename-column", V(8)},
		{"mariadb", "rename-column", V(10, 5, 2)},
		{"mysql", "inline-references", V(9)},
		{"mariadb", "inline-references", V(10, 5)},
		{"mysql", "row-versions", V(8, 0, 29)},
		{"mysql", "more-row-versions", V(9, 1)},
		{"mysql", "replica-words-only", V(8, 4)},
		{"mariadb", "ignores-alter-algorithm", V(11, 5)},
		{"mariadb", "timestamp-to-2106", V(11, 5)},
	}
}

// Has says whether the target offers a feature that advice may build on.
func (t *Table) Has(target Target, name string) bool {
	for _, f := range t.offered {
		if f.dialect == target.Dialect && f.name == name {
			return !target.Version.Less(f.from)
		}
	}
	return false
}
