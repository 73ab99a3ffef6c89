package cli

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/rules"
)

func helpOf(width int, path ...string) string {
	p := &program{rules: rules.All()}
	h := &helper{width: width}
	commands, name := p.app().Commands, "safemig"
	if len(path) == 0 {
		h.overview(p.app())
		return h.String()
	}
	var c *cli.Command
	for _, word := range path {
		c, name = commandNamed(commands, word), name+" "+word
		commands = c.Subcommands
	}
	h.command(name, c)
	return h.String()
}

// eachCommand visits every command, by its words.
func eachCommand(visit func(path []string, c *cli.Command)) {
	p := &program{rules: rules.All()}
	for _, c := range p.app().Commands {
		visit([]string{c.Name}, c)
		for _, sub := range c.Subcommands {
			visit([]string{c.Name, sub.Name}, sub)
		}
	}
}

// TestHelpFits: no line is wider than the terminal, but for words and examples that are.
func TestHelpFits(t *testing.T) {
	for _, width := range []int{40, 80, 100} {
		texts := []string{helpOf(width)}
		eachCommand(func(path []string, _ *cli.Command) { texts = append(texts, helpOf(width, path...)) })
		for _, text := range texts {
			for line := range strings.Lines(text) {
				line = strings.TrimRight(line, "\n")
				if len([]rune(line)) > width && len(strings.Fields(line)) > 1 && !strings.HasPrefix(line, "  safemig ") && !strings.HasPrefix(line, "  cat ") {
					t.Errorf("wider than %d: %q", width, line)
				}
			}
		}
	}
}

// TestOverviewHasEveryCommand once.
func TestOverviewHasEveryCommand(t *testing.T) {
	var shown, known []string
	for _, part := range commandParts() {
		shown = append(shown, part.names...)
	}
	p := &program{rules: rules.All()}
	known = namesOfCommands(p.app().Commands)
	slices.Sort(shown)
	slices.Sort(known)
	if !slices.Equal(shown, known) {
		t.Errorf("help shows %q, commands are %q", shown, known)
	}
}

// TestExamplesAreUnderstood: what help shows is a command line that safemig takes.
func TestExamplesAreUnderstood(t *testing.T) {
	p, words := &program{rules: rules.All()}, regexp.MustCompile(`'[^']*'|\S+`)
	told := map[string]bool{}
	eachCommand(func(path []string, _ *cli.Command) { told["safemig "+strings.Join(path, " ")] = true })
	for name, list := range examples() {
		if !told[name] {
			t.Errorf("there is no %s", name)
		}
		for _, line := range list {
			_, line, _ = strings.Cut(" "+line, " safemig ")
			if _, err := arrange(p.app(), append([]string{"safemig"}, words.FindAllString(line, -1)...)); err != nil || !strings.HasPrefix("safemig "+line, name) {
				t.Errorf("%s: %s: %v", name, line, err)
			}
		}
	}
}

func TestHelpIsFoundBehindPaths(t *testing.T) {
	for _, c := range []struct{ line, wants string }{
		{"help", "safemig COMMAND [flags]"}, {"-h", "safemig COMMAND [flags]"}, {"lint x.sql --help", "safemig lint - "}, {"help lint x.sql", "safemig lint - "},
		{"help backfill run", "safemig backfill run - "}, {"backfill help", "safemig backfill COMMAND"}, {"backfill run -h", "safemig backfill run - "},
		{"help nonsense", `safemig has no command "nonsense"; commands are lint, locks, `}, {"help lnt", "did you mean lint?"}, {"help config verfy", "did you mean verify?"},
	} {
		var out, errs bytes.Buffer
		Main(t.Context(), append([]string{"safemig"}, strings.Fields(c.line)...), strings.NewReader(""), &out, &errs, func(string) string { return "" })
		if !strings.Contains(out.String()+errs.String(), c.wants) {
			t.Errorf("%s: %s%s", c.line, out.String(), errs.String())
		}
	}
}
