package tooltest

import (
	"context"
	"os"
	"path/filepath"
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

// TestTools runs the scripts of the tools that are installed. With SAFEMIG_TOOLS=all
// a tool that is not there is a failure.
func TestTools(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	all := servers(t)
	// The servers are shared, and end when every script has.
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:                 "../../testdata/tools",
			Setup:               func(env *testscript.Env) error { return setUp(env, all) },
			Cmds:                commands(),
			RequireExplicitExec: true,
			RequireUniqueNames:  true,
		})
	})
}

// scriptKey is where the state of a script is kept.
type scriptKey struct{}

// setUp puts the tools into the script's PATH, and keeps them from calling home.
func setUp(env *testscript.Env, all map[string]*server) error {
	env.Values[scriptKey{}] = &script{t: env.T(), servers: all, states: map[string]state{}}
	folder := toolsFolder()
	for name, value := range map[string]string{
		"PATH":  strings.Join([]string{filepath.Join(folder, "bin"), env.Getenv("PATH")}, string(os.PathListSeparator)),
		"TOOLS": folder, "HOME": env.WorkDir,
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "n@example.org", "GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "n@example.org",
		"DO_NOT_TRACK": "1", "CHECKPOINT_DISABLE": "1", "SUPABASE_TELEMETRY_DISABLED": "1",
	} {
		env.Setenv(name, value)
	}
	return nil
}

// toolsFolder is where .ci/tools installs the tools.
func toolsFolder() string {
	if dir := os.Getenv("SAFEMIG_TOOLS_DIR"); dir != "" {
		return dir
	}
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		base = filepath.Join(os.Getenv("HOME"), ".cache")
	}
	return filepath.Join(base, "safemig", "tools")
}
