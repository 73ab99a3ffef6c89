package cli

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/internal/report"
)

func TestFlagsMayStandAnywhere(t *testing.T) {
	command := &cli.Command{Name: "c", Flags: []cli.Flag{
		&cli.StringFlag{Name: "text"}, &cli.BoolFlag{Name: "bool", Aliases: []string{"b"}}, &cli.StringSliceFlag{Name: "list"},
	}}
	flag := rapid.SampledFrom([][]string{{"--text", "v"}, {"--text=v"}, {"-text", "-"}, {"--bool"}, {"-b"}, {"--list", "a,b"}, {"--list=--x"}})
	path := rapid.SampledFrom([]string{"a.sql", "-", "dir/b.sql", "text", "v"})
	rapid.Check(t, func(t *rapid.T) {
		var args, wantFlags, wantPaths []string
		for range rapid.IntRange(0, 8).Draw(t, "n") {
			if rapid.Bool().Draw(t, "flag") {
				f := flag.Draw(t, "f")
				args, wantFlags = append(args, f...), append(wantFlags, f...)
			} else {
				p := path.Draw(t, "p")
				args, wantPaths = append(args, p), append(wantPaths, p)
			}
		}
		if rapid.Bool().Draw(t, "end") {
			args, wantPaths = append(args, "--", "-x", "--text"), append(wantPaths, "-x", "--text")
		}
		flags, paths, err := splitFlags(command, args)
		if err != nil || !slices.Equal(flags, wantFlags) || !slices.Equal(paths, wantPaths) {
			t.Fatalf("splitFlags(%q) = %q, %q, %v", args, flags, paths, err)
		}
	})
}

func TestColour(t *testing.T) {
	tests := []struct {
		mode, env string
		terminal  bool
		want      bool
	}{
		{"auto", "", true, true},
		{"auto", "", false, false},
		{"auto", "TERM=dumb", true, false},
		{"auto", "NO_COLOR=1", true, false},
		{"auto", "NO_COLOR=1 FORCE_COLOR=1", false, false},
		{"auto", "FORCE_COLOR=1", false, true},
		{"auto", "FORCE_COLOR=0", false, false},
		{"auto", "CLICOLOR_FORCE=1 TERM=dumb", false, true},
		{"always", "NO_COLOR=1", false, true},
		{"never", "FORCE_COLOR=1", true, false},
	}
	for _, test := range tests {
		p := &program{getenv: func(name string) string {
			for pair := range strings.FieldsSeq(test.env) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value
				}
			}
			return ""
		}}
		if got := p.colored(test.mode, test.terminal); got != test.want {
			t.Errorf("--color %s with %q, terminal %v: %v", test.mode, test.env, test.terminal, got)
		}
	}
}

func TestVersionOfABuild(t *testing.T) {
	info := &debug.BuildInfo{
		Main:     debug.Module{Version: "v0.3.0"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}},
		Deps:     []*debug.Module{{Path: "github.com/urfave/cli/v2", Version: "v2"}, {Path: "github.com/pganalyze/pg_query_go/v5", Version: "v5.1.0"}},
	}
	got := versionOf(info, "")
	want := []report.Grammar{{Grammar: "PostgreSQL 16", Parser: "github.com/pganalyze/pg_query_go/v5", Version: "v5.1.0"}}
	if got.Safemig != "v0.3.0" || got.Revision != "abc" || !cmp.Equal(got.Grammars, want) {
		t.Errorf("%+v", got)
	}
	if got := versionOf(info, "v1.0.0").Safemig; got != "v1.0.0" {
		t.Errorf("the linker's version is %s", got)
	}
	if got := versionOf(nil, "").Safemig; got != "unknown" {
		t.Errorf("without a build: %s", got)
	}
}

func TestCrashIsNoVerdict(t *testing.T) {
	err := guarded(func() { panic("out of luck") })
	if err == nil || !strings.Contains(err.Error(), "no verdict: out of luck") || !strings.Contains(string(stackOf(err)), "goroutine") {
		t.Errorf("%v", err)
	}
	if err := guarded(func() {}); err != nil {
		t.Error(err)
	}
}
