package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"unicode"
)

type junitXML struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Cases []junitCase `xml:"testcase"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Error   *junitTrouble `xml:"error"`
	Failure *junitTrouble `xml:"failure"`
	Skipped *junitTrouble `xml:"skipped"`
	Out     *junitText    `xml:"system-out"`
}

type junitTrouble struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitText struct {
	Text string `xml:",cdata"`
}

// JUnit writes the findings as tests: a suite for each file, in it a test for
// each finding, or one that passes. A finding that does not fail the run is a
// test that passes and says why; what could not be judged is an error, and a
// statement that is not understood is a test that was skipped.
// https://docs.gitlab.com/ci/testing/unit_test_reports/#junit-xml-format-specification
func JUnit(w io.Writer, r *Lint) error {
	out := junitXML{Name: "safemig"}
	for _, file := range r.byFile() {
		suite := junitSuite{Name: cleanName(file.path), Cases: r.junitCases(file)}
		for i := range suite.Cases {
			suite.count(&suite.Cases[i])
			out.count(&suite.Cases[i])
		}
		out.Suites = append(out.Suites, suite)
	}
	return encodeXML(w, out)
}

func (c *junitCounts) count(t *junitCase) {
	c.Tests++
	switch {
	case t.Error != nil:
		c.Errors++
	case t.Failure != nil:
		c.Failures++
	case t.Skipped != nil:
		c.Skipped++
	}
}

func (r *Lint) junitCases(file fileReport) []junitCase {
	path := cleanName(file.path)
	if len(file.about) == 0 {
		return []junitCase{{Name: "nothing found", Class: path, File: path}}
	}
	var out []junitCase
	taken := map[string]bool{}
	for i := range file.about {
		f := &file.about[i]
		c := junitCase{Name: unlike(taken, f.Rule+": "+oneLine(f.Message)), Class: path, File: path}
		r.outcomeOf(f, &c)
		out = append(out, c)
	}
	return out
}

// unlike is a name that is not taken yet: of tests with one name only the first is read.
func unlike(taken map[string]bool, name string) string {
	out := name
	for n := 2; taken[out]; n++ {
		out = name + " (" + strconv.Itoa(n) + ")"
	}
	taken[out] = true
	return out
}

func (r *Lint) outcomeOf(f *Finding, c *junitCase) {
	trouble := &junitTrouble{Message: oneLine(f.Message), Type: f.Severity.String(), Text: f.plain()}
	switch {
	case f.unparsed():
		c.Error = trouble
	case f.Rule == NotUnderstood:
		c.Skipped = &junitTrouble{Message: oneLine(f.Message), Text: f.plain()}
	case f.Severity >= r.FailOn:
		c.Failure = trouble
	default:
		c.Out = &junitText{Text: trouble.Text}
	}
}

// plain is the finding as the text report shows it, fit for XML.
func (f *Finding) plain() string {
	var b bytes.Buffer
	(&textReport{palette: newPalette(false)}).finding(&b, f)
	return strings.Map(inXML, b.String())
}

// inXML leaves out what no XML may hold, not even escaped.
// https://www.w3.org/TR/xml/#charsets
func inXML(r rune) rune {
	if r >= 0xFFFE && r <= 0xFFFF || r != '\n' && r != '\t' && unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}
