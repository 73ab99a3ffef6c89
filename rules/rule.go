// Package rules judges changes: each rule is one value in one file, listed in
// All. A rule asks what a change does (its effects) and what is known of the
// schema; it never compares server versions and never sees a parser's types.
package rules

import (
	"fmt"
	"slices"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
)

// Severity says how much a finding matters.
type Severity uint8

// Error: blocks reads or writes for a time that grows with the table, breaks
// the running application, or loses data. Warning: a brief strong lock without
// a timeout, or advice that needs knowledge of the data. Info: a note.
const (
	Info Severity = iota + 1
	Warning
	Error
)

func (s Severity) String() string {
	return [...]string{"", "info", "warning", "error"}[s]
}

// ParseSeverity reads a severity by name.
func ParseSeverity(name string) (Severity, error) {
	for _, s := range []Severity{Info, Warning, Error} {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("severity %q is none of error, warning, info", name)
}

// Family groups rules for people.
type Family string

// The families of rules.
const (
	Locking       Family = "locking"       // blocks reads or writes
	Compatibility Family = "compatibility" // breaks the version of the application that is still running
	DataLoss      Family = "data loss"
	Transactions  Family = "transactions"
	Input         Family = "input" // the file itself
	Style         Family = "style" // a project's own taste: off unless asked for
)

// Rule is one check.
type Rule struct {
	ID       string // kebab-case, names what is flagged; never renamed
	Family   Family
	Severity Severity // what it reports unless the case is milder
	Dialects []string // nil: all
	Recipe   string   // id of the rewrite that cures it; empty where there is none
	// Off is a rule of style or policy, which a project must ask for.
	Off bool
	// AnySize marks a rule of the family Locking whose harm is not in the time
	// that the work takes: it matters on a small table as much as on a large one.
	AnySize bool
	// Custom is a rule that the project's configuration declares.
	Custom bool
	// OnBase marks a rule that compares with what is on the branch that the work
	// is to be merged into.
	OnBase bool
	choice Choice // what the project wants of it
	Doc    Doc
	// Kinds are the changes that Op is called for.
	Kinds []change.Kind
	Op    func(*Pass)
	// Stmt is called once for each statement, after the Ops of all rules.
	Stmt func(*Pass)
	// File is called after a file's last statement.
	File func(*Pass)
	// End is called last of all, when it is known what of the others' findings
	// comments ignore.
	End func(*Pass)
}

// Doc is what people read about a rule; the documentation pages and `explain`
// print it.
type Doc struct {
	Title   string // one line: what is wrong
	Why     string // what happens on the server, and to whom
	Instead string // what to do
	Refs    []string
	Aliases []string // names of the same check in other tools
	Bad     []Example
	Good    []Example
}

// Example is SQL that a test runs: Bad must be found by the rule, Good must not
// be found by any rule at Severity Error, nor by this one.
type Example struct {
	Dialect string   // empty: the rule's first dialect, or postgres
	Version string   // empty: the oldest supported
	Tx      bool     // the tool wraps the file in a transaction
	Before  string   // an earlier file
	Files   []string // one or more files, in order
	Was     string   // the first of them as it is on the branch to merge into; Files may be empty then
}

// In says whether the rule is meant for a dialect.
func (r *Rule) In(dialect string) bool {
	return r.Dialects == nil || slices.Contains(r.Dialects, dialect)
}

// Finding is one thing found.
type Finding struct {
	Rule     string
	Severity Severity
	Script   *change.Script
	Stmt     *change.Stmt // nil for a finding about the file
	Span     change.Span
	Message  string
	Help     string
	Recipe   string
	Effects  []change.Effect
	Custom   bool // found by a rule of the project's own
	// OfComment is about a comment that ignores something, and not about what is run.
	OfComment bool
}

// Pass is what a rule is given to look at.
type Pass struct {
	Script *change.Script
	Stmt   *change.Stmt
	Op     change.Op
	State  *schema.State // before the statement
	Target fact.Target
	Result fact.Result // what the statement does
	Facts  *fact.Table
	File   *FileMemory
	// Orders are the tables that the judged files lock one after the other, with
	// the file that did so first.
	Orders map[lockOrder]string

	opIndex  int
	sizes    *Sizes
	rule     *Rule
	findings *[]Finding
	clearing struct {
		stmt *change.Stmt
		is   bool
	}
	first   int      // of them that the statement at hand has
	checker *Checker // for End
}

// FileMemory is what the checks remember from statement to statement of a file.
type FileMemory struct {
	Reported map[string]bool // rules that speak once per file and have spoken
	InFile   []Done          // what the file did so far
	held     held            // what the open transaction has locked
	before   before
	values   enumValues
}

// Done is a statement that was judged before.
type Done struct {
	Stmt     *change.Stmt
	Op       change.Op
	Effects  []change.Effect
	TxID     int
	InTx     schema.InTx
	OldTable bool // the change is to a table that was there before the file
}

// Effects is what the change under judgement does, by itself.
func (p *Pass) Effects() []change.Effect {
	if p.opIndex < len(p.Result.ByOp) {
		return p.Result.ByOp[p.opIndex]
	}
	return nil
}

// EffectOn is what the change does to one table.
func (p *Pass) EffectOn(table change.Name) (change.Effect, bool) {
	table = p.State.Resolve(table)
	for _, e := range p.Effects() {
		if e.Table == table {
			return e, true
		}
	}
	return change.Effect{}, false
}

// OldTable says whether the change is to a table that was there before this
// file, so that someone may be using it.
func (p *Pass) OldTable() bool { return p.Old(p.Op.Head().Table) }

// Old says whether a table, or the table that a sequence belongs to, was there
// before this file.
func (p *Pass) Old(table change.Name) bool {
	if owner := p.State.TableOf("sequence", table); !owner.IsZero() {
		table = owner
	}
	if table.IsZero() || p.State.NewInFile(table) || p.clearsTheWay(table) {
		return false
	}
	t := p.State.Table(table)
	return t == nil || !t.Temp
}

// Name is a table's name as the messages write it.
func (p *Pass) Name(n change.Name) string { return p.Display(n) }

// Display leaves out the schema that everybody leaves out.
func (p *Pass) Display(n change.Name) string {
	n = p.Script.Shown(n)
	if n.Schema == "public" {
		return n.Name
	}
	return n.String()
}

// Table is the name of the change's own table for messages.
func (p *Pass) Table() string { return p.Display(p.Op.Head().Table) }

// Text is a piece of the file as the user wrote it.
func (p *Pass) Text(s change.Span) string { return p.Script.Text(s) }

// Report reports the change itself, with its effects.
func (p *Pass) Report(help, format string, args ...any) {
	p.ReportAs(p.rule.Severity, p.Op.Head().Span, help, format, args...)
}

// ReportAs reports at a severity and a place of the caller's choice.
func (p *Pass) ReportAs(sev Severity, span change.Span, help, format string, args ...any) {
	f := Finding{
		Rule: p.rule.ID, Severity: p.rule.chosen(sev), Script: p.Script, Stmt: p.Stmt, Span: p.Script.Place(span), Custom: p.rule.Custom,
		Message: fmt.Sprintf(format, args...), Help: help, Recipe: p.rule.Recipe, Effects: p.blocking(), OfComment: p.rule.End != nil,
	}
	if sev > Info {
		p.weigh(&f)
	}
	*p.findings = append(*p.findings, f)
}

// blocking are the effects worth showing: those on tables that others use.
func (p *Pass) blocking() []change.Effect {
	var out []change.Effect
	for _, e := range p.tableEffects() {
		if p.Old(e.Table) {
			e.Table = p.Script.Shown(e.Table)
			out = append(out, e)
		}
	}
	return out
}

// tableEffects leaves out the sequences of columns of tables that are locked
// anyway: for others they are a part of the table.
func (p *Pass) tableEffects() []change.Effect {
	var out []change.Effect
	for _, e := range p.Effects() {
		owner := p.State.TableOf("sequence", e.Table)
		if _, locked := p.EffectOn(owner); owner.IsZero() || !locked {
			out = append(out, e)
		}
	}
	return out
}

// Once says true the first time it is asked in a file.
func (p *Pass) Once() bool {
	if p.File.Reported[p.rule.ID] {
		return false
	}
	p.File.Reported[p.rule.ID] = true
	return true
}

// ReportedHere says whether any rule has reported the change under judgement.
func (p *Pass) ReportedHere() bool {
	place := p.Script.Place(p.Op.Head().Span)
	for _, f := range (*p.findings)[p.first:] {
		if f.Stmt == p.Stmt && place.Contains(f.Span) {
			return true
		}
	}
	return false
}
