package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/layout"
)

// auto is the default branch, as the flag of the merge base has it.
const auto = "auto"

func newFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagNewFromRev, Usage: "judge files only that are new or changed since the git commit `REV`"},
		&cli.StringFlag{Name: flagNewFromMergeBase, Usage: "the same since this branch left `BRANCH`; auto stands for the default branch"},
		&cli.BoolFlag{Name: flagStaged, DisableDefaultText: true, Usage: "judge what is staged for the next commit, as it is staged"},
	}
}

// sinceFlag is the one of these flags that is given, or "".
func (s *settings) sinceFlag() (string, error) {
	c, given := s.cli, ""
	for _, flag := range []string{flagNewFromRev, flagNewFromMergeBase, flagStaged} {
		switch {
		case !c.IsSet(flag) || flag == flagStaged && !c.Bool(flag):
			continue
		case given != "":
			return "", usage(c.Command, "--%s and --%s both say what is new: give one of them", given, flag)
		case flag != flagStaged && c.String(flag) == "":
			return "", usage(c.Command, "--%s needs a commit", flag)
		}
		given = flag
	}
	switch {
	case given == "":
		return "", nil
	case slices.Contains(s.paths(), "-"):
		return "", usage(c.Command, "--%s is about files in git, not about what is on stdin: leave it out", given)
	case c.Bool(flagWriteBaseline):
		return "", usage(c.Command, "--%s is for all findings, --%s for new ones: give one of them", flagWriteBaseline, given)
	}
	return given, nil
}

// since is what has happened to a migration directory since a commit. Paths are below
// the directory, with slashes.
type since struct {
	dir, name, commit string
	staged            bool
	was               map[string]string // the blobs that the commit has
	changed           map[string]bool
	gone              []goneFile
	parts             map[string]*formerParts // of files that have several migrations
}

// goneFile is a file that the commit has, and under which name its text is now.
type goneFile struct{ path, to string }

// sinceOf asks git about a migration directory.
func (s *settings) sinceOf(ctx context.Context, flag, dir string) (*since, error) {
	d := &since{dir: filepath.FromSlash(dir), staged: flag == flagStaged, was: map[string]string{}, changed: map[string]bool{}, parts: map[string]*formerParts{}}
	if err := d.find(ctx, flag, s.cli.String(flag)); err != nil {
		return nil, gitHelp(flag, dir, err)
	}
	if err := d.read(ctx); err != nil {
		return nil, gitHelp(flag, dir, err)
	}
	return d, nil
}

// gitHelp says what a flag needs that git does not give.
func gitHelp(flag, dir string, err error) error {
	var failed *gitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("--%s asks git, and there is no git on this machine: install it, or leave the flag out", flag)
	case errors.As(err, &failed) && failed.noRepository():
		return fmt.Errorf("--%s: %s is in no git repository, so nobody knows what is new: leave the flag out, and name the files", flag, dir)
	}
	return fmt.Errorf("--%s: %s: %w", flag, dir, err)
}

// find finds the commit.
func (d *since) find(ctx context.Context, flag, asked string) error {
	if _, err := git(ctx, d.dir, "rev-parse", "--git-dir"); err != nil {
		return err
	}
	switch flag {
	case flagStaged:
		return d.findHead(ctx)
	case flagNewFromRev:
		if !isRevision(ctx, d.dir, asked) {
			return fmt.Errorf("%s is no commit that git knows here%s", asked, shallowHint(ctx, d.dir))
		}
		d.name, d.commit = asked, asked
		return nil
	}
	candidates := []string{asked, "origin/" + asked}
	if asked == auto {
		candidates = defaultBranches()
	}
	i := slices.IndexFunc(candidates, func(name string) bool { return isRevision(ctx, d.dir, name) })
	if i < 0 {
		return fmt.Errorf("git knows none of %s here: fetch the branch, or name another one%s", strings.Join(candidates, ", "), shallowHint(ctx, d.dir))
	}
	var err error
	d.name = candidates[i]
	d.commit, err = mergeBase(ctx, d.dir, d.name)
	return err
}

