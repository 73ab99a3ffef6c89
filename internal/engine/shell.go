package engine

import (
	"strings"

	"github.com/safemig/safemig/internal/wording"
)

// command is a program with its arguments, as a POSIX shell reads them.
type command struct {
	program string
	args    []string
}

// add adds arguments; what is in them, the shell leaves alone.
func (c *command) add(args ...string) {
	for _, a := range args {
		c.args = append(c.args, wording.ShellWord(a))
	}
}

// flag adds --name=value. The name is not quoted, so that it is easy to read.
func (c *command) flag(name, value string) {
	c.args = append(c.args, "--"+name+"="+wording.ShellWord(value))
}

// path adds --name=path, in which ~/ is the user's own folder.
func (c *command) path(name, path string) {
	if rest, own := strings.CutPrefix(path, "~/"); own {
		c.word(name, `"$HOME"/`+wording.ShellWord(rest))
		return
	}
	c.flag(name, path)
}

// word adds --name=value, where the value is for the shell already.
func (c *command) word(name, value string) {
	c.args = append(c.args, "--"+name+"="+value)
}

// fromShell adds --name="value", in which the shell puts its variables in.
func (c *command) fromShell(name, value string) {
	c.args = append(c.args, "--"+name+`="`+value+`"`)
}

func (c command) String() string {
	return strings.Join(append([]string{c.program}, c.args...), " \\\n  ")
}

// ident is a name in SQL.
func ident(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
