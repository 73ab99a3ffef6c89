// Package dialect is the only switch over dialects: everything behind it is
// asked through a Dialect.
package dialect

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/postgres"
)

// Dialect reads one server's SQL and knows what it does.
type Dialect struct {
	Target fact.Target
	Facts  *fact.Table
	parse  func(*change.Script)
	text   func(columns func(change.Name) ([]string, bool)) any
}

// Open is a dialect ("postgres", "mysql", "mariadb") at a server version;
// an empty version means the oldest supported.
func Open(name, version string) (*Dialect, error) {
	target, err := fact.NewTarget(name, version)
	if err != nil {
		return nil, fmt.Errorf("dialect %s: %w", name, err)
	}
	d := &Dialect{Target: target}
	switch name {
	case "postgres":
		d.Facts, d.parse = postgres.Facts(), postgres.Parse
		d.text = func(columns func(change.Name) ([]string, bool)) any { return postgres.Text{Columns: columns} }
	case "mysql", "mariadb":
		v := target.Version
		p := mysql.New(name == "mariadb", [3]int{v.Major, v.Minor, v.Patch})
		d.Facts, d.parse = mysql.Facts(name), p.Parse
		d.text = func(columns func(change.Name) ([]string, bool)) any { return p.Text(columns) }
	default:
		return nil, fmt.Errorf("dialect %q is none of postgres, mysql, mariadb", name)
	}
	return d, nil
}

// Parse fills the statements of a script. It is safe for concurrent use on
// different scripts.
func (d *Dialect) Parse(script *change.Script) { d.parse(script) }

// Text is the dialect's way with SQL text, a rewrite.Text; nil where it has none.
// columns are those of a table, where they are known.
func (d *Dialect) Text(columns func(change.Name) ([]string, bool)) any {
	if d.text == nil {
		return nil
	}
	return d.text(columns)
}
