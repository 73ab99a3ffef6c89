package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/scaffold"
	"github.com/safemig/safemig/rules"
)

// completeWord is the command by which the shells' scripts ask what a word may
// become. It is theirs alone.
const completeWord = "__complete"

// completion is what the last word of a command line may become.
type completion struct {
	words []candidate
	files bool // or the name of a file
	open  bool // more is to follow directly, so that no space comes behind the word
}

type candidate struct{ text, about string }

// complete answers a shell: a line that says what else the shell is to do, then a
// line for each word, with what it is about behind a tab.
func (p *program) complete(app *cli.App, words []string) error {
	if len(words) == 0 {
		words = []string{""}
	}
	line := newCompleting(p, app, words)
	found := line.find()
	also := "none"
	switch {
	case found.files:
		also = "files"
	case found.open:
		also = "open"
	}
	var out strings.Builder
	out.WriteString(also + "\n")
	for _, c := range found.words {
		if strings.HasPrefix(c.text, line.last) {
			fmt.Fprintf(&out, "%s%s\t%s\n", line.before, c.text, c.about)
		}
	}
	_, err := p.stdout.Write([]byte(out.String()))
	return err
}

// completing is a command line whose last word is being written.
type completing struct {
	*program
	app    *cli.App
	words  []string // before the last one
	last   string   // the word, or its part behind =
	before string   // the part up to =, where the shell takes that for the same word
	flag   string   // whose value the last word is
	inFile bool     // the value is FORMAT=FILE, and is at the file
}

// newCompleting takes the words as shells have them: bash cuts --format=json at =,
// and wants back the last of the three.
func newCompleting(p *program, app *cli.App, words []string) *completing {
	c := &completing{program: p, app: app}
	joined := words[:0:0]
	for i := 0; i < len(words); i++ {
		if words[i] == "=" && len(joined) > 0 && i+1 < len(words) {
			i++
			joined[len(joined)-1] += "=" + words[i]
			continue
		}
		if words[i] == "=" && len(joined) > 0 {
			joined[len(joined)-1] += "="
			continue
		}
		joined = append(joined, words[i])
	}
	cut := len(joined) < len(words)
	c.words, c.last = joined[:len(joined)-1], joined[len(joined)-1]
	if name, value, has := strings.Cut(c.last, "="); has && strings.HasPrefix(name, "-") {
		c.flag, c.last = strings.TrimLeft(name, "-"), value
		if !cut {
			c.before = name + "="
		}
	} else if n := len(c.words); n > 0 && strings.HasPrefix(c.words[n-1], "-") && c.words[n-1] != "--" && !strings.Contains(c.words[n-1], "=") {
		c.flag = strings.TrimLeft(c.words[n-1], "-")
	}
	c.inFile = c.flag == flagOutput && strings.Contains(c.last, "=")
	return c
}

func (c *completing) find() completion {
	if len(c.words) == 0 {
		return ofCommands(c.app.Commands, "help")
	}
	command, rest := c.app.Command(c.words[0]), c.words[1:]
	if command == nil {
		return completion{}
	}
	if i := slices.IndexFunc(command.Subcommands, func(sub *cli.Command) bool { return len(rest) > 0 && sub.Name == rest[0] }); i >= 0 {
		return c.inCommand(command.Subcommands[i], rest[1:])
	}
	if len(command.Subcommands) > 0 && command.Action == nil {
		if len(rest) > 0 {
			return completion{}
		}
		return ofCommands(command.Subcommands)
	}
	out := c.inCommand(command, rest)
	if len(rest) == 0 && !strings.HasPrefix(c.last, "-") {
		out.words = append(out.words, ofCommands(command.Subcommands).words...)
	}
	return out
}

func ofCommands(list []*cli.Command, more ...string) completion {
	var out completion
	for _, c := range list {
		out.words = append(out.words, candidate{c.Name, c.Usage})
	}
	for _, name := range more {
		out.words = append(out.words, candidate{name, "say what the commands are, or what one of them does"})
	}
	return out
}

// inCommand is what may follow behind a command and some of its arguments.
func (c *completing) inCommand(command *cli.Command, rest []string) completion {
	if i := slices.Index(rest, "--"); i >= 0 {
		return c.argument(command, len(rest)-1)
	}
	if takes, known := flagNamed(command, c.flag); known && takes {
		return c.value(command, c.flag)
	}
	if strings.HasPrefix(c.last, "-") && c.last != "-" {
		return ofFlags(command, rest)
	}
	_, paths, err := splitFlags(command, rest)
	if err != nil {
		return completion{}
	}
	return c.argument(command, len(paths))
}

// ofFlags are the flags that are not given yet, or may be given again.
func ofFlags(command *cli.Command, given []string) completion {
	var out completion
	for _, f := range command.Flags {
		name := "--" + f.Names()[0]
		_, repeats := f.(*cli.StringSliceFlag)
		is := func(word string) bool { return word == name || strings.HasPrefix(word, name+"=") }
		if repeats || !slices.ContainsFunc(given, is) {
			out.words = append(out.words, candidate{name, aboutFlag(f)})
		}
	}
	out.words = append(out.words, candidate{"--help", "show help"})
	return out
}

