package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/rules"
)

// nasty draws text that some format would take for its own.
func nasty() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"a", " ", "orders", "\n", "\r", "\r\n", "\t", "::error::x", "::stop-commands::x", "##[error]", "%", "%0A", ",", ":", "]]>", "<![CDATA[",
		"&amp;", "&", "<b>", "</details>", "\"", "'", "`", "```", "````", "|", "@all", "{0}", "{{", "[a](b)", "\x00", "\x1b[2J", "\xff", "\ufffe", "\u2028",
		"\u202e", "注", "e\u0301", byteOrderMark, "../", "/", "\\", "#1", "- ", "C:",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), "")
	})
}

// anyLint draws a report about anything.
func anyLint(t *rapid.T) *Lint {
	r := &Lint{
		Targets: []fact.Target{{Dialect: "postgres", Version: fact.V(16)}}, Safemig: "v1.2.3",
		FailOn: rapid.SampledFrom([]rules.Severity{rules.Info, rules.Warning, rules.Error}).Draw(t, "fail on"),
		Place:  rapid.SampledFrom([]Place{{}, {Root: "/", Dir: "/"}, {Root: "/src", Dir: "/src/a b"}}).Draw(t, "place"),
		Rules:  []*rules.Rule{{ID: "known", Severity: rules.Warning, Doc: rules.Doc{Title: nasty().Draw(t, "title"), Why: nasty().Draw(t, "why"), Instead: "x"}}},
	}
	for range rapid.IntRange(0, 30).Draw(t, "findings") {
		f := anyFinding(t, "finding")
		r.Summary.Count(f.Severity)
		r.Findings, r.Files = append(r.Findings, f), append(r.Files, f.Path)
	}
	for range rapid.IntRange(0, 3).Draw(t, "unknown") {
		f := anyFinding(t, "unknown")
		f.Rule, f.Severity = NotUnderstood, rules.Info
		r.Unknown = append(r.Unknown, f)
	}
	for range rapid.IntRange(0, 3).Draw(t, "problems") {
		r.Problems = append(r.Problems, Problem{Path: nasty().Draw(t, "path"), Message: nasty().Draw(t, "problem")})
	}
	return r
}

func anyFinding(t *rapid.T, name string) Finding {
	src := []byte(rapid.OneOf(nasty(), rapid.Just("DROP TABLE a;\nDROP TABLE b;")).Draw(t, name+" source"))
	offsets := rapid.SliceOfN(rapid.SampledFrom(boundaries(src)), 2, 2).Draw(t, name+" span")
	slices.Sort(offsets)
	span := change.Span{Start: offsets[0], End: offsets[1]}
	found := rules.Finding{
		Rule:     rapid.SampledFrom([]string{"known", "other", "syntax-error"}).Draw(t, name+" rule"),
		Severity: rapid.SampledFrom([]rules.Severity{rules.Info, rules.Warning, rules.Error}).Draw(t, name+" severity"),
		Script:   &change.Script{Path: nasty().Draw(t, name+" path"), Raw: src, Src: src},
		Message:  nasty().Draw(t, name+" message"), Help: nasty().Draw(t, name+" help"), Span: span,
	}
	if span.Valid() {
		found.Stmt = &change.Stmt{Span: span}
	}
	out := Locate(found, "postgres", NewLocator(src))
	if rapid.Bool().Draw(t, name+" edited") {
		out.Edit = NewEdit(src, []byte(nasty().Draw(t, name+" edit")))
	}
	return out
}

func printed(t interface{ Fatal(...any) }, r *Lint, write func(io.Writer, *Lint) error) string {
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(b.Bytes()) {
		t.Fatal("not UTF-8")
	}
	return b.String()
}

func (r *Lint) all() int { return len(r.Findings) + len(r.Unknown) + len(r.Problems) }

