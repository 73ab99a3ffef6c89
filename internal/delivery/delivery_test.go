package delivery

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/safemig/safemig/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"safemig": func() {
			os.Exit(cli.Main(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr, os.Getenv))
		},
	})
}

// TestDelivery runs the scripts. Beside testscript's own commands they have
//
//	status CODE COMMAND [ARGS...]   a command that must end with an exit status
//	releases VERSION [wrong|unlisted|empty]
//	                                a server with a release; its archives are not what their
//	                                checksums say, or not in the list, or hold no program
//	comments [forbidden]            a GitHub that keeps comments
//	comment ID                      prints one of them
//	hook ID CODE FILE...            the entry of a hook of pre-commit, on files
//	readenv NAME FILE               a variable with the text of a file
//	action CODE [INPUT=VALUE...]    the steps of action.yml as GitHub runs them, with the event
//	                                of $EVENT_NAME and event.json; outputs go to outputs.txt, the
//	                                summary to summary.md
func TestDelivery(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/delivery",
		Setup: func(env *testscript.Env) error {
			env.Values[scriptKey{}] = &script{}
			env.Setenv("ROOT", root)
			for _, of := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+of+"_NAME", "n")
				env.Setenv("GIT_"+of+"_EMAIL", "n@example.org")
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status, "releases": releases, "comments": comments, "comment": printComment, "action": runAction, "hook": runHook,
			"readenv": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
			},
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// script is what one script has.
type script struct{ gitHub *gitHub }

type scriptKey struct{}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND [ARGS...]")
	}
	endsWith(ts, args[0], args[1:])
}

// endsWith runs a command that must end with an exit status.
func endsWith(ts *testscript.TestScript, code string, command []string) {
	want, err := strconv.Atoi(code)
	ts.Check(err)
	got := 0
	if err := ts.Exec(command[0], command[1:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
