package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func indexCovered() *Rule {
	return &Rule{
		ID: "index-covered", Family: Style, Severity: Warning, Off: true, Dialects: mysqlDialects(),
		Doc: Doc{
			Title: "a new index that another one of the table covers",
			Why: "An index over (a, b) serves searches by a as well, and so does the primary key for its first columns. The second index is built on every replica, kept up by each write and held in memory, for nothing. " +
				"Tables are looked at as the file leaves them.",
			Instead: "Leave it out. MySQL and MariaDB make the index that a foreign key needs by themselves, and only where no other one begins with its columns.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/multiple-column-indexes.html",
				"https://mariadb.com/kb/en/compound-composite-indexes/",
			},
			Aliases: []string{"redundant_indexes", "dupe-index", "TABLE_NO_DUPLICATE_INDEX", "ER_DUP_INDEX"},
			Bad:     []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE orders (id int PRIMARY KEY, a int, b int, KEY by_a (a), KEY by_ab (a, b));"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{"CREATE TABLE orders (id int PRIMARY KEY, a int, b int, KEY by_b (b), KEY by_ab (a, b));"}}},
		},
		File: checkIndexCovered,
	}
}

func checkIndexCovered(p *Pass) {
	seen := map[string]bool{}
	for _, d := range p.File.InFile {
		table := d.Op.Head().Table
		if _, ok := d.Op.(*change.CreateTable); !ok && d.Op.Kind() != change.KindCreateIndex {
			continue
		}
		for _, ix := range p.State.IndexesOf(table) {
			key := columnKey(ix.Table, ix.Name)
			if !p.State.NewIndexInFile(ix) || ix.Unique || seen[key] {
				continue
			}
			if by := coveredBy(p, ix); by != nil {
				seen[key] = true
				p.Stmt = d.Stmt
				p.ReportAs(Warning, d.Stmt.Span, "leave it out", "index %s of %s is covered by %s (%s)", ix.Name, p.Display(ix.Table), by.Name, strings.Join(by.Columns, ", "))
				p.Stmt = nil
			}
		}
	}
}

// coveredBy is another index that serves all that one does; of two that are the
// same the one whose name comes first stays.
func coveredBy(p *Pass, ix *schema.Index) *schema.Index {
	if ix.Exprs || ix.Class != change.PlainIndex {
		return nil
	}
	for _, o := range p.State.IndexesOf(ix.Table) {
		same := len(o.Columns) == len(ix.Columns) && !o.Unique
		if o.Name != ix.Name && o.Class == change.PlainIndex && !o.Hidden && replaces(o.Columns, o.Unique, ix) && (!same || o.Name < ix.Name) {
			return o
		}
	}
	return nil
}
