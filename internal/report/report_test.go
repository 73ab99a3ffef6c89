package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/rules"
)

var update = flag.Bool("update", false, "write what is printed into the files of testdata/report")

// A case holds source files, findings.json or locks.json that says what was
// found in them, and the output wanted in each format.

func TestReports(t *testing.T) {
	files, err := filepath.Glob("../../testdata/report/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runCase(t, file) })
	}
}

func runCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := readCase(t, archive)
	wants := 0
	for i, f := range archive.Files {
		printer, ok := c.printer(f.Name)
		if !ok {
			continue
		}
		wants++
		var got bytes.Buffer
		if err := printer(&got); err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(got.String(), "\x1b", "<ESC>")
		if *update {
			archive.Files[i].Data = []byte(text)
			continue
		}
		if diff := cmp.Diff(string(f.Data), text); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", f.Name, diff)
		}
	}
	if wants == 0 {
		t.Fatal("the case wants nothing")
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

type reportCase struct {
	lint  Lint
	locks Locks
	rules []*rules.Rule
}

// printer is the function that prints a wanted section.
func (c *reportCase) printer(section string) (func(*bytes.Buffer) error, bool) {
	switch section {
	case "text":
		return func(b *bytes.Buffer) error { return Text(b, &c.lint, Style{}) }, true
	case "text at 60":
		return func(b *bytes.Buffer) error { return Text(b, &c.lint, Style{Width: 60}) }, true
	case "text in colour":
		return func(b *bytes.Buffer) error { return Text(b, &c.lint, Style{Color: true}) }, true
	case "text, quiet":
		return func(b *bytes.Buffer) error { return Text(b, &c.lint, Style{Quiet: true}) }, true
	case "concise":
		return func(b *bytes.Buffer) error { return Concise(b, &c.lint, Style{}) }, true
	case "json":
		return func(b *bytes.Buffer) error { return JSON(b, &c.lint) }, true
	case "jsonl":
		return func(b *bytes.Buffer) error { return JSONL(b, &c.lint) }, true
	case "sarif":
		return func(b *bytes.Buffer) error { return SARIF(b, &c.lint) }, true
	case "github":
		return func(b *bytes.Buffer) error { return GitHub(b, &c.lint, Style{}) }, true
	case "github, quiet":
		return func(b *bytes.Buffer) error { return GitHub(b, &c.lint, Style{Quiet: true}) }, true
	case "gitlab":
		return func(b *bytes.Buffer) error { return GitLab(b, &c.lint) }, true
	case "checkstyle":
		return func(b *bytes.Buffer) error { return Checkstyle(b, &c.lint) }, true
	case "junit":
		return func(b *bytes.Buffer) error { return JUnit(b, &c.lint) }, true
	case "rdjson":
		return func(b *bytes.Buffer) error { return RDJSON(b, &c.lint) }, true
	case "markdown":
		return func(b *bytes.Buffer) error { return Markdown(b, &c.lint, Style{}) }, true
	case "markdown of 1500 bytes":
		return func(b *bytes.Buffer) error { return markdownWithin(b, &c.lint, Style{}, 1500) }, true
	case "explain":
		return func(b *bytes.Buffer) error { return Rule(b, c.rules[0], Style{}) }, true
	case "explain in colour":
		return func(b *bytes.Buffer) error { return Rule(b, c.rules[0], Style{Color: true}) }, true
	case "explain concise":
		return func(b *bytes.Buffer) error { return RuleConcise(b, c.rules[0], Style{}) }, true
	case "rules":
		return func(b *bytes.Buffer) error { return Rules(b, c.rules, Style{}) }, true
	case "rules at 80":
		return func(b *bytes.Buffer) error { return Rules(b, c.rules, Style{Width: 80}) }, true
	case "rules json":
		return func(b *bytes.Buffer) error { return RulesJSON(b, c.rules) }, true
	case "locks text":
		return func(b *bytes.Buffer) error { return LocksText(b, &c.locks, Style{}) }, true
	case "locks text in colour":
		return func(b *bytes.Buffer) error { return LocksText(b, &c.locks, Style{Color: true}) }, true
	case "locks concise":
		return func(b *bytes.Buffer) error { return LocksConcise(b, &c.locks, Style{}) }, true
	case "locks json":
		return func(b *bytes.Buffer) error { return LocksJSON(b, &c.locks) }, true
	}
	return nil, false
}
