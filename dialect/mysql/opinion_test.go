package mysql

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pingcap/tidb/pkg/parser/ast"
	tidbmysql "github.com/pingcap/tidb/pkg/parser/mysql"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// column is what two parsers can be asked alike about a column.
type column struct {
	Name, Type string
	Unsigned   bool
	Attributes []string
}

// TestColumnsAgree holds the columns that our grammar reads against those of
// TiDB's parser, which shares no code with it.
func TestColumnsAgree(t *testing.T) {
	compared := 0
	for _, sql := range dataStatements(t) {
		src := []byte(sql)
		r := readerOf(t, src)
		ops := r.read()
		node, refused := r.ask(r.draft(r.piece.Span))
		if refused != nil || r.err != nil {
			continue
		}
		want := theirColumns(r, node)
		compared += len(want)
		if diff := cmp.Diff(want, ourColumns(ops)); diff != "" {
			t.Errorf("%s (-TiDB +ours):\n%s", sql, diff)
		}
	}
	if compared < 200 {
		t.Errorf("only %d columns were compared", compared)
	}
}

// readerOf is a reader at the first statement of a text.
func readerOf(t *testing.T, src []byte) *reader {
	t.Helper()
	p := New(false, [3]int{9, 7, 4})
	pieces, _ := split(src, change.Span{End: len(src)}, p.opt, p.opt, token.MostStatements)
	tp, ok := p.pool.Get().(*tidb)
	if !ok || len(pieces) == 0 {
		t.Fatalf("no statement in %s", src)
	}
	return &reader{piece: pieces[0], tidb: tp, source: newSource(src, tp), cursor: newCursor(src, pieces[0])}
}

func ourColumns(ops []change.Op) []column {
	var out []column
	for _, op := range ops {
		switch o := op.(type) {
		case *change.CreateTable:
			for i := range o.Columns {
				out = append(out, ourColumn(&o.Columns[i]))
			}
		case *change.AddColumn:
			out = append(out, ourColumn(&o.Column))
		case *change.ModifyColumn:
			out = append(out, ourColumn(&o.Column))
		}
	}
	return out
}

func ourColumn(c *change.Column) column {
	out := column{Name: c.Name, Type: c.Type.Name, Unsigned: c.Type.Unsigned}
	for _, a := range []struct {
		name string
		has  bool
	}{
		{"auto_increment", c.AutoIncrement},
		{"check", c.Inline(change.Check) != nil},
		{"comment", c.Comment != nil},
		{"default", c.Default != nil},
		{"generated", c.Generated != nil},
		{"not null", c.NotNull},
		{"null", c.Null},
		{"on update", c.OnUpdate != nil},
		{"primary key", c.Inline(change.PrimaryKey) != nil},
		{"references", c.Inline(change.ForeignKey) != nil},
		{"unique", c.Inline(change.Unique) != nil},
	} {
		if a.has {
			out.Attributes = append(out.Attributes, a.name)
		}
	}
	return out
}

func theirColumns(r *reader, node ast.StmtNode) []column {
	var defs []*ast.ColumnDef
	switch n := node.(type) {
	case *ast.CreateTableStmt:
		defs = n.Cols
	case *ast.AlterTableStmt:
		for _, spec := range n.Specs {
			if spec.Tp != ast.AlterTableAlterColumn {
				defs = append(defs, spec.NewColumns...)
			}
		}
	}
	var out []column
	for _, d := range defs {
		if d.Tp != nil {
			out = append(out, theirColumn(r, d))
		}
	}
	return out
}

func theirColumn(r *reader, d *ast.ColumnDef) column {
	name, _, _ := strings.Cut(d.Tp.CompactStr(), "(")
	out := column{
		Name: r.given(d.Name.Name.O), Type: strings.TrimSuffix(name, " unsigned"),
		Unsigned: tidbmysql.HasUnsignedFlag(d.Tp.GetFlag()),
	}
	for _, o := range d.Options {
		if a := attribute(o.Tp); a != "" {
			out.Attributes = append(out.Attributes, a)
		}
	}
	slices.Sort(out.Attributes)
	out.Attributes = slices.Compact(out.Attributes)
	return out
}

func attribute(t ast.ColumnOptionType) string {
	switch t {
	case ast.ColumnOptionAutoIncrement:
		return "auto_increment"
	case ast.ColumnOptionCheck:
		return "check"
	case ast.ColumnOptionComment:
		return "comment"
	case ast.ColumnOptionDefaultValue:
		return "default"
	case ast.ColumnOptionGenerated:
		return "generated"
	case ast.ColumnOptionNotNull:
		return "not null"
	case ast.ColumnOptionNull:
		return "null"
	case ast.ColumnOptionOnUpdate:
		return "on update"
	case ast.ColumnOptionPrimaryKey:
		return "primary key"
	case ast.ColumnOptionReference:
		return "references"
	case ast.ColumnOptionUniqKey:
		return "unique"
	default:
		return ""
	}
}
