package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/safemig/safemig/rules"
)

// GitHub shows this many annotations of a kind from one step, and drops the
// others without a word.
// https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
const mostAnnotations = 10

// GitHub writes workflow commands, which become annotations of a pull request:
// the worst of each kind, a notice of how many more there are, and all of them
// as lines of the log.
func GitHub(w io.Writer, r *Lint, style Style) error {
	var b strings.Builder
	all := r.worst()
	shown := annotated(all)
	for i := range shown {
		f := shown[i]
		f.Path = r.Place.inRepository(f.Path)
		b.WriteString(annotation(&f))
	}
	if n := len(all) - len(shown); n > 0 {
		b.WriteString("::notice title=safemig::" + commandData(
			count(n, "more finding is", "more findings are")+" in the log of this step: GitHub shows "+
				strconv.Itoa(mostAnnotations)+" annotations of a kind") + "\n")
	}
	var log strings.Builder
	if err := Concise(&log, r, Style{}); err != nil {
		return err
	}
	if !style.Quiet {
		log.WriteString((&textReport{palette: newPalette(false)}).summary(r, worstOf(r.Findings)))
	}
	b.WriteString(uncommanded(log.String()))
	_, err := io.WriteString(w, b.String())
	return err
}

// annotated are those that GitHub will show. Where some are left out, there is
// room for the notice that says so.
func annotated(all []Finding) []Finding {
	most := map[rules.Severity]int{rules.Error: mostAnnotations, rules.Warning: mostAnnotations, rules.Info: mostAnnotations}
	out := take(all, most)
	if len(out) < len(all) {
		most[rules.Info]--
		out = take(all, most)
	}
	return out
}

// take takes the first of each severity.
func take(all []Finding, most map[rules.Severity]int) []Finding {
	taken := map[rules.Severity]int{}
	var out []Finding
	for _, f := range all {
		if taken[f.Severity] < most[f.Severity] {
			taken[f.Severity]++
			out = append(out, f)
		}
	}
	return out
}

// annotation is one workflow command. Columns are only taken on one line.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func annotation(f *Finding) string {
	start, end := f.region()
	properties := []string{"file=" + commandProperty(f.Path), "line=" + strconv.Itoa(start.Line), "endLine=" + strconv.Itoa(end.Line)}
	if end.Column > start.Column {
		properties = append(properties, "col="+strconv.Itoa(start.Column), "endColumn="+strconv.Itoa(end.Column))
	}
	properties = append(properties, "title="+commandProperty(f.Rule))
	kind := map[rules.Severity]string{rules.Error: "error", rules.Warning: "warning", rules.Info: "notice"}[f.Severity]
	return "::" + kind + " " + strings.Join(properties, ",") + "::" + commandData(f.story()+"\n"+f.url()) + "\n"
}

// story is the message with what it does to whom, a line for each.
func (f *Finding) story() string {
	lines := []string{oneLine(f.Message)}
	for _, d := range f.details() {
		lines = append(lines, d.label+": "+strings.TrimRight(clean(d.text), "\n "))
	}
	return strings.Join(lines, "\n")
}

// commandData escapes the message of a workflow command.
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
func commandData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(clean(s))
}

func commandProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(clean(s))
}

// uncommanded is text in which the runner looks for no commands until the
// token comes again: names of tables and files could hold some. The token is
// made from the text, so nothing in the text can hold it.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
func uncommanded(text string) string {
	if text == "" {
		return ""
	}
	token := "safemig-" + hashOf([]byte(text))
	return "::stop-commands::" + token + "\n" + text + "::" + token + "::\n"
}
