package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/report"
	"github.com/safemig/safemig/internal/stats"
)

func verifyFormats() []format[*report.Configuration] {
	return []format[*report.Configuration]{{"text", report.ConfigurationText}, {"json", report.ConfigurationJSON}}
}

func (p *program) configCommand() *cli.Command {
	return command(&cli.Command{
		Name:  "config",
		Usage: "check the configuration, or print its JSON schema",
		Subcommands: []*cli.Command{
			command(&cli.Command{
				Name: "verify", HelpName: "safemig config verify",
				Usage:     "say what is in force, and from which file; or what is wrong",
				ArgsUsage: "[PATH]",
				Description: "With a PATH, a migration directory or file, what is in force there.\n" +
					"Exit status: 0 no mistakes, 2 mistakes, or no configuration.",
				Flags:  append(outputFlags(names(verifyFormats())), configFlag()),
				Action: p.verifyConfig,
			}),
			command(&cli.Command{
				Name: "schema", HelpName: "safemig config schema",
				Usage:       "print the JSON schema of safemig.yml, for editors",
				ArgsUsage:   " ",
				Description: "In safemig.yml, editors are told of it by\n# yaml-language-server: $schema=" + config.SchemaURL,
				Action:      p.printSchema,
			}),
		},
	})
}

func (p *program) printSchema(c *cli.Context) error {
	if c.NArg() > 0 {
		return usage(c.Command, "config schema takes no paths")
	}
	return config.WriteSchema(p.stdout, p.knownNames())
}

func (p *program) verifyConfig(c *cli.Context) error {
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	outputs, err := outputs(c, verifyFormats())
	if err != nil {
		return err
	}
	if c.NArg() > 1 {
		return usage(c.Command, "%q is one path too many", c.Args().Get(1))
	}
	name, err := configFile(c)
	if err != nil {
		return err
	}
	if name == "" {
		return fmt.Errorf("there is no configuration: no %s here, nor above it up to the repository's root; safemig init writes one", strings.Join(config.Names(), ", "))
	}
	result, err := p.verified(name, c.Args().First())
	if result == nil {
		return err
	}
	if err := write(p, c, result, outputs); err != nil {
		return err
	}
	return err
}

// verified reads a configuration and looks at what it names. The error says all
// that is wrong; without a result there is nothing else to say.
func (p *program) verified(name, path string) (*report.Configuration, error) {
	out := &report.Configuration{Version: 1, File: filepath.ToSlash(name), Path: filepath.ToSlash(path),
		Files: []string{}, Settings: []report.Setting{}, Overrides: []report.Overriding{}, Mistakes: []report.ConfigProblem{}}
	file, err := config.Read(name, p.knownNames())
	if err == nil {
		err = errors.Join(namesNothing(file)...)
	}
	wrong := config.Mistakes(err)
	if err != nil && len(wrong) == 0 {
		return nil, err // the file cannot be read
	}
	for _, m := range wrong {
		out.Mistakes = append(out.Mistakes, report.ConfigProblem{Message: m.Message, File: filepath.ToSlash(m.File), Line: m.Line, Column: m.Column})
	}
	if file == nil {
		return out, err
	}
	out.Files = slashed(file.Files)
	in, overrides := config.Scope(""), file.Overrides
	if path != "" {
		in = scopeOf(file, path)
		overrides = file.OverridesOf(in)
	}
	out.Settings = settingsOf(file.InForce(in))
	for _, o := range overrides {
		out.Overrides = append(out.Overrides, report.Overriding{
			Paths: o.Paths, File: filepath.ToSlash(o.Place.File), Line: o.Place.Line, Column: o.Place.Column, Settings: settingsOf(o.Sets()),
		})
	}
	return out, err
}

// scopeOf is the scope of a path, which need not be there.
func scopeOf(file *config.Config, path string) config.Scope {
	if info, err := os.Stat(path); err == nil && info.IsDir() || err != nil && filepath.Ext(path) == "" {
		return file.ForDir(path)
	}
	return file.ForFile(path)
}

func settingsOf(list []config.Setting) []report.Setting {
	out := []report.Setting{}
	for _, s := range list {
		out = append(out, report.Setting{Key: s.Key, Value: s.Value, File: filepath.ToSlash(s.Place.File), Line: s.Place.Line, Column: s.Place.Column})
	}
	return out
}

// namesNothing are the mistakes that show only when one looks for what a
// configuration names.
func namesNothing(file *config.Config) []error {
	v := &verifying{file: file}
	v.settings(file, file)
	v.there(flagBaseline, file.Baseline, file.PlaceOf(flagBaseline))
	for _, name := range file.Paths {
		v.there("paths", name, file.PlaceOf("paths"))
	}
	for i := range file.Overrides {
		o := &file.Overrides[i]
		v.settings(o.Own, file.In(config.Scope(fmt.Sprint(i))))
		for _, pattern := range o.Paths {
			folder, _ := doublestar.SplitPattern(pattern)
			v.there("paths", filepath.Join(filepath.Dir(o.Place.File), filepath.FromSlash(folder)), o.Place)
		}
	}
	slices.SortStableFunc(v.wrong, func(a, b *config.Mistake) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	var out []error
	for _, m := range v.wrong {
		out = append(out, m)
	}
	return out
}

// verifying gathers mistakes.
type verifying struct {
	file  *config.Config
	wrong []*config.Mistake
}

func (v *verifying) wrongf(at config.Place, format string, args ...any) {
	v.wrong = append(v.wrong, v.file.Mistake(at, format, args...))
}

// settings looks at what is set in one place, and holds there with all else.
func (v *verifying) settings(set, with *config.Config) {
	v.there(flagSchema, set.Schema, set.PlaceOf(flagSchema))
	if set.Stats != "" {
		if _, err := stats.Read(set.Stats); err != nil {
			v.wrongf(set.PlaceOf(flagStats), "stats: %v", err)
		}
	}
	at := set.PlaceOf(flagServerVersion)
	if set.ServerVersion == "" {
		at = set.PlaceOf(flagDialect)
	}
	if with.Dialect == "" || with.ServerVersion == "" || at.Line == 0 {
		return
	}
	if _, err := dialect.Open(with.Dialect, with.ServerVersion); err != nil {
		v.wrongf(at, "server-version: %v", err)
	}
}

func (v *verifying) there(key, name string, at config.Place) {
	if name == "" {
		return
	}
	if _, err := os.Stat(name); err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		v.wrongf(at, "%s: %s: %v", key, filepath.ToSlash(name), err)
	}
}
