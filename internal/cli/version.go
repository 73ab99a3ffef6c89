package cli

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/report"
)

// version is that of a release build; the linker sets it, with
// -ldflags "-X github.com/safemig/safemig/internal/cli.version=v1.2.3".
var version string

func versionFormats() []format[report.Version] {
	return []format[report.Version]{
		{"text", report.VersionText},
		{"concise", report.VersionConcise},
		{"json", report.VersionJSON},
	}
}

func (p *program) versionCommand() *cli.Command {
	return command(&cli.Command{
		Name:   "version",
		Usage:  "print the version, and those of the SQL grammars",
		Flags:  outputFlags(names(versionFormats())),
		Action: p.showVersion,
	})
}

func (p *program) showVersion(c *cli.Context) error {
	if err := oneOf(c, flagColor, colorModes()); err != nil {
		return err
	}
	outputs, err := outputs(c, versionFormats())
	if err != nil {
		return err
	}
	info, _ := debug.ReadBuildInfo() // nil in a binary built without modules
	return write(p, c, versionOf(info, version), outputs)
}

// versionOf gathers what the build knows of itself.
func versionOf(info *debug.BuildInfo, release string) report.Version {
	v := report.Version{Safemig: release, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Grammars: []report.Grammar{}}
	if info == nil {
		v.Safemig = cmp.Or(v.Safemig, "unknown")
		return v
	}
	v.Safemig = cmp.Or(v.Safemig, info.Main.Version, "unknown")
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	for _, d := range info.Deps {
		if grammar := grammarOf(d.Path); grammar != "" {
			v.Grammars = append(v.Grammars, report.Grammar{Grammar: grammar, Parser: d.Path, Version: d.Version})
		}
	}
	return v
}

// grammarOf is the grammar that a parser module has: each major version of
// pg_query_go is made from one PostgreSQL, and a build has this or oliphant.
// https://github.com/pganalyze/libpg_query#versions
func grammarOf(module string) string {
	switch module {
	case "github.com/pganalyze/pg_query_go/v5":
		return "PostgreSQL 16"
	case "github.com/sqlc-dev/oliphant":
		return "PostgreSQL 18"
	case "github.com/pingcap/tidb/pkg/parser":
		return "MySQL (TiDB)"
	}
	return ""
}
