package rules

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func dropForeignKey() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE orders (id int PRIMARY KEY, user_id int, CONSTRAINT by_user FOREIGN KEY (user_id) REFERENCES users (id));"
	return &Rule{
		ID: "drop-foreign-key", Family: Compatibility, Severity: Info, Dialects: mysqlDialects(),
		Kinds: []change.Kind{change.KindDropConstraint},
		Doc: Doc{
			Title: "a foreign key or CHECK is given up",
			Why: "Dropping it is quick, but from then on nothing refuses rows without a parent, nothing deletes or changes rows along with their parent (ON DELETE CASCADE), and to bring the constraint back is a copy of the table. " +
				"The index under a foreign key stays. Constraints that the file makes anew, or whose column it drops, are not reported.",
			Instead: "Make sure that the application keeps to the rule by itself, cascades included, before the constraint goes. Where it is replaced, drop and add it in one ALTER TABLE.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html",
				"https://mariadb.com/kb/en/foreign-keys/",
			},
			Aliases: []string{"CD101", "CD102"},
			Bad:     []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE orders DROP FOREIGN KEY by_user;"}}},
			Good:    []Example{{Version: "8.0.36", Files: []string{before + "\nALTER TABLE orders DROP FOREIGN KEY by_user;"}}},
		},
		Op: checkDropForeignKey,
	}
}

func checkDropForeignKey(p *Pass) {
	op := p.Op.(*change.DropConstraint)
	known := knownConstraint(p, op)
	kind, cascades := op.ConstraintKind, ""
	if known != nil {
		kind = known.Kind
		if strings.EqualFold(known.OnDelete, "CASCADE") || strings.EqualFold(known.OnDelete, "SET NULL") {
			cascades = ", and ON DELETE " + known.OnDelete + " no longer happens"
		}
	}
	if !p.OldTable() || madeAnew(p, kind, known) {
		return
	}
	switch kind {
	case change.ForeignKey:
		p.Report("the application must keep to it by itself", "without %s nothing refuses rows of %s without a parent%s", op.Name, p.Table(), cascades)
	case change.Check:
		p.Report("the application must keep to it by itself", "without %s nothing refuses rows of %s that break it", op.Name, p.Table())
	default: // keys have rules of their own
	}
}

func knownConstraint(p *Pass, op *change.DropConstraint) *schema.Constraint {
	t := p.State.Table(op.Table)
	if t == nil {
		return nil
	}
	return t.Constraint(op.Name)
}

// madeAnew says whether the statement or the file makes a constraint of the same
// kind on the table, or drops what it was about: the column or the table.
func madeAnew(p *Pass, kind change.ConstraintKind, known *schema.Constraint) bool {
	match := func(op change.Op) bool {
		if col, ok := op.(*change.DropColumn); ok {
			return known != nil && hasName(known.Columns, col.Column)
		}
		return addsKind(op, kind) || op.Kind() == change.KindDropTable
	}
	return beside(p, match) || later(p, func(op change.Op) bool { return sameTable(p, op) && match(op) })
}

func addsKind(op change.Op, kind change.ConstraintKind) bool {
	add, ok := op.(*change.AddConstraint)
	return ok && add.Constraint.Kind == kind
}
