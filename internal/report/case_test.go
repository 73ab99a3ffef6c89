package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rules"
)

type findingCase struct {
	Rule, Severity, Path, Statement, Clause, Message, Help, Recipe string
	Effects                                                        []effectCase
}

type effectCase struct {
	Table, Lock, Algorithm, Work, Fact, Blocks, Why string
	ConcurrentDML, Rebuild                          bool
}

func readCase(t *testing.T, archive *txtar.Archive) *reportCase {
	t.Helper()
	sources := map[string][]byte{}
	var findings, unknown []findingCase
	c := reportCase{lint: Lint{FailOn: rules.Error, Safemig: "v1.2.3"}}
	for _, f := range archive.Files {
		switch f.Name {
		case "findings.json":
			decode(t, f.Data, &findings)
		case "unknown.json":
			decode(t, f.Data, &unknown)
		case "problems.json":
			decode(t, f.Data, &c.lint.Problems)
		case "place.json":
			decode(t, f.Data, &c.lint.Place)
		case "summary.json":
			decode(t, f.Data, &c.lint.Summary)
		case "targets.json":
			c.lint.Targets = targets(t, f.Data)
			c.locks.Targets = c.lint.Targets
		case "rules.json":
			c.rules = rulesOf(t, f.Data)
			c.lint.Rules = c.rules
		case "locks.json":
			c.locks.Files, c.locks.Statements = 1, statements(t, f.Data)
		default:
			sources[f.Name] = written(f.Data)
			if _, wanted := c.printer(f.Name); !wanted {
				c.lint.Files = append(c.lint.Files, f.Name)
			}
		}
	}
	c.locate(t, findings, unknown, sources)
	return &c
}

// written puts in what a txtar file should not hold: a byte-order mark, a tab
// that an editor keeps, a carriage return, an escape, a very long line.
func written(data []byte) []byte {
	return []byte(strings.NewReplacer(
		"<BOM>", byteOrderMark, "<TAB>", "\t", "<CR>", "\r", "<ESC>", "\x1b", "<LONG>", strings.Repeat("x", 3000),
	).Replace(string(data)))
}

// locate turns the findings of a case into those of a report.
func (c *reportCase) locate(t *testing.T, findings, unknown []findingCase, sources map[string][]byte) {
	t.Helper()
	locators := map[string]*Locator{}
	at := func(path string) *Locator {
		src, ok := sources[path]
		if !ok {
			t.Fatalf("finding in %q, which is not there", path)
		}
		if locators[path] == nil {
			locators[path] = NewLocator(src)
		}
		return locators[path]
	}
	dialect := ""
	if len(c.lint.Targets) > 0 {
		dialect = c.lint.Targets[0].Dialect
	}
	for _, f := range findings {
		found := Locate(f.finding(t, at(f.Path).src), dialect, at(f.Path))
		c.lint.Summary.Count(found.Severity)
		c.lint.Findings = append(c.lint.Findings, found)
	}
	for _, f := range unknown {
		f.Severity = "info"
		found := f.finding(t, at(f.Path).src)
		c.lint.Unknown = append(c.lint.Unknown, NewUnknown(found.Script, found.Stmt, f.Message, dialect, at(f.Path)))
	}
}

func targets(t *testing.T, data []byte) []fact.Target {
	t.Helper()
	var list []struct{ Dialect, Version string }
	decode(t, data, &list)
	var out []fact.Target
	for _, d := range list {
		target, err := fact.NewTarget(d.Dialect, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, target)
	}
	return out
}

func rulesOf(t *testing.T, data []byte) []*rules.Rule {
	t.Helper()
	var list []ruleCase
	decode(t, data, &list)
	var out []*rules.Rule
	for _, r := range list {
		out = append(out, r.rule(t))
	}
	return out
}

func statements(t *testing.T, data []byte) []Statement {
	t.Helper()
	var list []statementCase
	decode(t, data, &list)
	var out []Statement
	for i, s := range list {
		out = append(out, s.statement(t, i))
	}
	return out
}

