package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/safemig/safemig/internal/livetest"
)

var update = flag.Bool("update", false, "write what is printed into the files of testdata/e2e")

func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){"safemig": asCommand})
}

type leakChecked struct{ *testing.M }

func (m leakChecked) Run() int { return livetest.Run(m.M) }

// asCommand is the program as the system runs it. It leaves no goroutine behind, whether
// it came to its end or was interrupted.
func asCommand() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ended := context.AfterFunc(ctx, stop)
	status := Main(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	ended()
	stop()
	reading := goleak.IgnoreAnyFunction("github.com/safemig/safemig/internal/cli.interruptible.func1") // it ends with the process
	if err := livetest.Left(reading); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = leaking
	}
	os.Exit(status)
}

// leaking is the exit status of a command that leaves goroutines behind: none of its own.
const leaking = 77

func TestCommandLine(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/e2e",
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"status": status, "bytes": writeBytes, "shown": shown},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
	})
}

// status runs a command that must end with an exit status: status 2 safemig lint.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// shown looks whether a page shows what was just printed, from a line on to the next
// empty one where that line is given: shown docs/status.md 'begun and not finished'.
func shown(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: shown PAGE [LINE]")
	}
	page, err := os.ReadFile(filepath.Join(repository(), args[0]))
	ts.Check(err)
	text := strings.TrimRight(ts.ReadFile("stdout"), "\n")
	if len(args) == 2 {
		_, rest, found := strings.Cut("\n"+text, "\n"+args[1])
		if !found {
			ts.Fatalf("no line begins with %q in\n%s", args[1], text)
		}
		rest, _, _ = strings.Cut(rest, "\n\n")
		text = args[1] + rest
	}
	indented := "    " + strings.ReplaceAll(text, "\n", "\n    ")
	if !strings.Contains(string(page), text) && !strings.Contains(string(page), indented) {
		ts.Fatalf("%s does not show\n%s", args[0], text)
	}
}

// repository is the folder of the sources; scripts run in folders of their own.
func repository() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..")
}

// writeBytes writes what a script cannot hold: bytes NAME 'DROP\x00'.
func writeBytes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: bytes NAME TEXT")
	}
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	name := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o777))
	ts.Check(os.WriteFile(name, []byte(text), 0o666))
}
