package layout

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Load finds the migrations that the paths stand for, and reads them in the
// order in which their tools run them. Files that come before those asked for
// are read too, so that what they made is known; those behind are not.
func Load(ctx context.Context, paths []string, opt Options) (Set, error) {
	if opt.MaxBytes == 0 {
		opt.MaxBytes = defaultMaxBytes
	}
	plan := planner{down: opt.Down}
	if opt.Layout != "" {
		if _, err := Named(opt.Layout); err != nil {
			return Set{}, err
		}
	}
	homes, problems, err := discover(paths, opt)
	if err != nil {
		return Set{}, err
	}
	plan.set.Problems = problems
	for _, h := range homes {
		if plan.forced, err = opt.forced(h.dir.Path); err != nil {
			return Set{}, err
		}
		plan.version = ""
		if opt.VersionIn != nil {
			plan.version = opt.VersionIn(h.dir.Path)
		}
		plan.home(h)
	}
	if err := run(ctx, plan.work, opt.MaxBytes); err != nil {
		return Set{}, err
	}
	return plan.take(), nil
}

// forced is the layout that is asked for in a directory; nil where none is.
func (o Options) forced(dir string) (*Layout, error) {
	name := o.Layout
	if o.LayoutIn != nil {
		name = o.LayoutIn(dir)
	}
	if name == "" {
		return nil, nil
	}
	l, err := Named(name)
	if err != nil {
		return nil, err
	}
	return &l, nil
}

// discover sorts the files that the paths stand for into migration directories.
func discover(paths []string, opt Options) ([]*home, []Problem, error) {
	t, err := newTree()
	if err != nil {
		return nil, nil, err
	}
	p := newPicker(t)
	p.open, p.loaded = opt.Open, opt.Loaded
	t.open, t.hides = opt.Open, opt.Hides
	if err := p.all(paths, opt); err != nil {
		return nil, nil, err
	}
	homes := p.homes()
	return homes, p.problems, nil
}

// all adds every path, or the usual directories when there is none.
func (p *picker) all(paths []string, opt Options) error {
	if len(paths) == 0 {
		return p.wellKnown()
	}
	for _, name := range paths {
		if name != "-" {
			p.path(name)
			continue
		}
		if err := p.stdin(opt); err != nil {
			return err
		}
	}
	return nil
}

// stdin adds the text of the standard input under the name it stands for.
func (p *picker) stdin(opt Options) error {
	if opt.Stdin == nil {
		return errors.New(`the path "-" needs a standard input`)
	}
	text, err := readAll(opt.Stdin, 0, opt.MaxBytes)
	if err != nil {
		return fmt.Errorf("reading the standard input: %w", err)
	}
	pk := pick{abs: filepath.Join(p.tree.cwd, stdinName), named: true, text: text, read: true}
	if opt.StdinName != "" {
		pk.abs, pk.absolute = p.abs(opt.StdinName), filepath.IsAbs(opt.StdinName)
	} else {
		pk.alone = true
	}
	if i, ok := p.seen[pk.abs]; ok {
		p.picks[i] = pk
		return nil
	}
	p.add(pk)
	return nil
}

// stdinName is what reports call a standard input that stands for no file.
const stdinName = "stdin"