func decode(t *testing.T, data []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func (f findingCase) finding(t *testing.T, src []byte) rules.Finding {
	t.Helper()
	severity, err := rules.ParseSeverity(f.Severity)
	if err != nil {
		t.Fatal(err)
	}
	out := rules.Finding{
		Rule: f.Rule, Severity: severity, Script: &change.Script{Path: f.Path, Src: src, Raw: src},
		Message: strings.ReplaceAll(f.Message, "<ESC>", "\x1b"), Help: f.Help, Recipe: f.Recipe, Effects: effects(t, f.Effects),
	}
	if f.Statement != "" {
		out.Stmt = &change.Stmt{Index: 2, Span: spanOf(t, src, f.Statement)}
	}
	if f.Clause != "" {
		out.Span = spanOf(t, src, f.Clause)
	}
	return out
}

// spanOf finds a text in the source; "first .. last" is from the one to the other.
func spanOf(t *testing.T, src []byte, text string) change.Span {
	t.Helper()
	first, last, _ := strings.Cut(text, " .. ")
	start := bytes.Index(src, []byte(first))
	if start < 0 {
		t.Fatalf("%q is not in the source", first)
	}
	end := bytes.Index(src[start:], []byte(last))
	if end < 0 {
		t.Fatalf("%q is not in the source", last)
	}
	if last == "" {
		return change.Span{Start: start, End: start + len(first)}
	}
	return change.Span{Start: start, End: start + end + len(last)}
}

func effects(t *testing.T, list []effectCase) []change.Effect {
	t.Helper()
	var out []change.Effect
	for _, c := range list {
		schema, name, found := strings.Cut(c.Table, ".")
		if !found {
			schema, name = "", c.Table
		}
		e := change.Effect{Table: change.Name{Schema: schema, Name: name}, Fact: c.Fact, Why: c.Why, ConcurrentDML: c.ConcurrentDML, Rebuild: c.Rebuild}
		for l := change.NoLock; l <= change.AccessExclusive; l++ {
			if l.String() == c.Lock {
				e.Lock, e.Blocks = l, l.Blocks()
			}
		}
		for a := change.NoAlgorithm; a <= change.Copy; a++ {
			if a.String() == c.Algorithm {
				e.Algorithm = a
			}
		}
		for w := change.NoWork; w <= change.Rewrite; w++ {
			if w.String() == c.Work {
				e.Work = w
			}
		}
		if c.Blocks == "writes" {
			e.Blocks = change.Writes | change.DDL
		}
		if e.Work.String() != c.Work || e.Lock.String() != c.Lock || e.Algorithm.String() != c.Algorithm {
			t.Fatalf("an effect is misspelt: %+v", c)
		}
		out = append(out, e)
	}
	return out
}

type statementCase struct {
	Path, Kind, SQL string
	Line            int
	NoTx, Unknown   bool
	Effects         []effectCase
}

func (s statementCase) statement(t *testing.T, index int) Statement {
	t.Helper()
	return Statement{
		Dialect: "postgres", Path: s.Path, Index: index, Start: Position{Line: s.Line, Column: 1}, Kind: s.Kind, SQL: s.SQL,
		NoTx: s.NoTx, Unknown: s.Unknown, Effects: effects(t, s.Effects),
	}
}

type ruleCase struct {
	ID, Family, Severity, Recipe string
	Dialects                     []string
	Doc                          rules.Doc
}

func (r ruleCase) rule(t *testing.T) *rules.Rule {
	t.Helper()
	severity, err := rules.ParseSeverity(r.Severity)
	if err != nil {
		t.Fatal(err)
	}
	return &rules.Rule{ID: r.ID, Family: rules.Family(r.Family), Severity: severity, Recipe: r.Recipe, Dialects: r.Dialects, Doc: r.Doc}
}