func TestSARIFIsValid(t *testing.T) {
	schema := sarifSchemaOf(t)
	rapid.Check(t, func(t *rapid.T) {
		r := anyLint(t)
		text := printed(t, r, SARIF)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Fatal(err)
		}
		var log sarifLog
		if err := json.Unmarshal([]byte(text), &log); err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		invocation := run.Invocations[0]
		if len(run.Results) != len(r.Findings) || len(invocation.Notifications) != len(r.Problems)+len(r.Unknown) || invocation.Successful != (len(r.Problems) == 0) {
			t.Fatalf("something is missing in %s", text)
		}
		for i, result := range run.Results {
			if run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID {
				t.Fatalf("result %d has the index of another rule", i)
			}
			checkSARIFPlace(t, result.Locations[0].Physical)
		}
	})
}

func sarifSchemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../../testdata/report/schema/sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(sarifSchema, value); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(sarifSchema)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func checkSARIFPlace(t *rapid.T, p sarifPhysical) {
	u, err := url.Parse(p.Artifact.URI)
	if err != nil || (p.Artifact.Base == "") != u.IsAbs() {
		t.Fatalf("uri %q: %v", p.Artifact.URI, err)
	}
	if p.Region.EndLine > p.Region.StartLine {
		t.Fatalf("%+v is not narrow", p.Region)
	}
	if p.Region.CharLength != nil && *p.Region.CharLength != p.Region.EndColumn-p.Region.StartColumn {
		t.Fatalf("%+v is of two minds", p.Region)
	}
}

// A runner reads each line for commands until it is told to stop.
func TestGitHubCommandsAreOurs(t *testing.T) {
	command := regexp.MustCompile(`^::(error|warning|notice) ((?:\w+=[^,:\n]*,?)+)::(.*)$`)
	rapid.Check(t, func(t *rapid.T) {
		r := anyLint(t)
		text := printed(t, r, func(w io.Writer, r *Lint) error { return GitHub(w, r, Style{}) })
		if strings.ContainsRune(text, '\r') {
			t.Fatal("a carriage return ends a line")
		}
		token, stopped := "", false
		shown, more := map[string]int{}, 0
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if name, is := strings.CutPrefix(line, "::stop-commands::"); is && token == "" {
				token, stopped = name, true
				continue
			}
			if line == "::"+token+"::" {
				stopped = false
				continue
			}
			if stopped {
				continue
			}
			m := command.FindStringSubmatch(line)
			if m == nil {
				t.Fatalf("no command: %q", line)
			}
			shown[m[1]]++
			if m[2] == "title=safemig" {
				if _, err := fmt.Sscanf(m[3], "%d more", &more); err != nil {
					t.Fatal(err)
				}
				shown["more"]++
			}
		}
		if stopped || strings.Count(text, "\n::"+token+"::\n") != 1 {
			t.Fatalf("commands are not started again, once, in %q", text)
		}
		total := shown["error"] + shown["warning"] + shown["notice"] - shown["more"]
		if max(shown["error"], shown["warning"], shown["notice"]) > mostAnnotations || total+more != r.all() {
			t.Fatalf("%v of %d", shown, r.all())
		}
	})
}

func TestGitLabIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyLint(t)
		var issues []gitlabIssue
		if err := json.Unmarshal([]byte(printed(t, r, GitLab)), &issues); err != nil {
			t.Fatal(err)
		}
		prints := map[string]bool{}
		for _, i := range issues {
			prints[i.Fingerprint] = true
			if i.Description == "" || i.CheckName == "" || i.Location.Path == "" || i.Location.Lines.Begin < 1 || i.Location.Lines.End < i.Location.Lines.Begin {
				t.Fatalf("%+v", i)
			}
		}
		if len(issues) != r.all() || len(prints) != r.all() {
			t.Fatalf("%d issues with %d fingerprints for %d", len(issues), len(prints), r.all())
		}
	})
}