// findHead is the commit that the next one comes after; before the first one there
// are no files.
func (d *since) findHead(ctx context.Context) error {
	d.name, d.commit = "HEAD", "HEAD"
	if isRevision(ctx, d.dir, "HEAD") {
		return nil
	}
	empty, err := git(ctx, d.dir, "hash-object", "-t", "tree", "/dev/null")
	d.commit = strings.TrimSpace(string(empty))
	return err
}

// read reads what the commit has below the directory, and what is different now.
func (d *since) read(ctx context.Context) error {
	list, err := git(ctx, d.dir, "ls-tree", "-r", "-z", d.commit)
	if err != nil {
		return err
	}
	for _, line := range gitNames(list) { // 100644 blob 8ac2f..<TAB>path
		if about, path, ok := strings.Cut(line, "\t"); ok {
			if words := strings.Fields(about); len(words) == 3 && words[1] == "blob" {
				d.was[path] = words[2]
			}
		}
	}
	args := []string{"diff", "--name-status", "-z", "-M", "--relative", "--no-ext-diff", "--ignore-submodules"}
	if d.staged {
		args = append(args, "--cached")
	}
	out, err := gitWith(ctx, d.dir, d.env(ctx), append(args, d.commit, "--", ".")...)
	if err != nil {
		return err
	}
	return d.take(gitNames(out))
}

func (d *since) env(ctx context.Context) []string {
	if !d.staged {
		return nil
	}
	return hookIndex(ctx, d.dir)
}

// take reads the pairs and triples of git diff --name-status -z.
func (d *since) take(words []string) error {
	for len(words) > 0 {
		status, names := words[0], 1
		if strings.HasPrefix(status, "R") || strings.HasPrefix(status, "C") {
			names = 2
		}
		if len(words) < 1+names {
			return fmt.Errorf("git diff ends after %q", status)
		}
		paths := words[1 : 1+names]
		switch status[0] {
		case 'D':
			if !d.staged && isThere(filepath.Join(d.dir, filepath.FromSlash(paths[0]))) {
				d.changed[paths[0]] = true // git was told to forget it, and it is there all the same
				break
			}
			d.gone = append(d.gone, goneFile{path: paths[0]})
		case 'R':
			d.gone = append(d.gone, goneFile{paths[0], paths[1]})
		case 'A', 'C':
		case 'U':
			return fmt.Errorf("%s has a merge conflict: resolve it, and git add it", paths[0])
		default: // M, T
			d.changed[paths[0]] = true
		}
		words = words[1+names:]
	}
	return nil
}

// text is what the commit has of a file.
func (d *since) text(ctx context.Context, rel string) ([]byte, error) {
	return git(ctx, d.dir, "cat-file", "blob", d.was[rel])
}

// isNews says whether a part of a file is to be judged, and notes in its script what it was.
func (d *since) isNews(ctx context.Context, g *group, f *layout.File) (bool, error) {
	rel, err := gitPath(d.dir, f.Script.Path)
	if err != nil {
		return false, err
	}
	switch {
	case d.was[rel] == "":
		return true, nil
	case !d.changed[rel]:
		return false, nil
	}
	return d.compare(ctx, g, f, rel)
}

// askGit asks git what is new in each directory, where that was asked for.
func (l *linter) askGit(ctx context.Context, w *work) error {
	if l.newFrom == "" {
		return nil
	}
	l.since = map[*group]*since{}
	for _, g := range w.groups {
		d, err := w.sinceOf(ctx, l.newFrom, g.Dir)
		if err != nil {
			return err
		}
		l.since[g] = d
		w.notef("%s: new is what is not on %s (%s)", g.Dir, d.name, d.commit)
	}
	return nil
}

// isNews says whether a file is to be judged.
func (l *linter) isNews(ctx context.Context, g *group, f *layout.File) (bool, error) {
	d := l.since[g]
	if !f.Judge || d == nil {
		return f.Judge, nil
	}
	return d.isNews(ctx, g, f)
}
