package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// Policy is the family of the rules that a project declares.
const Policy Family = "policy"

// Custom is a rule that a project declares: what it matches, and what it says.
type Custom struct {
	ID       string
	Severity Severity // zero: Warning
	Message  Template
	Help     string
	Match    Match
}

// Match is what a custom rule looks for. All that is set must hold.
type Match struct {
	Changes       []change.Kind // one of them; none: any change
	Table, Column Patterns
	Effect        EffectMatch
	NewTable      *bool // the table was created by the same file
	InTransaction *bool
	Dialects      []string // one of them; none: all
}

// EffectMatch asks for a table that has to bear all of this at once.
type EffectMatch struct {
	Blocks change.Access // what has to wait; zero: whatever
	Work   change.Work   // at least as much; zero: whatever
	Lock   change.Lock   // at least as strong; zero: whatever
}

// IsZero says whether nothing is asked for.
func (m EffectMatch) IsZero() bool { return m == EffectMatch{} }

func (m EffectMatch) holds(e change.Effect) bool {
	return e.Blocks.Has(m.Blocks) && e.Work >= m.Work && e.Lock >= m.Lock
}

// NewCustom makes a rule of what a project declares.
func NewCustom(c Custom) (*Rule, error) {
	switch m := c.Match; {
	case !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(c.ID):
		return nil, fmt.Errorf("the id %q is not kebab-case, such as no-drop-on-billing", c.ID)
	case c.Message.IsZero():
		return nil, fmt.Errorf("custom rule %s has no message", c.ID)
	case len(m.Changes) == 0 && m.Table == nil && m.Column == nil && m.Effect.IsZero():
		return nil, fmt.Errorf("custom rule %s matches everything: its match needs change, table, column or effect", c.ID)
	}
	kinds := c.Match.Changes
	if len(kinds) == 0 {
		kinds = everyKind()
	}
	return &Rule{
		ID: c.ID, Family: Policy, Severity: cmp.Or(c.Severity, Warning), Dialects: c.Match.Dialects, Kinds: kinds, Custom: true,
		Doc: Doc{Title: c.Message.String(), Why: "This project's configuration declares the rule.", Instead: cmp.Or(c.Help, c.Message.String())},
		Op:  func(p *Pass) { c.check(p) },
	}, nil
}

func (c *Custom) check(p *Pass) {
	in, doubt := c.Match.transaction(p.State.InTx())
	if !in {
		return
	}
	column, ok := c.Match.column(p)
	if !ok {
		return
	}
	table, ok := c.Match.table(p)
	if !ok {
		return
	}
	sev := p.rule.Severity
	if doubt != "" {
		sev = min(sev, Warning)
	}
	text := c.Message.fill(p.Display(table), column, onOneLine(p.Text(p.Stmt.Span)))
	p.ReportAs(sev, p.Op.Head().Span, c.Help, "%s%s", doubt, text)
}

// transaction says whether the change runs where the rule looks. Where nobody
// knows whether there is a transaction, it says so.
func (m *Match) transaction(in schema.InTx) (ok bool, doubt string) {
	switch {
	case m.InTransaction == nil:
		return true, ""
	case in == schema.Perhaps && *m.InTransaction:
		return true, "if your migration tool runs this file in a transaction: "
	case in == schema.Perhaps:
		return true, "unless your migration tool runs this file in a transaction: "
	}
	return *m.InTransaction == (in == schema.Inside), ""
}

// table is the table that the finding is about: the one that bears the effect,
// else the one that the change works on.
func (m *Match) table(p *Pass) (change.Name, bool) {
	if m.Effect.IsZero() {
		name := ownTable(p)
		return name, m.tableMatches(p, name, m.NewTable)
	}
	// Nobody waits for a table that the same file creates, unless asked for.
	isNew := m.NewTable
	if isNew == nil {
		isNew = new(bool)
	}
	effects := p.tableEffects()
	i := slices.IndexFunc(effects, func(e change.Effect) bool {
		return m.Effect.holds(e) && m.tableMatches(p, e.Table, isNew)
	})
	if i < 0 {
		return change.Name{}, false
	}
	return effects[i].Table, true
}

func (m *Match) tableMatches(p *Pass, name change.Name, isNew *bool) bool {
	if m.Table != nil && !m.Table.matchTable(p, name) {
		return false
	}
	return isNew == nil || *isNew == isNewTable(p, name)
}

// isNewTable: CREATE TABLE is asked about before its table is there. What has
// no name was there before.
func isNewTable(p *Pass, name change.Name) bool {
	create, ok := p.Op.(*change.CreateTable)
	return ok && create.Table == name || !name.IsZero() && !p.Old(name)
}

// ownTable is the table that the change works on, also where only the state
// tells which table an index is on; for a view, a type and the like it is
// their own name.
func ownTable(p *Pass) change.Name {
	if name := p.Op.Head().Table; !name.IsZero() {
		return name
	}
	var index change.Name
	switch op := p.Op.(type) {
	case *change.DropIndex:
		index = op.Index
	case *change.RenameIndex:
		index = op.Index
	case *change.AlterIndex:
		index = op.Index
	case *change.Reindex:
		index = op.Name
	case *change.Object:
		return op.Name
	}
	if i := p.State.Index(index); i != nil {
		return i.Table
	}
	return change.Name{}
}
