package rules_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// file is one migration of a case.
type file struct {
	name, sql string
	judge     bool
	tx        bool
	unknown   bool   // nobody says whether there is a transaction around it
	was       string // its text on the branch to merge into; gone: there is none any more
	gone      bool
	checksums bool // the tool keeps them
	timeout   bool // the runner sets a lock timeout for each of its connections
}

// judge runs files in order through every rule that is on, and the one that is
// asked for if there is one, and returns the findings of those that are judged.
func judge(t *testing.T, asked, dialectName, version string, files []file) []rules.Finding {
	t.Helper()
	d, err := dialect.Open(dialectName, version)
	if err != nil {
		t.Fatal(err)
	}
	choices := map[string]rules.Choice{}
	if asked != "" {
		choices[asked] = rules.Choice{}
	}
	list, err := rules.Select(rules.All(), choices)
	if err != nil {
		t.Fatal(err)
	}
	c := rules.NewChecker(d.Target, d.Facts, list)
	if files[0].timeout {
		c.RunnerSets(5*time.Second, 0)
	}
	judging := c.Fork()
	judging.OnlyJudge()
	found := run(t, d, c, files)
	if got := run(t, d, judging, files); !slices.EqualFunc(got, found, alike) {
		t.Errorf("without the definitions' texts other findings are made: %v, not %v", got, found)
	}
	return found
}

func alike(a, b rules.Finding) bool {
	return a.Rule == b.Rule && a.Severity == b.Severity && a.Span == b.Span && a.Message == b.Message && a.Help == b.Help &&
		slices.EqualFunc(a.Effects, b.Effects, func(x, y change.Effect) bool { return fmt.Sprint(x) == fmt.Sprint(y) })
}

func run(t *testing.T, d *dialect.Dialect, c *rules.Checker, files []file) []rules.Finding {
	t.Helper()
	var found []rules.Finding
	for _, f := range files {
		s := script(f)
		d.Parse(s)
		if f.was != "" {
			was := script(file{name: f.name, sql: f.was})
			d.Parse(was)
			s.Applied = &change.Applied{On: "main", Tool: "flyway", Checksums: f.checksums, Was: was, Gone: f.gone}
		}
		if !f.judge {
			c.Replay(s)
			continue
		}
		got, err := c.File(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, got...)
	}
	return found
}

func script(f file) *change.Script {
	s := &change.Script{Path: f.name, Src: []byte(f.sql), Raw: []byte(f.sql), Section: change.Span{End: len(f.sql)}, Tx: change.TxNone}
	switch {
	case f.tx:
		s.Tx = change.TxFile
	case f.unknown:
		s.Tx = change.TxUnknown
	}
	return s
}

// TestExamples runs the examples of every rule: what is called bad must be
// found, what is called good must pass all rules.
func TestExamples(t *testing.T) {
	for _, r := range rules.All() {
		for i, ex := range r.Doc.Bad {
			t.Run(fmt.Sprintf("%s/bad/%d", r.ID, i), func(t *testing.T) {
				if !slices.ContainsFunc(runExample(t, r, ex), func(f rules.Finding) bool { return f.Rule == r.ID }) {
					t.Errorf("%s does not find its own bad example:\n%s", r.ID, strings.Join(ex.Files, "\n--\n"))
				}
			})
		}
		for i, ex := range r.Doc.Good {
			t.Run(fmt.Sprintf("%s/good/%d", r.ID, i), func(t *testing.T) {
				for _, f := range runExample(t, r, ex) {
					if f.Rule == r.ID || f.Severity >= rules.Warning {
						t.Errorf("%s: its good example is found by %s: %s", r.ID, f.Rule, f.Message)
					}
				}
			})
		}
	}
}

func runExample(t *testing.T, r *rules.Rule, ex rules.Example) []rules.Finding {
	t.Helper()
	name := ex.Dialect
	if name == "" {
		name = "postgres"
		if len(r.Dialects) > 0 {
			name = r.Dialects[0]
		}
	}
	var files []file
	if ex.Before != "" {
		files = append(files, file{name: "000.sql", sql: ex.Before})
	}
	if ex.Was != "" && len(ex.Files) == 0 {
		files = append(files, file{name: "001.sql", was: ex.Was, gone: true, judge: true})
	}
	for i, sql := range ex.Files {
		files = append(files, file{name: fmt.Sprintf("%03d.sql", i+1), sql: sql, judge: true, tx: ex.Tx})
		if i == 0 {
			files[len(files)-1].was = ex.Was
		}
	}
	return judge(t, r.ID, name, ex.Version, files)
}