// aboutFlag is what a flag is for, on one line.
func aboutFlag(f cli.Flag) string {
	if d, is := f.(cli.DocGenerationFlag); is {
		return strings.Join(strings.Fields(strings.ReplaceAll(d.GetUsage(), "`", "")), " ")
	}
	return ""
}

// value is what the value of a flag may be. Words that can be listed stand behind
// a colon at the end of its help.
func (c *completing) value(command *cli.Command, name string) completion {
	for _, f := range command.Flags {
		if !slices.Contains(f.Names(), name) {
			continue
		}
		d, _ := f.(cli.DocGenerationFlag)
		switch name {
		case flagOutput:
			return c.output(command)
		case flagPlan:
			return c.waiting()
		}
		if words := listedWords(d.GetUsage()); words != nil {
			return completion{words: words}
		}
		return completion{files: regexp.MustCompile("`(FILE|PATH|DIR)`").MatchString(d.GetUsage())}
	}
	return completion{}
}

// output completes FORMAT=FILE.
func (c *completing) output(command *cli.Command) completion {
	if c.inFile {
		return completion{files: true}
	}
	out := c.value(command, flagFormat)
	for i := range out.words {
		out.words[i].text += "="
	}
	out.open = true
	return out
}

// listedWords are the words at the end of a flag's help: "..: error, warning, info".
func listedWords(usage string) []candidate {
	m := regexp.MustCompile(`: ([a-z0-9-]+(?:, [a-z0-9-]+)+)$`).FindStringSubmatch(usage)
	if m == nil {
		return nil
	}
	var out []candidate
	for word := range strings.SplitSeq(m[1], ", ") {
		out = append(out, candidate{text: word})
	}
	return out
}

// argument is what the n-th argument of a command may be, by the word for it in
// the command's help.
func (c *completing) argument(command *cli.Command, n int) completion {
	kinds := strings.Fields(command.ArgsUsage)
	if len(kinds) == 0 {
		return completion{}
	}
	kind := kinds[min(n, len(kinds)-1)]
	if n >= len(kinds) && !strings.Contains(kind, "...") {
		return completion{}
	}
	switch strings.Trim(kind, "[].") {
	case "PATH", "FILE":
		return completion{files: true}
	case "RULE":
		return c.rules()
	case "JOB":
		return c.jobs()
	case "NAME":
		return c.waiting()
	case "REQUIREMENT":
		return c.requirements()
	case "PLAN":
		return listed(scaffold.Names())
	case "SHELL":
		return listed(shells())
	}
	return completion{}
}

func listed(words []string) completion {
	var out completion
	for _, word := range words {
		out.words = append(out.words, candidate{text: word})
	}
	return out
}

// rules are all rules, those of the project included where its configuration can be read.
func (c *completing) rules() completion {
	var out completion
	for _, r := range slices.Concat(c.program.rules, c.file().Custom) {
		out.words = append(out.words, candidate{r.ID, ruleTitle(r)})
	}
	return out
}

func ruleTitle(r *rules.Rule) string { return strings.Join(strings.Fields(r.Doc.Title), " ") }

// jobs are the jobs of backfills that have files.
func (c *completing) jobs() completion {
	b := &backfiller{settings: &settings{file: c.file()}}
	out := listed(b.jobFiles())
	out.files = true
	return out
}

// waiting are the plans that wait, where they can be found.
func (c *completing) waiting() completion {
	var names []string
	found, err := (&settings{file: c.file()}).plans()
	if err != nil {
		return completion{}
	}
	for _, f := range found {
		names = append(names, nameOf(f))
	}
	return listed(names)
}

// requirements are what can be confirmed of the plans that wait.
func (c *completing) requirements() completion {
	var out []string
	found, err := (&settings{file: c.file()}).plans()
	if err != nil {
		return completion{}
	}
	for _, f := range found {
		if f.Manifest == nil {
			continue
		}
		for _, r := range f.Manifest.ToConfirm() {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return listed(out)
}

// file is the project's configuration. What is wrong with it is said when a
// command runs, not while one is written.
func (c *completing) file() *config.Config {
	name := ""
	for i, word := range c.words {
		if value, is := strings.CutPrefix(word, "--"+flagConfig+"="); is {
			name = value
		} else if word == "--"+flagConfig && i+1 < len(c.words) {
			name = c.words[i+1]
		}
	}
	if name == "" {
		dir, err := os.Getwd()
		if err != nil {
			return config.None()
		}
		if name, err = config.Find(dir); err != nil || name == "" {
			return config.None()
		}
	}
	file, err := config.Read(name, c.knownNames())
	if err != nil {
		return config.None()
	}
	return file
}
