package cli

import (
	"embed"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

//go:embed completion
var completionScripts embed.FS

func shells() []string { return []string{"bash", "zsh", "fish"} }

func (p *program) completionCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "completion",
		Usage:     "print a script that has a shell complete safemig's commands, flags and values",
		ArgsUsage: "SHELL",
		Description: "SHELL is bash, zsh or fish:\n" +
			"  bash: source <(safemig completion bash), in ~/.bashrc\n" +
			"  zsh:  source <(safemig completion zsh), in ~/.zshrc behind compinit\n" +
			"  fish: safemig completion fish > ~/.config/fish/completions/safemig.fish",
		Action: p.printCompletion,
	})
}

func (p *program) printCompletion(c *cli.Context) error {
	shell := c.Args().First()
	switch {
	case c.NArg() == 0:
		return usage(c.Command, "for which shell? %s", strings.Join(shells(), ", "))
	case c.NArg() > 1:
		return usage(c.Command, "%q is one argument too many", c.Args().Get(1))
	}
	text, err := completionScripts.ReadFile("completion/" + shell)
	if err != nil {
		return noneOf(c, "shell", shell, shells())
	}
	if _, err := p.stdout.Write(text); err != nil {
		return fmt.Errorf("writing the script: %w", err)
	}
	return nil
}
