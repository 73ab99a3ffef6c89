package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/rules"
)

const usagePage = "../../docs/usage.md"

// TestUsagePage: the page is made of the commands themselves.
func TestUsagePage(t *testing.T) {
	p := &program{rules: rules.All()}
	want := []byte(usageOf(p.app()))
	if *update {
		if err := os.WriteFile(usagePage, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(usagePage)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/usage.md is not what the commands say (go test ./internal/cli -update writes it): %v", err)
	}
}

func usageOf(app *cli.App) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nEach command says this itself with `--help`. Flags may stand before or behind paths; behind `--` everything is a path.\n\n")
	b.WriteString("Exit status: 0 clean or done, 1 findings (or what the command calls so), 2 it could not be done, 3 a guard stopped it.\n\n| command | does |\n| --- | --- |\n")
	var sections strings.Builder
	for _, c := range app.Commands {
		writeUsage(&b, &sections, "safemig ", c)
	}
	return b.String() + sections.String()
}

// writeUsage writes a command's row and section, or those of the commands below it.
func writeUsage(rows, sections *strings.Builder, before string, c *cli.Command) {
	name := before + c.Name
	if len(c.Subcommands) > 0 {
		for _, sub := range c.Subcommands {
			writeUsage(rows, sections, name+" ", sub)
		}
		if c.Action == nil {
			return
		}
	}
	fmt.Fprintf(rows, "| [`%s`](#%s) | %s |\n", name, strings.ReplaceAll(name, " ", "-"), cell(c.Usage))
	fmt.Fprintf(sections, "\n## %s\n\n%s.\n\n```\n%s\n```\n", name, sentence(c.Usage), strings.TrimSpace(name+" [flags] "+c.ArgsUsage))
	if c.Description != "" {
		fmt.Fprintf(sections, "\n%s\n", paragraph(c.Description))
	}
	if list := examples()[name]; len(list) > 0 {
		fmt.Fprintf(sections, "\n```sh\n%s\n```\n", strings.Join(list, "\n"))
	}
	if len(c.Flags) == 0 {
		return
	}
	sections.WriteString("\n| flag | meaning | default |\n| --- | --- | --- |\n")
	for _, f := range c.Flags {
		sections.WriteString(flagRow(f))
	}
}

func flagRow(f cli.Flag) string {
	name, meaning := flagWords(f)
	meaning, standard, _ := strings.Cut(meaning, " (default: ")
	return fmt.Sprintf("| `%s` | %s | %s |\n", name, cell(meaning), cell(strings.TrimSuffix(standard, ")")))
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
}

func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// paragraph keeps the lines of a description as they are; those that are
// indented are examples.
func paragraph(text string) string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if rest, indented := strings.CutPrefix(line, "  "); indented {
			out = append(out, "- `"+strings.TrimSpace(rest)+"`")
			continue
		}
		out = append(out, strings.NewReplacer("<", "\\<", "*", "\\*").Replace(line))
	}
	return strings.Join(out, "\n")
}
