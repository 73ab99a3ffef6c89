package delivery

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/testscript"
)

// action is action.yml.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct{ Steps []step }
}

type step struct {
	ID, Name, If, Uses, Run string
	Env                     map[string]string
}

// actionRun is one run of the action in a job.
type actionRun struct {
	ts      *testscript.TestScript
	action  action
	inputs  map[string]string
	event   map[string]any
	outputs map[string]map[string]string // of the steps
	failed  int                          // the exit status of the step that failed
	files   string                       // a folder for what steps tell the runner
}

func runAction(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: action CODE [INPUT=VALUE...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	r := &actionRun{ts: ts, inputs: map[string]string{}, outputs: map[string]map[string]string{}, files: filepath.Join(ts.Getenv("WORK"), "runner")}
	ts.Check(r.read(args[1:]))
	ts.Check(os.RemoveAll(r.files))
	ts.Check(os.MkdirAll(r.files, 0o777))
	ts.Check(os.WriteFile(ts.MkAbs("summary.md"), nil, 0o666))
	for i := range r.action.Runs.Steps {
		ts.Check(r.step(&r.action.Runs.Steps[i]))
	}
	ts.Check(r.finish())
	if r.failed != want {
		ts.Fatalf("the action ends with %d, want %d", r.failed, want)
	}
}

// read reads the action, the event, and what the workflow gives for the inputs.
func (r *actionRun) read(given []string) error {
	text, err := os.ReadFile(filepath.Join(r.ts.Getenv("ROOT"), "action.yml"))
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, &r.action); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(r.ts.ReadFile("event.json")), &r.event); err != nil {
		return err
	}
	for name, input := range r.action.Inputs {
		if r.inputs[name], err = interpolated(input.Default, r.lookup); err != nil {
			return err
		}
	}
	for _, pair := range given {
		name, value, _ := strings.Cut(pair, "=")
		if _, ok := r.action.Inputs[name]; !ok {
			return fmt.Errorf("action.yml has no input %q", name)
		}
		if r.inputs[name], err = strconv.Unquote(`"` + value + `"`); err != nil {
			return err
		}
	}
	return nil
}

// lookup is what a name in an expression stands for.
func (r *actionRun) lookup(name string) (string, error) {
	parts := strings.Split(name, ".")
	switch {
	case parts[0] == "inputs" && len(parts) == 2:
		if _, ok := r.action.Inputs[parts[1]]; !ok {
			return "", fmt.Errorf("action.yml has no input %q", parts[1])
		}
		return r.inputs[parts[1]], nil
	case parts[0] == "steps" && len(parts) == 4 && parts[2] == "outputs":
		if !slices.ContainsFunc(r.action.Runs.Steps, func(s step) bool { return s.ID == parts[1] }) {
			return "", fmt.Errorf("action.yml has no step %q", parts[1])
		}
		return r.outputs[parts[1]][parts[3]], nil
	case strings.HasPrefix(name, "github.event."):
		return eventField(r.event, parts[2:]), nil
	}
	known := map[string]string{
		"github.token": "secret", "github.action_path": r.ts.Getenv("ROOT"), "github.action_ref": r.ts.Getenv("ACTION_REF"),
		"github.repository": "safemig/shop", "env.SAFEMIG_UNTRUSTED": r.ts.Getenv("SAFEMIG_UNTRUSTED"),
	}
	value, ok := known[name]
	if !ok {
		return "", fmt.Errorf("%q in an expression is not known", name)
	}
	return value, nil
}

func eventField(value any, path []string) string {
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// step runs one step, unless an earlier one failed and it does not ask to run then too.
func (r *actionRun) step(s *step) error {
	if r.failed != 0 && !strings.Contains(s.If, "always()") {
		return nil
	}
	if s.If != "" {
		if is, err := expression(s.If, r.lookup); err != nil || is == "" {
			return err
		}
	}
	if s.Uses != "" {
		_, err := fmt.Fprintln(r.ts.Stdout(), "uses:", s.Uses)
		return err
	}
	if strings.Contains(s.Run, "${{") {
		return fmt.Errorf("step %s splices an expression into its script", s.Name)
	}
	env, err := r.environment(s)
	if err != nil {
		return err
	}
	// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", s.Run)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.ts.MkAbs("."), env, r.ts.Stdout(), r.ts.Stderr()
	var ended *exec.ExitError
	if err := cmd.Run(); errors.As(err, &ended) {
		r.failed = cmp.Or(r.failed, ended.ExitCode())
	} else if err != nil {
		return err
	}
	return r.take(s.ID)
}

// environment is what GitHub sets, and what the step asks for.
func (r *actionRun) environment(s *step) ([]string, error) {
	ts := r.ts
	var env []string
	for _, name := range []string{"PATH", "HOME", "SAFEMIG_RELEASES", "GITHUB_API_URL", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	env = append(env,
		"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=octo/shop", "GITHUB_WORKFLOW=ci", "GITHUB_JOB=migrations",
		"GITHUB_ACTION_PATH="+ts.Getenv("ROOT"), "GITHUB_WORKSPACE="+ts.MkAbs("."), "GITHUB_EVENT_PATH="+ts.MkAbs("event.json"),
		"GITHUB_EVENT_NAME="+cmp.Or(ts.Getenv("EVENT_NAME"), "push"), "GITHUB_REF="+cmp.Or(ts.Getenv("REF"), "refs/heads/main"), "GITHUB_SHA="+ts.Getenv("SHA"),
		"GITHUB_OUTPUT="+filepath.Join(r.files, "output"), "GITHUB_STEP_SUMMARY="+ts.MkAbs("summary.md"), "RUNNER_TEMP="+r.files)
	for name, value := range s.Env {
		value, err := interpolated(value, r.lookup)
		if err != nil {
			return nil, err
		}
		env = append(env, name+"="+value)
	}
	return env, nil
}

// take reads the outputs of a step.
func (r *actionRun) take(id string) error {
	text, err := os.ReadFile(filepath.Join(r.files, "output"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	outputs := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok {
			return fmt.Errorf("GITHUB_OUTPUT has the line %q", line)
		}
		outputs[name] = value
	}
	r.outputs[id] = outputs
	return os.Remove(filepath.Join(r.files, "output"))
}

// finish writes the outputs of the action into a file.
func (r *actionRun) finish() error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.action.Outputs)) {
		value, err := interpolated(r.action.Outputs[name].Value, r.lookup)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s=%s\n", name, value)
	}
	return os.WriteFile(r.ts.MkAbs("outputs.txt"), []byte(b.String()), 0o666)
}
