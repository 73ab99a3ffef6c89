package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/safemig/safemig/dialect/change"
)

// base is what a migration directory held where somebody may have run it.
type base struct {
	git    bool
	name   string // "origin/main"
	commit string
	files  map[string]bool // below the directory, with slashes
	err    error
}

// applied is why a migration must be left as it is, or "".
func (f *fixer) applied(ctx context.Context, w *work, g *group, s *change.Script) (string, error) {
	c := f.settings.cli
	if c.Bool(flagIncludeApplied) || f.anyway || f.isStdin(s.Path) {
		return "", nil
	}
	b, err := f.base(ctx, w, g)
	if err != nil {
		return "", err
	}
	if !b.git {
		if f.named(s.Path) {
			return "", nil
		}
		return fmt.Sprintf("outside of a git repository nobody knows which migrations have been run: name the new file itself, or give --%s", flagIncludeApplied), nil
	}
	rel, err := gitPath(filepath.FromSlash(g.Dir), s.Path)
	if err != nil {
		return "", err
	}
	had := b.files[rel]
	if had {
		if had, err = b.had(ctx, g, s, rel); err != nil {
			return "", err
		}
	}
	if had {
		return fmt.Sprintf("somebody may have run it: it is on %s already; --%s rewrites it all the same", b.name, flagIncludeApplied), nil
	}
	return "", nil
}

// had says whether a file of the base has the migration: one file may hold several.
func (b *base) had(ctx context.Context, g *group, s *change.Script, rel string) (bool, error) {
	if g.Had(nil, s) {
		return true, nil
	}
	text, err := git(ctx, filepath.FromSlash(g.Dir), "show", b.commit+":./"+rel)
	if err != nil {
		return false, err
	}
	return g.Had(text, s), nil
}

// isStdin says whether the text came from stdin: who gives it wants it planned.
func (f *fixer) isStdin(path string) bool {
	for _, p := range f.settings.paths() {
		if p == "-" {
			name := f.settings.cli.String(flagStdinFilename)
			return name == "" && path == "stdin" || samePath(name, path)
		}
	}
	return false
}

// named says whether the file was named itself, and not a directory that holds it.
func (f *fixer) named(path string) bool {
	for _, p := range f.settings.paths() {
		if samePath(p, path) {
			return true
		}
	}
	return false
}

func samePath(a, b string) bool {
	a, errA := filepath.Abs(filepath.FromSlash(a))
	b, errB := filepath.Abs(filepath.FromSlash(b))
	return errA == nil && errB == nil && a == b
}

// base asks git once for each directory.
func (f *fixer) base(ctx context.Context, w *work, g *group) (*base, error) {
	b := f.bases[g.Dir]
	if b == nil {
		var err error
		if b, err = readBase(ctx, filepath.FromSlash(g.Dir), f.settings.cli.String(flagBase)); err != nil {
			b = &base{err: err}
		}
		f.bases[g.Dir] = b
		if b.git {
			w.notef("%s: new is what is not on %s", g.Dir, b.name)
		}
	}
	return b, b.err
}

func readBase(ctx context.Context, dir, asked string) (*base, error) {
	if _, err := git(ctx, dir, "rev-parse", "--git-dir"); err != nil {
		var outside *gitError
		if errors.As(err, &outside) && outside.noRepository() && asked == "" {
			return &base{}, nil
		}
		return nil, err
	}
	b := &base{git: true, name: "HEAD", files: map[string]bool{}}
	if !isRevision(ctx, dir, "HEAD") && asked == "" {
		return b, nil // nothing is committed yet
	}
	commit, err := b.find(ctx, dir, asked)
	if err != nil {
		return nil, err
	}
	b.commit = commit
	list, err := git(ctx, dir, "ls-tree", "-r", "-z", "--name-only", commit)
	if err != nil {
		return nil, err
	}
	for _, name := range gitNames(list) {
		b.files[name] = true
	}
	return b, nil
}

// find is the commit that this branch has in common with the default branch, or
// with what was asked for.
func (b *base) find(ctx context.Context, dir, asked string) (string, error) {
	candidates := defaultBranches()
	if asked != "" {
		if !isRevision(ctx, dir, asked) {
			return "", fmt.Errorf("--%s %s is no commit that git knows", flagBase, asked)
		}
		candidates = []string{asked}
	}
	for _, name := range candidates {
		if !isRevision(ctx, dir, name) {
			continue
		}
		b.name = name
		commit, err := mergeBase(ctx, dir, name)
		if err != nil {
			return "", fmt.Errorf("%w; or give --%s", err, flagBase)
		}
		return commit, nil
	}
	return "HEAD", nil // what is not committed is new
}
