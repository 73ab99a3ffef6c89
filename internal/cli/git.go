package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// defaultBranches are the names that the default branch may have, the surest first.
func defaultBranches() []string {
	return []string{"origin/HEAD", "origin/main", "origin/master", "main", "master"}
}

func isRevision(ctx context.Context, dir, name string) bool {
	_, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	return err == nil
}

// mergeBase is the commit that HEAD and a branch have in common.
func mergeBase(ctx context.Context, dir, name string) (string, error) {
	commit, err := git(ctx, dir, "merge-base", "HEAD", name)
	if err != nil {
		var failed *gitError
		if errors.As(err, &failed) && failed.stderr == "" {
			err = errors.New("HEAD and " + name + " have no commit in common that is here") // git says nothing
		}
		return "", fmt.Errorf("%w%s", err, shallowHint(ctx, dir))
	}
	return string(bytes.TrimSpace(commit)), nil
}

// shallowHint is what to do where the history is not all there.
func shallowHint(ctx context.Context, dir string) string {
	out, err := git(ctx, dir, "rev-parse", "--is-shallow-repository")
	if err != nil || string(bytes.TrimSpace(out)) != "true" {
		return ""
	}
	return ": the clone is shallow; fetch its history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0; else git fetch --unshallow)"
}

// gitNames are the names that git writes with -z.
func gitNames(out []byte) []string {
	text := strings.TrimSuffix(string(out), "\x00")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\x00")
}

// gitPath is a file's path below a directory, as git has it.
func gitPath(dir, path string) (string, error) {
	rel, err := filepath.Rel(dir, filepath.FromSlash(path))
	if err != nil {
		return "", fmt.Errorf("looking for %s in git: %w", path, err)
	}
	return filepath.ToSlash(rel), nil
}

// gitError is git's own complaint.
type gitError struct {
	args   []string
	stderr string
	err    error
}

func (e *gitError) Error() string {
	text := strings.TrimSpace(e.stderr)
	if text == "" {
		text = e.err.Error()
	}
	return "git " + e.args[0] + ": " + text
}

func (e *gitError) Unwrap() error { return e.err }

func (e *gitError) noRepository() bool {
	return errors.Is(e.err, exec.ErrNotFound) || strings.Contains(e.stderr, "not a git repository")
}

// git runs the user's own git in a directory. A hook's environment would make it
// look at another place.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	return gitWith(ctx, dir, nil, args...)
}

func gitWith(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	for _, pair := range os.Environ() {
		switch name, _, _ := strings.Cut(pair, "="); name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "LC_ALL":
		default:
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(append(cmd.Env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, &gitError{args: args, stderr: stderr.String(), err: err}
	}
	return stdout.Bytes(), nil
}
