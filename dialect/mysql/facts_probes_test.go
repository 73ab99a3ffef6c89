package mysql_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/mysql"
	"github.com/safemig/safemig/dialect/schema"
)

// probe is a file of testdata/probes, which internal/trace runs on real servers;
// its README tells the format.
type probe struct {
	name         string
	facts        []string
	from, before fact.Version
	refused      bool // nothing but the server's refusal is measured
	setup        string
	statements   []string
}

func readProbes(t *testing.T, dialect string) []probe {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "probes", dialect, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no probes of %s: %v", dialect, err)
	}
	probes := make([]probe, 0, len(paths))
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := probe{name: dialect + "/" + filepath.Base(path)}
		p.readHeader(t, string(ar.Comment))
		for _, f := range ar.Files {
			if f.Name == "setup.sql" {
				p.setup = string(f.Data)
				continue
			}
			p.statements = append(p.statements, string(f.Data))
		}
		probes = append(probes, p)
	}
	return probes
}

func (p *probe) readHeader(t *testing.T, comment string) {
	t.Helper()
	for line := range strings.Lines(comment) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "# fact":
			p.facts = append(p.facts, strings.Fields(value)...)
		case "# from":
			p.from = parseVersion(t, value)
		case "# before":
			p.before = parseVersion(t, value)
		case "# fails":
			p.refused = true
		}
	}
}

func parseVersion(t *testing.T, text string) fact.Version {
	t.Helper()
	v, err := fact.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// factsOf is what the facts say about the last statement of a file, with
// another file before it.
func factsOf(t *testing.T, target fact.Target, before, sql string) fact.Result {
	t.Helper()
	v := target.Version
	parser := mysql.New(target.Dialect == "mariadb", [3]int{v.Major, v.Minor, v.Patch})
	table, state := mysql.Facts(target.Dialect), schema.New(target.Dialect)
	var last fact.Result
	for _, src := range []string{before, sql} {
		script := &change.Script{Src: []byte(src), Raw: []byte(src), Section: change.Span{End: len(src)}}
		parser.Parse(script)
		state.BeginFile(script)
		for _, stmt := range script.Stmts {
			if stmt.Err != nil {
				t.Fatalf("%s: %v", stmt.Span.Text(script.Src), stmt.Err)
			}
			last = table.Statement(stmt, state, target)
			for _, op := range stmt.Ops {
				state.Apply(script, op)
			}
		}
	}
	return last
}

// TestMeasuredRowsAreProbed: a row is called Measured where a probe names its
// fact, and only there.
func TestMeasuredRowsAreProbed(t *testing.T) {
	for _, dialect := range []string{"mysql", "mariadb"} {
		probed, measured := map[string]bool{}, map[string]bool{}
		for _, p := range readProbes(t, dialect) {
			for _, id := range p.facts {
				probed[id] = probed[id] || !p.refused
			}
		}
		mysql.Facts(dialect).Rows(func(r *fact.Row) {
			measured[r.ID] = measured[r.ID] || r.Source == fact.Measured
		})
		for id := range measured {
			if measured[id] != probed[id] {
				t.Errorf("%s: fact %s is measured: %t; a probe measures it: %t", dialect, id, measured[id], probed[id])
			}
		}
	}
}

// TestOneRowHolds: whatever the version, exactly one row tells how a clause of
// a probe is carried out; none would be silence, two would contradict each other.
func TestOneRowHolds(t *testing.T) {
	for _, text := range []string{
		"mysql 5.7", "mysql 8.0.11", "mysql 8.0.12", "mysql 8.0.16", "mysql 8.0.28", "mysql 8.0.29", "mysql 8.4", "mysql 9.0", "mysql 9.1", "mysql 9.7",
		"mariadb 10.6", "mariadb 10.11", "mariadb 11.2", "mariadb 11.4", "mariadb 11.5", "mariadb 11.8",
	} {
		name, version, _ := strings.Cut(text, " ")
		target := fact.Target{Dialect: name, Version: parseVersion(t, version)}
		table := mysql.Facts(name)
		for _, p := range readProbes(t, name) {
			if target.Version.Less(p.from) || !p.before.IsZero() && !target.Version.Less(p.before) {
				continue
			}
			for _, sql := range p.statements {
				checkOneRowHolds(t, table, target, p, sql)
			}
		}
	}
}

func checkOneRowHolds(t *testing.T, table *fact.Table, target fact.Target, p probe, sql string) {
	t.Helper()
	v := target.Version
	parser := mysql.New(target.Dialect == "mariadb", [3]int{v.Major, v.Minor, v.Patch})
	state := schema.New(target.Dialect)
	for i, src := range []string{p.setup, sql} {
		script := &change.Script{Src: []byte(src), Raw: []byte(src), Section: change.Span{End: len(src)}}
		parser.Parse(script)
		state.BeginFile(script)
		for _, stmt := range script.Stmts {
			for _, op := range stmt.Ops {
				c := &fact.Ctx{Op: op, Stmt: stmt, State: state, Target: target}
				if ids := holding(table, c); i == 1 && alters(op) && len(ids) != 1 {
					t.Errorf("%s on %s %s: %s: rows %q hold", p.name, target.Name(), v, op.Head().Span.Text(script.Src), ids)
				}
			}
			for _, op := range stmt.Ops {
				state.Apply(script, op)
			}
		}
	}
}

// alters says whether the change alters a table: others may touch several
// tables, with a row for each.
func alters(op change.Op) bool {
	return slices.Contains([]change.Kind{
		change.KindAddColumn, change.KindDropColumn, change.KindRenameColumn, change.KindModifyColumn,
		change.KindColumnDefault, change.KindColumnOption, change.KindAddConstraint, change.KindDropConstraint,
		change.KindAlterConstraint, change.KindCreateIndex, change.KindDropIndex, change.KindRenameIndex,
		change.KindAlterIndex, change.KindTableOption, change.KindConvertCharset, change.KindPartitionOp,
		change.KindRenameTable, change.KindDropTable, change.KindMaintain, change.KindTruncate,
	}, op.Kind())
}

// holding are the rows that hold for the change's own table.
func holding(table *fact.Table, c *fact.Ctx) []string {
	var ids []string
	v := c.Target.Version
	table.Rows(func(r *fact.Row) {
		outside := !r.From.IsZero() && v.Less(r.From) || !r.Before.IsZero() && !v.Less(r.Before)
		otherTable := strings.HasPrefix(r.ID, "foreign-key-")
		if r.Kind == c.Op.Kind() && !otherTable && !outside && (r.When == nil || r.When(c)) {
			ids = append(ids, r.ID)
		}
	})
	return ids
}
