package fixcase

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/scaffold"
	"github.com/safemig/safemig/rewrite"
	"github.com/safemig/safemig/rules"
)

// Built is a case's plan for one server version, and what it was made of.
type Built struct {
	Dialect *dialect.Dialect
	Script  *change.Script // the migration
	State   *schema.State  // before the migration
	Plan    rewrite.Plan
	Found   []rules.Finding // what the rules say of the migration
	Asked   scaffold.Change // what was asked for in its place

	engine bool // there is one to ask for
}

// Text is how SQL text is handled in the cases.
func (c *Case) Text() rewrite.Text {
	if c.Dialect == "postgres" || c.Dialect == "" { // as Read has it
		return postgres.Text{}
	}
	d, err := dialect.Open(c.Dialect, c.Version)
	if err != nil { // the version is that of the case's other server
		d, err = dialect.Open(c.Dialect, "")
	}
	if err != nil {
		return nil // Build says so
	}
	text, _ := d.Text(nil).(rewrite.Text)
	return text
}

// Build makes the plan for the version that the case is for.
func (c *Case) Build(ctx context.Context) (Built, error) { return c.BuildFor(ctx, c.Version) }

// BuildFor makes the plan for a server version: it asks for everything that the
// rules find and a recipe cures.
func (c *Case) BuildFor(ctx context.Context, version string) (Built, error) {
	d, err := dialect.Open(c.Dialect, version)
	if err != nil {
		return Built{}, err
	}
	b := Built{Dialect: d, State: schema.New(d.Target.Dialect)}
	checker := rules.NewChecker(d.Target, d.Facts, InForce())
	checker.LeaveComments()
	if c.Before != "" {
		history := Parse(d, "before.sql", c.Before, change.TxNone)
		for _, s := range history.Stmts {
			if s.Err != nil {
				return Built{}, fmt.Errorf("%s: before.sql: %w", c.Name, s.Err)
			}
		}
		checker.Replay(history)
		replay(b.State, history)
	}
	asked := c.Options
	migration, err := c.asked(&b, &asked)
	if err != nil {
		return Built{}, err
	}
	b.Script = Parse(d, "0007_case.sql", migration, change.TxFile)
	found, err := checker.File(ctx, b.Script)
	if err != nil {
		return Built{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	b.Found, b.engine = found, c.Options.Engine != nil
	var requests []rewrite.Request
	for _, f := range found {
		if b.HasRecipe(f) && strings.Contains(b.Script.Text(f.Span), c.only) {
			requests = append(requests, rewrite.Request{Rule: f.Rule, Recipe: f.Recipe, Span: f.Span})
		}
	}
	if b.Asked.Kind.Recipe != "" { // no other recipe may drop what this one refuses to move
		requests = b.Asked.Requests(b.Script)
	}
	b.Plan, err = rewrite.Build(rewrite.Input{
		Name: "0007_case", Script: b.Script, Requests: requests, State: b.State, Target: d.Target, Facts: d.Facts,
		Text: c.Text(), Parse: d.Parse, Options: asked, Split: b.Asked.Split,
	})
	if err != nil {
		return Built{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	return b, nil
}

// HasRecipe says whether a finding has a recipe: what only an engine does has none
// where none is asked for.
func (b *Built) HasRecipe(f rules.Finding) bool {
	return f.Recipe != "" && (f.Recipe != "engine" || b.engine)
}

// asked is the migration, or the one that scaffold writes.
func (c *Case) asked(b *Built, options *rewrite.Options) (string, error) {
	if c.Scaffold == "" {
		return c.Migration, nil
	}
	ask, err := scaffold.Read(c.Scaffold)
	if err != nil {
		return "", fmt.Errorf("%s: scaffold: %w", c.Name, err)
	}
	made, err := ask.Write(c.Text(), b.State)
	if err != nil {
		return "", fmt.Errorf("%s: scaffold: %w", c.Name, err)
	}
	b.Asked = *made
	if made.Inverses != nil {
		options.Inverses = made.Inverses
	}
	return strings.Join(made.SQL, ";\n") + ";\n", nil
}

// InForce are the rules that a project has which asks for nothing.
func InForce() []*rules.Rule {
	return slices.DeleteFunc(rules.All(), func(r *rules.Rule) bool { return r.Off })
}

// Left says whether a finding on the plan's files is one that the migration had
// already and that no recipe cures.
func (b *Built) Left(f rules.Finding) bool {
	return slices.ContainsFunc(b.Plan.Unfixed, func(u rewrite.Unfixed) bool { return u.Rule == f.Rule }) ||
		slices.ContainsFunc(b.Found, func(o rules.Finding) bool {
			return o.Rule == f.Rule && !b.HasRecipe(o)
		})
}

// Parse reads SQL as a file of a migration tool that puts a transaction of that
// kind around it.
func Parse(d *dialect.Dialect, path, sql string, tx change.TxScope) *change.Script {
	s := &change.Script{Path: path, Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}, Tx: tx}
	d.Parse(s)
	return s
}

func replay(state *schema.State, script *change.Script) {
	state.BeginFile(script)
	for _, stmt := range script.Stmts {
		state.BeginStmt(stmt)
		state.ApplySteps(script, stmt)
	}
}
