package rules

import (
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func redundantIndex() *Rule {
	return &Rule{
		ID: "redundant-index", Family: Style, Severity: Warning, Dialects: []string{"postgres"}, Off: true,
		Kinds: []change.Kind{change.KindCreateIndex},
		Doc: Doc{
			Title:   "the new index is the beginning of one that is there",
			Why:     "A b-tree index over (a, b) serves lookups by a as well. Another one over (a) is built, kept up by every write and held in memory for little.",
			Instead: "Leave it out, unless it is much narrower and much used. A partial or unique index, or one of another kind, is not redundant and not reported.",
			Refs:    []string{"https://www.postgresql.org/docs/current/indexes-multicolumn.html"},
			Aliases: []string{"PGM508", "MP100"},
			Bad:     []Example{{Files: []string{"CREATE TABLE users (id bigint, tenant bigint, mail text);\nCREATE INDEX a ON users (tenant, mail);\nCREATE INDEX b ON users (tenant);"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint, tenant bigint, mail text);\nCREATE INDEX a ON users (tenant, mail);\nCREATE INDEX b ON users (mail);"}}},
		},
		Op: func(p *Pass) {
			op := p.Op.(*change.CreateIndex)
			columns := keyColumns(op)
			if op.Unique || op.Where != nil || !isBtree(op.Method) || len(op.Include) > 0 || slices.Contains(columns, "") {
				return
			}
			for _, ix := range p.State.IndexesOf(op.Table) {
				if ix.Name != op.Name && begins(ix, columns) {
					p.Report("leave it out", "%s begins with the same columns: lookups by %s can use it", ix.Name, columns[0])
					return
				}
			}
		},
	}
}

func isBtree(method string) bool { return method == "" || method == "btree" }

// begins says whether an index over all rows begins with the columns in their order.
func begins(ix *schema.Index, columns []string) bool {
	return !ix.Partial && !ix.Exprs && ix.Class == change.PlainIndex && len(ix.Columns) >= len(columns) && slices.Equal(ix.Columns[:len(columns)], columns)
}
