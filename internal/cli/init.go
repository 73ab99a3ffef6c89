package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/setup"
)

const flagStdout = "stdout"

func (p *program) initCommand() *cli.Command {
	return command(&cli.Command{
		Name:      "init",
		Usage:     "write a safemig.yml with what can be told of the project",
		ArgsUsage: " ",
		Description: "Looks for migration directories below the working directory, and for their tool, dialect and server version: in the migrations, and in\n" +
			"what the project's tools keep (Docker Compose, CI, .tool-versions, drivers, ...). A configuration that is there is never overwritten.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: flagStdout, DisableDefaultText: true, Usage: "print the file and write nothing"},
		},
		Action: p.init,
	})
}

func (p *program) init(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage(c.Command, "init takes no paths: it looks below the working directory")
	}
	if !c.Bool(flagStdout) {
		if err := noConfigYet(); err != nil {
			return err
		}
	}
	parts, err := lookAround(c.Context)
	if err != nil {
		return err
	}
	text := []byte(initialText(parts))
	if _, err := config.Parse(config.Names()[0], text, p.knownNames()); err != nil {
		return fmt.Errorf("what init would write cannot be read (this is a bug in safemig): %w", err)
	}
	if c.Bool(flagStdout) {
		if _, err := p.stdout.Write(text); err != nil {
			return fmt.Errorf("writing the configuration: %w", err)
		}
		return nil
	}
	name := config.Names()[0]
	if err := writeNew(name, text); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	for _, part := range parts {
		p.logf("%s", part.summary())
	}
	next := "look at what it says"
	if len(parts[0].dirs) == 0 {
		next = "say in its paths: where the migrations are"
	}
	p.logf("%s is written: %s, then try safemig lint", name, next)
	return nil
}

// noConfigYet keeps init from overwriting a configuration, or putting another one
// before it.
func noConfigYet() error {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("looking for a configuration: %w", err)
	}
	name, err := config.Find(dir)
	if err != nil || name == "" {
		return err
	}
	if filepath.Dir(name) != dir {
		return fmt.Errorf("%s is in force here, and one of this folder alone would take its place: --%s shows what init would write", filepath.ToSlash(name), flagStdout)
	}
	return fmt.Errorf("%s is there already, and stays as it is: --%s shows what init would write", filepath.Base(name), flagStdout)
}

// writeNew writes a file that must not be there yet, whole or not at all.
func writeNew(name string, text []byte) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// foundPart is what is known of some migration directories that have it in common.
type foundPart struct {
	dirs                []string
	layout, layoutWhy   string // layout: empty where no tool was recognised
	dialect, dialectWhy string // dialect: empty where nothing tells
	version, versionWhy string // version: empty where nothing tells
	several             bool   // dialects, by the names of the files
}

// lookAround finds the migration directories and what there is to know of them;
// the first are those that most directories are like.
func lookAround(ctx context.Context) ([]*foundPart, error) {
	dirs, err := layout.Directories(".")
	if err != nil {
		return nil, err
	}
	project := &setup.Project{}
	var out []*foundPart
	for _, dir := range dirs {
		parts, err := lookAt(ctx, project, dir)
		if err != nil {
			return nil, err
		}
		if together := slices.CompactFunc(slices.Clone(parts), (*foundPart).alike); len(together) == 1 {
			together[0].dirs, parts = []string{dir}, together
		}
		for _, f := range parts {
			if i := slices.IndexFunc(out, f.alike); i >= 0 {
				out[i].dirs = append(out[i].dirs, f.dirs...)
				continue
			}
			out = append(out, f)
		}
	}
	if len(out) == 0 { // the servers may be known all the same
		f := &foundPart{}
		return []*foundPart{f}, f.servers(project, ".")
	}
	slices.SortStableFunc(out, func(a, b *foundPart) int { return len(b.dirs) - len(a.dirs) })
	return out, nil
}

func (f *foundPart) alike(o *foundPart) bool {
	return f.layout == o.layout && f.dialect == o.dialect && f.version == o.version
}

// lookAt is what there is to know of a directory and those below it that have
// migrations of their own.
func lookAt(ctx context.Context, project *setup.Project, dir string) ([]*foundPart, error) {
	set, err := layout.Load(ctx, []string{dir}, layout.Options{})
	if err != nil {
		return nil, err
	}
	most := map[string]int{}
	var out []*foundPart
	for _, g := range set.Groups {
		i := slices.IndexFunc(out, func(f *foundPart) bool { return f.dirs[0] == g.Dir })
		if i < 0 {
			i, out = len(out), append(out, &foundPart{dirs: []string{g.Dir}})
		}
		out[i].take(g, len(g.Files) > most[g.Dir])
		most[g.Dir] = max(most[g.Dir], len(g.Files))
	}
	for _, f := range out {
		if err := f.servers(project, f.dirs[0]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// take takes what migrations themselves tell. Of the groups of one directory the
// largest has its say; where their dialects differ, the names of the files tell them apart.
func (f *foundPart) take(g layout.Group, largest bool) {
	if largest && g.Layout.Name != "plain" {
		f.layout, f.layoutWhy = g.Layout.Name, g.Why
	}
	name, why := layout.Dialect(g)
	switch {
	case name == "":
	case f.dialect == "" && !f.several:
		f.dialect, f.dialectWhy = name, why
	case f.dialect != name:
		f.dialect, f.dialectWhy, f.several = "", "", true
	}
}

// servers asks the files of the project's tools.
func (f *foundPart) servers(project *setup.Project, dir string) error {
	up, err := project.Up(dir)
	if err != nil {
		return err
	}
	if f.dialect == "" && !f.several {
		var by setup.Sign
		if f.dialect, by = setup.Dialect(up); f.dialect != "" {
			f.dialectWhy = by.String()
		}
	}
	f.server(up)
	return nil
}

// server takes the oldest version that is told: what holds there is safe on newer
// ones, as a rule, and the other way round not.
func (f *foundPart) server(up [][]setup.Sign) {
	versions := setup.Versions(up, f.dialect)
	if len(versions) == 0 {
		return
	}
	f.versionWhy = versions[0].String()
	if last := versions[len(versions)-1]; last.Version != versions[0].Version {
		f.versionWhy += ", older than " + last.String()
	}
	if _, err := dialect.Open(f.dialect, versions[0].Version); err != nil {
		f.versionWhy += ", but " + err.Error()
		return
	}
	f.version = versions[0].Version
}

func (f *foundPart) summary() string {
	where := strings.Join(f.dirs, ", ")
	if where == "" {
		where = "no migration directory found"
	}
	tool, server := "no migration tool recognised", "dialect not known"
	if f.layout != "" {
		tool = fmt.Sprintf("%s (%s)", f.layout, f.layoutWhy)
	}
	if f.dialect != "" {
		server = fmt.Sprintf("%s (%s)", fact.DialectName(f.dialect), f.dialectWhy)
	}
	if f.version != "" {
		server = fmt.Sprintf("%s %s (%s)", fact.DialectName(f.dialect), f.version, f.versionWhy)
	}
	return path.Clean(where) + ": " + tool + ", " + server
}
