package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/layout"
)

// The names of the flags.
const (
	flagDialect          = "dialect"
	flagServerVersion    = "server-version"
	flagLayout           = "layout"
	flagLayoutVersion    = "layout-version"
	flagSchema           = "schema"
	flagStdinFilename    = "stdin-filename"
	flagFormat           = "format"
	flagOutput           = "output"
	flagColor            = "color"
	flagQuiet            = "quiet"
	flagVerbose          = "verbose"
	flagFailOn           = "fail-on"
	flagMinSeverity      = "min-severity"
	flagConfig           = "config"
	flagStats            = "stats"
	flagBaseline         = "baseline"
	flagWriteBaseline    = "write-baseline"
	flagNewFromRev       = "new-from-rev"
	flagNewFromMergeBase = "new-from-merge-base"
	flagStaged           = "staged"
	flagDSN              = "dsn"
	flagFile             = "file"
)

// inputFlags say which migrations are read, and for which server.
func inputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagDialect, Usage: "SQL dialect `NAME`, else detected: " + strings.Join(dialects(), ", ")},
		&cli.StringFlag{Name: flagServerVersion, Usage: "server `VERSION` such as 16.3 or 8.0.36, else the oldest supported"},
		&cli.StringFlag{Name: flagLayout, Usage: "migration tool `NAME`, else detected: " + strings.Join(layouts(), ", ")},
		&cli.StringFlag{Name: flagLayoutVersion, Usage: "`VERSION` of the migration tool, where that makes a difference: " + strings.Join(layout.Versioned(), ", ")},
		&cli.StringFlag{Name: flagSchema, Usage: "dump `FILE` of the schema before the first migration"},
		configFlag(),
		&cli.StringFlag{Name: flagStdinFilename, Usage: "`PATH` that the text on stdin stands for"},
		&cli.BoolFlag{
			Name: flagVerbose, Aliases: []string{"v"}, DisableDefaultText: true,
			Usage: "say on stderr what was detected, skipped, not understood",
		},
	}
}

// outputFlags say what is printed, and where.
func outputFlags(formats []string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagFormat, Value: "text", Usage: "`FORMAT` on stdout: " + strings.Join(formats, ", ")},
		&cli.StringSliceFlag{Name: flagOutput, Usage: "write to a file as well, as `FORMAT=FILE`; may be given several times"},
		&cli.StringFlag{Name: flagColor, Value: "auto", Usage: "`WHEN` to colour text on stdout: " + strings.Join(colorModes(), ", ")},
		&cli.BoolFlag{Name: flagQuiet, Aliases: []string{"q"}, DisableDefaultText: true, Usage: "print no summary"},
	}
}

func layouts() []string {
	var out []string
	for _, l := range layout.All() {
		out = append(out, l.Name)
	}
	return out
}

func dialects() []string   { return []string{"postgres", "mysql", "mariadb"} }
func colorModes() []string { return []string{"auto", "always", "never"} }

func names[T any](formats []format[T]) []string {
	var out []string
	for _, f := range formats {
		out = append(out, f.name)
	}
	return out
}

// oneOf checks that a flag, where it is given, has one of its values.
func oneOf(c *cli.Context, flag string, known []string) error {
	value := c.String(flag)
	if (value == "" && !c.IsSet(flag)) || slices.Contains(known, value) {
		return nil
	}
	return noneOf(c, "--"+flag, value, known)
}
