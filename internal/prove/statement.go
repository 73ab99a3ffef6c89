package prove

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
)

// Statement is what a version of the application does.
type Statement struct {
	SQL string
	// Table is what it writes to, nothing where it only reads; Columns are those it
	// names, none where it names none. Deletes says that it removes rows.
	Table   change.Name
	Columns []string
	Deletes bool
}

// Split cuts SQL into its statements, without their semicolons.
func Split(d *dialect.Dialect, sql string) []string {
	script := parse(d, []byte(sql))
	var out []string
	for _, stmt := range script.Stmts {
		out = append(out, stmt.Span.Text(script.Src))
	}
	return out
}

func parse(d *dialect.Dialect, sql []byte) *change.Script {
	script := &change.Script{Src: sql, Raw: sql, Section: change.Span{End: len(sql)}, Tx: change.TxNone}
	d.Parse(script)
	return script
}

// placeholder stands for {i} and {r} where a statement is only parsed: a number of
// the same length.
const placeholder = "901"

// ReadStatements reads the statements of an application, one after the other,
// each closed by a semicolon.
func ReadStatements(d *dialect.Dialect, text string) ([]Statement, error) {
	filled := []byte(fill(text, placeholder, placeholder))
	script := parse(d, filled)
	var out []Statement
	for _, stmt := range script.Stmts {
		if stmt.Err != nil {
			return nil, fmt.Errorf("%w in %s", stmt.Err, stmt.Span.Text(filled))
		}
		st := Statement{SQL: stmt.Span.Text([]byte(text))}
		if len(stmt.Ops) > 0 {
			st.target(stmt.Ops[0])
		}
		out = append(out, st)
	}
	return out, nil
}

func (s *Statement) target(op change.Op) {
	switch op := op.(type) {
	case *change.Insert:
		s.Table, s.Columns = op.Table, op.Columns
	case *change.Update:
		s.Table, s.Columns = op.Table, op.Columns
	case *change.Delete:
		s.Table, s.Deletes = op.Table, true
	}
}

func fill(text, i, r string) string {
	return strings.NewReplacer("{i}", i, "{r}", r).Replace(text)
}