// TestRuleValues holds every rule to what a rule must have.
func TestRuleValues(t *testing.T) {
	seen := map[string]bool{}
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, r := range rules.All() {
		switch {
		case seen[r.ID]:
			t.Errorf("%s is listed twice", r.ID)
		case !kebab.MatchString(r.ID):
			t.Errorf("%s is not kebab-case", r.ID)
		case r.Severity < rules.Info || r.Severity > rules.Error:
			t.Errorf("%s has no severity", r.ID)
		case r.Op == nil && r.Stmt == nil && r.File == nil && r.End == nil:
			t.Errorf("%s checks nothing", r.ID)
		case r.Op != nil && len(r.Kinds) == 0:
			t.Errorf("%s is called for no kind of change", r.ID)
		case r.Doc.Title == "" || r.Doc.Why == "" || r.Doc.Instead == "":
			t.Errorf("%s is not documented", r.ID)
		case len(r.Doc.Bad) == 0 || len(r.Doc.Good) == 0:
			t.Errorf("%s has no bad or no good example", r.ID)
		case r.ID != "syntax-error" && len(r.Doc.Refs) == 0:
			t.Errorf("%s names no page of the manual", r.ID)
		}
		if _, err := os.Stat(filepath.Join("..", "testdata", "rules", r.ID)); err != nil {
			t.Errorf("%s has no test data in testdata/rules/%s", r.ID, r.ID)
		}
		seen[r.ID] = true
	}
}

// TestCases runs testdata/rules: each "-- want <rule> "regexp"" stands on the
// line where a finding must start; anything else found is an error.
func TestCases(t *testing.T) {
	paths, err := filepath.Glob("../testdata/rules/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimPrefix(path, "../testdata/rules/"), func(t *testing.T) { runCase(t, path) })
	}
}

var (
	wantLine   = regexp.MustCompile(`(?:--|#) want (.*)$`)
	wantItem   = regexp.MustCompile(`([a-z0-9-]+) "((?:[^"\\]|\\.)*)"`)
	goneLine   = regexp.MustCompile(`(?m)^# gone: (\S+) -- want (.*)$`)
	targetLine = regexp.MustCompile(`(?m)^# target: (\w+)(?: (\S+))?$`)
)

func runCase(t *testing.T, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name, version := "postgres", ""
	if m := targetLine.FindStringSubmatch(string(ar.Comment)); m != nil {
		name, version = m[1], m[2]
	}
	tx, unknown := strings.Contains(string(ar.Comment), "# tx: file"), strings.Contains(string(ar.Comment), "# tx: unknown")
	timeout := strings.Contains(string(ar.Comment), "# lock timeout: runner")
	checksums := strings.Contains(string(ar.Comment), "# checksums")
	var files []file
	wants := map[string][]string{} // "file:line" to `rule "regexp"`
	before := map[string]string{}
	for _, f := range ar.Files {
		if name, is := strings.CutPrefix(f.Name, "was/"); is {
			before[name] = string(f.Data)
			continue
		}
		files = append(files, file{
			name: f.Name, sql: string(f.Data), judge: true, tx: tx, unknown: unknown, timeout: timeout, was: before[f.Name], checksums: checksums,
		})
		for i, line := range strings.Split(string(f.Data), "\n") {
			if m := wantLine.FindStringSubmatch(line); m != nil {
				for _, item := range wantItem.FindAllString(m[1], -1) {
					at := fmt.Sprintf("%s:%d", f.Name, i+1)
					wants[at] = append(wants[at], item)
				}
			}
		}
	}
	for _, m := range goneLine.FindAllStringSubmatch(string(ar.Comment), -1) {
		files = append(files, file{name: m[1], was: before[m[1]], gone: true, judge: true, checksums: checksums})
		wants[m[1]+":1"] = wantItem.FindAllString(m[2], -1)
	}
	for _, f := range judge(t, filepath.Base(filepath.Dir(path)), name, version, files) {
		at := fmt.Sprintf("%s:%d", f.Script.Path, 1+strings.Count(string(f.Script.Src[:f.Span.Start]), "\n"))
		if !claim(wants, at, f) {
			t.Errorf("%s: unexpected %s[%s] %s", at, f.Severity, f.Rule, f.Message)
		}
	}
	for at, left := range wants {
		for _, w := range left {
			t.Errorf("%s: not found: %s", at, w)
		}
	}
}

func claim(wants map[string][]string, at string, f rules.Finding) bool {
	for i, w := range wants[at] {
		m := wantItem.FindStringSubmatch(w)
		if m[1] == f.Rule && regexp.MustCompile(m[2]).MatchString(f.Message) {
			wants[at] = slices.Delete(wants[at], i, i+1)
			return true
		}
	}
	return false
}
