package rules

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

func modifyDropsAttributes() *Rule {
	const before = "CREATE TABLE users (id int PRIMARY KEY, plan varchar(20) NOT NULL DEFAULT 'free' COMMENT 'what they pay for');"
	return &Rule{
		ID: "modify-drops-attributes", Family: DataLoss, Severity: Error, Dialects: mysqlDialects(), Recipe: "complete-definition",
		Kinds: []change.Kind{change.KindModifyColumn},
		Doc: Doc{
			Title: "MODIFY or CHANGE drops the attributes that it does not repeat",
			Why: "MODIFY and CHANGE give the column a whole new definition. NOT NULL, DEFAULT, COMMENT, AUTO_INCREMENT, ON UPDATE and the character set that the new one leaves out are gone, without a warning: " +
				"INSERTs that relied on the default fail or write NULL, rows without ids are refused, timestamps stand still.",
			Instead: "Repeat the full definition, as SHOW CREATE TABLE prints it, and change only what is meant. To change the default alone: ALTER COLUMN c SET DEFAULT. " +
				"Write NULL or DEFAULT NULL where an attribute is to go: that says so.",
			Refs: []string{
				"https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-redefine-column",
				"https://mariadb.com/kb/en/alter-table/#modify-column",
			},
			Bad: []Example{{Version: "8.0.36", Before: before, Files: []string{"ALTER TABLE users MODIFY plan varchar(30);"}}},
			Good: []Example{
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE users MODIFY plan varchar(30) NOT NULL DEFAULT 'free' COMMENT 'what they pay for';"}},
				{Version: "8.0.36", Before: before, Files: []string{"SET SESSION lock_wait_timeout = 5;\nALTER TABLE users ALTER COLUMN plan SET DEFAULT 'basic';"}},
			},
		},
		Op: checkModifyDropsAttributes,
	}
}

func checkModifyDropsAttributes(p *Pass) {
	op := p.Op.(*change.ModifyColumn)
	t := p.State.Table(op.Table)
	if t == nil || !p.OldTable() {
		return
	}
	old := t.Column(op.From)
	if old == nil || !old.Complete {
		return
	}
	lost := slices.Concat(lostConstraints(t, op, old), lostText(op, old), lostCharset(t, op, old))
	if later(p, func(o change.Op) bool { return sameTable(p, o) && setsNotNull(o, op.Column.Name) }) {
		lost = slices.DeleteFunc(lost, func(l string) bool { return l == "NOT NULL" })
	}
	if len(lost) == 0 {
		return
	}
	sev := Error
	if len(lost) == 1 && (strings.HasPrefix(lost[0], "COMMENT") || changesNothingElse(op, old)) {
		sev = Warning
	}
	all := strings.Join(lost, ", ")
	p.ReportAs(sev, op.Span, "repeat what is to stay ("+all+"); write NULL or DEFAULT NULL where it is to go",
		"%s drops what it does not repeat of %s.%s: %s", clauseText(p, op), p.Table(), op.From, all)
}

// setsNotNull says whether a change gives a column NOT NULL back, as the second
// step of a conversion by way of a binary type does.
func setsNotNull(op change.Op, column string) bool {
	m, ok := op.(*change.ModifyColumn)
	return ok && m.Column.NotNull && strings.EqualFold(m.From, column)
}

// changesNothingElse says whether the loss is all that the statement does, and so
// most likely its purpose: some tools write MODIFY c type to make a column nullable.
func changesNothingElse(op *change.ModifyColumn, old *schema.Column) bool {
	col := &op.Column
	return strings.EqualFold(op.From, col.Name) && !op.First && op.After == "" && typeText(col.Type) == typeText(old.Type()) &&
		slices.Equal(col.Type.Args, old.Type().Args) && (!col.NotNull || old.NotNull) && (col.Default == nil || old.HasDefault) &&
		(col.Comment == nil || old.Comment != "") && len(col.Constraints) == 0
}

// lostConstraints are NOT NULL and AUTO_INCREMENT, if the column loses them. In
// a primary key a column stays NOT NULL whatever its definition says.
func lostConstraints(t *schema.Table, op *change.ModifyColumn, old *schema.Column) []string {
	var lost []string
	col := &op.Column
	pk := t.PrimaryKey()
	inKey := pk != nil && slices.ContainsFunc(pk.Columns, func(n string) bool { return strings.EqualFold(n, op.From) })
	if old.NotNull && !col.NotNull && !col.Null && !inKey && !col.AutoIncrement && col.Inline(change.PrimaryKey) == nil && col.Generated == nil {
		lost = append(lost, "NOT NULL")
	}
	if old.AutoIncrement && !col.AutoIncrement {
		lost = append(lost, "AUTO_INCREMENT")
	}
	return lost
}

// lostText are the attributes with a text of their own.
func lostText(op *change.ModifyColumn, old *schema.Column) []string {
	var lost []string
	col := &op.Column
	if old.HasDefault && col.Default == nil && !col.AutoIncrement && col.Generated == nil {
		lost = append(lost, "DEFAULT "+old.Default)
	}
	if old.OnUpdate != "" && col.OnUpdate == nil {
		lost = append(lost, "ON UPDATE "+old.OnUpdate)
	}
	if strings.Trim(old.Comment, `'"`) != "" && col.Comment == nil {
		lost = append(lost, "COMMENT "+old.Comment)
	}
	return lost
}

// lostCharset is the character set or collation, if the column had one of its
// own and gets its table's.
func lostCharset(t *schema.Table, op *change.ModifyColumn, old *schema.Column) []string {
	now := op.Column.Type
	if now.Charset != "" || now.Collation != "" || !isText(now.Name) {
		return nil
	}
	var lost []string
	if old.Type().Charset != "" && !strings.EqualFold(old.Type().Charset, t.Charset) {
		lost = append(lost, "CHARACTER SET "+old.Type().Charset)
	}
	if old.Type().Collation != "" && old.Type().Collation != "_bin" && !strings.EqualFold(old.Type().Collation, t.Collation) {
		lost = append(lost, "COLLATE "+old.Type().Collation)
	}
	return lost
}

func isText(typeName string) bool {
	return strings.HasSuffix(typeName, "char") || strings.HasSuffix(typeName, "text") || typeName == "enum" || typeName == "set"
}
