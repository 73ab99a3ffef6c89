// Package cli is the command line: one file for each command.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/lsp"
	"github.com/safemig/safemig/rules"
)

// The exit statuses that scripts may rely on.
const (
	exitClean    = 0
	exitFindings = 1 // findings at or above --fail-on
	exitFailed   = 2 // the work could not be done
	exitGuarded  = 3 // a guard stopped it
)

// program is what all commands share.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	rules          []*rules.Rule
	places         map[string]string // of DSNs: $NAME or @FILE, by what was there
}

// errFindings and errReported end a command whose output has said all there is to say.
var (
	errFindings = errors.New("findings")
	errReported = errors.New("problems were reported")
)

// guardError is what a guard stopped the work for.
type guardError struct{ err error }

func (e *guardError) Error() string { return e.err.Error() }
func (e *guardError) Unwrap() error { return e.err }

// Main runs the command line and returns the exit status.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv, rules: rules.All()}
	return p.status(p.run(ctx, args))
}

func (p *program) run(ctx context.Context, args []string) error {
	app := p.app()
	if len(args) > 1 && args[1] == completeWord {
		return p.complete(app, args[2:])
	}
	if asked, err := p.help(app, args[1:]); asked {
		return err
	}
	arranged, err := arrange(app, args)
	if err == nil {
		arranged, err = p.findDSNs(arranged)
	}
	if err != nil {
		return err
	}
	return app.RunContext(ctx, arranged)
}

// status turns the end of a command into an exit status, and says on stderr
// what went wrong.
func (p *program) status(err error) int {
	var guard *guardError
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, &guard):
		if !errors.Is(err, errReported) {
			p.logf("%v", err)
		}
		return exitGuarded
	case errors.Is(err, errFindings), errors.Is(err, lsp.ErrNoShutdown): // which the protocol wants to be 1
		return exitFindings
	case errors.Is(err, errReported):
		return exitFailed
	case errors.Is(err, context.Canceled):
		p.logf("interrupted: no verdict")
		return exitFailed
	}
	p.logf("%v", err)
	return exitFailed
}

// logf writes a line to stderr. Nothing can be done about a stderr that is closed.
func (p *program) logf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stderr, "safemig: "+format+"\n", args...)
}

func (p *program) app() *cli.App {
	return &cli.App{
		Name:      "safemig",
		HelpName:  "safemig",
		Usage:     "says what SQL migrations lock, whom they block, and for how long",
		UsageText: "safemig COMMAND [flags] [PATH...]",
		Commands: []*cli.Command{
			p.lintCommand(), p.locksCommand(), p.traceCommand(), p.proveCommand(), p.fixCommand(), p.scaffoldCommand(), p.backfillCommand(), p.verifyCommand(), p.estimateCommand(),
			p.statusCommand(), p.contractCommand(), p.rollbackCommand(),
			p.explainCommand(), p.rulesCommand(), p.statsCommand(), p.initCommand(), p.configCommand(), p.completionCommand(), p.lspCommand(),
			p.versionCommand(),
		},
		Reader: p.stdin, Writer: p.stdout, ErrWriter: p.stderr,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {}, // status decides, and main exits
		OnUsageError:              func(_ *cli.Context, err error, _ bool) error { return err },
	}
}

// command fills in what all commands have in common.
func command(c *cli.Command) *cli.Command {
	c.HideHelpCommand = true // else a path called "help" would be taken for it
	c.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return usage(c, "%v", err) }
	return c
}

// usage is a mistake on the command line.
func usage(c *cli.Command, format string, args ...any) error {
	name := c.HelpName // where it is one of several below another
	if name == "" || !strings.HasPrefix(name, "safemig ") {
		name = "safemig " + c.Name
	}
	return fmt.Errorf("%w (see %s --help)", fmt.Errorf(format, args...), name)
}
