package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/nearest"
)

func isHelp(word string) bool {
	return slices.Contains([]string{"help", "h", "-h", "--help", "-help"}, word)
}

// help prints what is asked for; asked says whether anything is.
func (p *program) help(app *cli.App, args []string) (asked bool, err error) {
	path, asked := helpPath(app, args)
	if !asked {
		return false, nil
	}
	h := &helper{width: p.helpWidth()}
	commands, under := app.Commands, app.Name
	var found *cli.Command
	for _, name := range path {
		if len(commands) == 0 {
			break // what stands behind a command are its paths
		}
		found = commandNamed(commands, name)
		if found == nil {
			return true, fmt.Errorf("%s has no command %q%s; commands are %s", under, name, nearest.DidYouMean(name, namesOfCommands(commands)), strings.Join(namesOfCommands(commands), ", "))
		}
		commands, under = found.Subcommands, under+" "+name
	}
	if found == nil {
		h.overview(app)
	} else {
		h.command(under, found)
	}
	if _, err := io.WriteString(p.stdout, h.String()); err != nil {
		return true, fmt.Errorf("writing the help: %w", err)
	}
	return true, nil
}

// helpPath are the names of the command that help is asked about.
func helpPath(app *cli.App, args []string) (path []string, asked bool) {
	if len(args) == 0 {
		return nil, false
	}
	if isHelp(args[0]) {
		return slices.DeleteFunc(slices.Clone(args[1:]), func(a string) bool { return strings.HasPrefix(a, "-") }), true
	}
	c := commandNamed(app.Commands, args[0])
	if c == nil {
		return nil, false
	}
	path, rest := []string{c.Name}, args[1:]
	if len(rest) > 0 && len(c.Subcommands) > 0 {
		if isHelp(rest[0]) {
			return path, true
		}
		if sub := commandNamed(c.Subcommands, rest[0]); sub != nil {
			path, rest = append(path, sub.Name), rest[1:]
		}
	}
	for _, arg := range rest {
		if arg == "--" {
			break
		}
		if strings.HasPrefix(arg, "-") && isHelp(arg) {
			return path, true
		}
	}
	return nil, false
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	if i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.Name == name }); i >= 0 {
		return commands[i]
	}
	return nil
}

func (p *program) helpWidth() int {
	width, _ := terminalWidth(p.stdout)
	if width == 0 {
		return usual
	}
	return min(max(width, narrowest), widest)
}