// elements counts the elements of a text that must be XML without a mistake.
func elements(t *rapid.T, text string) map[string]int {
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		if start, is := token.(xml.StartElement); is {
			count[start.Name.Local]++
		}
	}
}

func TestXMLIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyLint(t)
		if got := elements(t, printed(t, r, Checkstyle))["error"]; got != r.all() {
			t.Fatalf("checkstyle has %d of %d", got, r.all())
		}
		text := printed(t, r, JUnit)
		count := elements(t, text)
		if got := count["failure"] + count["error"] + count["skipped"] + count["system-out"]; got != r.all() {
			t.Fatalf("JUnit has %d of %d", got, r.all())
		}
		if want := fmt.Sprintf(`tests="%d" failures="%d" errors="%d" skipped="%d"`, count["testcase"], count["failure"], count["error"], count["skipped"]); !strings.Contains(text, want) {
			t.Fatalf("the totals are not %s", want)
		}
	})
}

func TestJSONFormatsAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyLint(t)
		var result rdResult
		if err := json.Unmarshal([]byte(printed(t, r, RDJSON)), &result); err != nil || len(result.Diagnostics) != r.all() {
			t.Fatalf("%d of %d diagnostics: %v", len(result.Diagnostics), r.all(), err)
		}
		for _, d := range result.Diagnostics {
			for _, s := range d.Suggestions {
				if s.Range.Start.Line < 1 || s.Range.End.Line < s.Range.Start.Line {
					t.Fatalf("a suggestion for %+v", s.Range)
				}
			}
		}
		var whole lintJSON
		if err := json.Unmarshal([]byte(printed(t, r, JSON)), &whole); err != nil || len(whole.Findings)+len(whole.Problems)+len(whole.Unknown) != r.all() {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(printed(t, r, JSONL), "\n")
		for i, line := range lines[:len(lines)-1] {
			var typed struct{ Type string }
			if err := json.Unmarshal([]byte(line), &typed); err != nil || (typed.Type == "summary") != (i == r.all()) {
				t.Fatalf("line %d is %q: %v", i, line, err)
			}
		}
	})
}

// TestMarkdownIsOurs reads what stands outside of code: of the tags only ours
// may be there, and nobody is called.
func TestMarkdownIsOurs(t *testing.T) {
	tag := regexp.MustCompile(`</?(details|summary|b|code)>`)
	rapid.Check(t, func(t *rapid.T) {
		r := anyLint(t)
		most := rapid.IntRange(1000, 20_000).Draw(t, "most")
		text := printed(t, r, func(w io.Writer, r *Lint) error { return markdownWithin(w, r, Style{}, most) })
		if len(text) > most {
			t.Fatalf("%d bytes of %d", len(text), most)
		}
		prose := outsideCode(t, text)
		if regexp.MustCompile(`@\w`).MatchString(prose) {
			t.Fatalf("somebody is called in %q", prose)
		}
		opened := strings.Count(prose, "<details>")
		if left := tag.ReplaceAllString(prose, ""); opened != strings.Count(prose, "</details>") || regexp.MustCompile(`(^|[^\\])<`).MatchString(left) {
			t.Fatalf("a tag is not ours in %q", prose)
		}
		more := 0
		if m := regexp.MustCompile(`\n(\d+) more finding`).FindStringSubmatch(prose); m != nil {
			_, _ = fmt.Sscan(m[1], &more)
		}
		if opened+more != r.all() {
			t.Fatalf("%d and %d more of %d", opened, more, r.all())
		}
	})
}

func outsideCode(t *rapid.T, text string) string {
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		switch {
		case fence == "" && strings.HasPrefix(bare, "```"):
			fence = strings.TrimSuffix(bare, "text")
		case fence != "" && bare == fence:
			fence = ""
		case fence == "":
			b.WriteString(line)
		}
	}
	if fence != "" {
		t.Fatalf("code is not closed in %q", text)
	}
	return b.String()
}
