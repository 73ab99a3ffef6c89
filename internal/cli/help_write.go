package cli

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/report"
)

// The widths that help is written for.
const (
	narrowest = 40
	usual     = 80
	widest    = 100
	// flagColumn is where a flag's meaning begins, if there is room for two columns.
	flagColumn = 26
	twoColumns = 60
	nameColumn = 14 // and that of a command
)

// helper writes help for a width.
type helper struct {
	strings.Builder
	width int
}

// overview is what safemig help prints: the commands, by what they are for.
func (h *helper) overview(app *cli.App) {
	h.wrap("", "safemig "+app.Usage)
	h.wrap("", "\nUsage: "+app.UsageText)
	for _, part := range commandParts() {
		h.WriteString("\n" + part.title + ":\n")
		for _, name := range part.names {
			h.row(name, nameColumn, commandNamed(app.Commands, name).Usage)
		}
	}
	h.WriteString("\n")
	h.wrap("", "safemig COMMAND --help says more. To begin with: safemig lint PATH, or safemig init in a project.")
}

// command is what --help prints of a command.
func (h *helper) command(name string, c *cli.Command) {
	h.wrap("", name+" - "+c.Usage)
	h.wrap("", "\nUsage: "+synopsis(name, c))
	if c.Description != "" {
		h.WriteString("\n")
		for _, line := range sentences(c.Description) {
			h.wrap(line[:len(line)-len(strings.TrimLeft(line, " "))], strings.TrimLeft(line, " "))
		}
	}
	if list := examples()[name]; len(list) > 0 {
		h.WriteString("\nExamples:\n  " + strings.Join(list, "\n  ") + "\n")
	}
	h.parts(c)
}

func synopsis(name string, c *cli.Command) string {
	alone := name
	if len(c.Flags) > 0 {
		alone += " [flags]"
	}
	alone = strings.TrimSpace(alone + " " + c.ArgsUsage)
	switch {
	case len(c.Subcommands) == 0:
		return alone
	case c.Action == nil:
		return name + " COMMAND"
	}
	return alone + ", or " + name + " COMMAND"
}

// sentences are the lines of a text, each with those behind it that go on with what it says.
func sentences(text string) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		last := len(out) - 1
		if last >= 0 && goesOn(out[last]) && goesOn(line+",") {
			out[last] += " " + line
			continue
		}
		out = append(out, line)
	}
	return out
}

// goesOn says whether a line may be a part of the text: lists are indented.
func goesOn(line string) bool {
	return line != "" && !strings.HasPrefix(line, " ") && !strings.HasSuffix(line, ".")
}

// parts are the commands of a command, and its flags.
func (h *helper) parts(c *cli.Command) {
	if len(c.Subcommands) > 0 {
		h.WriteString("\nCommands:\n")
		for _, sub := range c.Subcommands {
			h.row(sub.Name, nameColumn, sub.Usage)
		}
	}
	if len(c.Flags) == 0 || len(c.Subcommands) > 0 && c.Action == nil {
		return
	}
	h.WriteString("\nFlags:\n")
	for _, f := range c.Flags {
		name, meaning := flagWords(f)
		h.row(name, flagColumn, meaning)
	}
}

// flagWords are a flag with what it takes, and what it means.
func flagWords(f cli.Flag) (name, meaning string) {
	d := f.(cli.DocGenerationFlag)
	name = dashes(f.Names()[0]) + f.Names()[0]
	if _, rest, marked := strings.Cut(d.GetUsage(), "`"); marked && d.TakesValue() {
		value, _, _ := strings.Cut(rest, "`")
		name += " " + value
	}
	for _, other := range f.Names()[1:] {
		name += ", " + dashes(other) + other
	}
	meaning = strings.ReplaceAll(d.GetUsage(), "`", "")
	standard := strings.Trim(d.GetDefaultText(), `"`)
	if b, is := f.(*cli.BoolFlag); is && (b.DisableDefaultText || standard == "false") {
		standard = ""
	}
	if standard != "" {
		meaning += " (default: " + standard + ")"
	}
	return name, meaning
}

func dashes(flag string) string {
	if len(flag) == 1 {
		return "-"
	}
	return "--"
}

// row is a name and its meaning, beside it or below.
func (h *helper) row(name string, column int, meaning string) {
	if h.width < twoColumns {
		h.WriteString("  " + name + "\n")
		h.wrap("      ", meaning)
		return
	}
	first := "  " + name
	if len(first)+2 > column {
		h.WriteString(first + "\n")
		h.wrap(strings.Repeat(" ", column), meaning)
		return
	}
	text := h.wrapped(strings.Repeat(" ", column), meaning)
	h.WriteString(first + text[len(first):])
}

func (h *helper) wrap(indent, text string) { h.WriteString(h.wrapped(indent, text)) }

// wrapped breaks a text between words, each line behind an indent.
func (h *helper) wrapped(indent, text string) string {
	var out strings.Builder
	if strings.HasPrefix(text, "\n") {
		out.WriteString("\n")
	}
	for _, line := range report.WrapLine(text, h.width-len(indent)) {
		out.WriteString(indent + line + "\n")
	}
	return out.String()
}
