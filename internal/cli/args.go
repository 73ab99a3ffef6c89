package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/nearest"
)

// arrange puts a command's flags before its paths: the flag parser stops at the
// first path and would take the flags behind it for files.
func arrange(app *cli.App, args []string) ([]string, error) {
	if len(args) < 2 {
		return nil, errors.New("no command; " + knownCommands(app) + "\nto begin with: safemig lint PATH; safemig help says what each does")
	}
	name := args[1]
	if name == "--version" {
		name = "version"
	}
	command := app.Command(name)
	switch {
	case command != nil:
	case strings.HasPrefix(name, "-"):
		return nil, fmt.Errorf("flag %s stands before the command; write safemig COMMAND %s", name, name)
	default:
		return nil, fmt.Errorf("no command %q%s; %s", name, nearest.DidYouMean(name, namesOfCommands(app.Commands)), knownCommands(app))
	}
	front, rest := []string{args[0], name}, args[2:]
	if len(command.Subcommands) > 0 && !standsAlone(command, rest) {
		sub, err := subcommand(command, rest)
		if err != nil {
			return nil, err
		}
		command, front, rest = sub, append(front, sub.Name), rest[1:]
	}
	flags, paths, err := splitFlags(command, rest)
	if err != nil {
		return nil, err
	}
	return slices.Concat(front, flags, []string{"--"}, paths), nil
}

// standsAlone says whether a command is meant itself, and none of those below it.
func standsAlone(c *cli.Command, args []string) bool {
	return c.Action != nil && (len(args) == 0 || !slices.ContainsFunc(c.Subcommands, func(sub *cli.Command) bool { return sub.Name == args[0] }))
}

// subcommand is the command that a command's first argument names.
func subcommand(c *cli.Command, args []string) (*cli.Command, error) {
	var known []string
	for _, sub := range c.Subcommands {
		if len(args) > 0 && sub.Name == args[0] {
			return sub, nil
		}
		known = append(known, sub.Name)
	}
	commands := strings.Join(known, ", ")
	switch {
	case len(args) == 0:
		return nil, usage(c, "what should %s do? its commands are %s", c.Name, commands)
	case strings.HasPrefix(args[0], "-"):
		return nil, usage(c, "flag %s stands before the command; write safemig %s COMMAND %[1]s", args[0], c.Name)
	}
	return nil, usage(c, "%s has no command %q%s; its commands are %s", c.Name, args[0], nearest.DidYouMean(args[0], known), commands)
}

func knownCommands(app *cli.App) string {
	return "commands are " + strings.Join(namesOfCommands(app.Commands), ", ") + ", help"
}

func namesOfCommands(commands []*cli.Command) []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	return names
}

// splitFlags tells flags, with their values, from paths. Everything behind "--"
// is a path, and so is "-".
func splitFlags(c *cli.Command, args []string) (flags, paths []string, err error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return flags, append(paths, args[i+1:]...), nil
		}
		if arg == "-" || !strings.HasPrefix(arg, "-") {
			paths = append(paths, arg)
			continue
		}
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		takes, known := flagNamed(c, name)
		if !known {
			return nil, nil, unknownFlag(c, arg)
		}
		flags = append(flags, arg)
		if !takes || hasValue {
			continue
		}
		i++
		if i == len(args) || len(args[i]) > 1 && args[i][0] == '-' {
			return nil, nil, usage(c, "flag --%s needs a value; one that begins with - is written --%s=VALUE", name, name)
		}
		flags = append(flags, args[i])
	}
	return flags, paths, nil
}

// flagNamed says whether the command has such a flag, and whether it takes a value.
func flagNamed(c *cli.Command, name string) (takesValue, known bool) {
	for _, f := range c.Flags {
		if slices.Contains(f.Names(), name) {
			d, ok := f.(cli.DocGenerationFlag)
			return ok && d.TakesValue(), true
		}
	}
	return false, false
}

func unknownFlag(c *cli.Command, arg string) error {
	var names []string
	for _, f := range c.Flags {
		names = append(names, "--"+f.Names()[0])
	}
	name, _, _ := strings.Cut(arg, "=")
	return usage(c, "%s has no flag %s%s\nits flags are %s\na file of that name is given after --",
		c.Name, arg, nearest.DidYouMean("--"+strings.TrimLeft(name, "-"), names), strings.Join(names, ", "))
}
