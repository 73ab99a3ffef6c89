package engine

import (
	"strings"
)

// command is a program with its arguments, as a POSIX shell reads them.
type command struct {
	program string
	args    []string
}

// add adds arguments; what is in them, the shell leaves alone.
func (c *command) add(args ...string) {
	for _, a := range args {
		c.args = append(c.args, quoted(a))
	}
}

// flag adds --name=value. The name is not quoted, so that it is easy to read.
func (c *command) flag(name, value string) {
	c.args = append(c.args, "--"+name+"="+quoted(value))
}

// path adds --name=path, in which ~/ is the user's own folder.
func (c *command) path(name, path string) {
	if rest, own := strings.CutPrefix(path, "~/"); own {
		c.word(name, `"$HOME"/`+quoted(rest))
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

// plain are the bytes that mean nothing to a shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+"

// quoted is a word for a POSIX shell.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
func quoted(word string) string {
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// ident is a name in SQL.
func ident(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
