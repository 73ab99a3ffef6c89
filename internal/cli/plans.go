package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/gate"
	"github.com/safemig/safemig/internal/layout"
	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
	"github.com/safemig/safemig/internal/nearest"
)

// planner is a command about the plans that are not finished.
type planner struct {
	*program
	cli      *cli.Context
	settings *settings
	now      time.Time
	db       *livedb.DB // nil: no server is asked
}

// openPlans reads the command line of a command about plans, and connects to the
// server where one is named.
func (p *program) openPlans(c *cli.Context) (*planner, error) {
	pl, err := p.offlinePlans(c)
	if err != nil || c.String(flagDSN) == "" && p.getenv(envDSN) == "" {
		return pl, err
	}
	pl.db, err = p.attach(c, flagDSN, envDSN)
	return pl, err
}

// aboutPlan runs a command about the one plan that the command line names.
func (p *program) aboutPlan(c *cli.Context, do func(*planner, *ledger.Manifest) error) (err error) {
	if c.NArg() != 1 {
		return usage(c.Command, "which plan? give its name, as safemig status shows it")
	}
	pl, err := p.openPlans(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pl.close()) }()
	m, err := pl.readable(c.Args().First())
	if err != nil {
		return err
	}
	return do(pl, m)
}

func (p *planner) close() error {
	if p.db == nil {
		return nil
	}
	return p.db.Close()
}

// pendings are the folders in which plans wait.
func (s *settings) pendings() ([]string, error) {
	out := s.beside("pending", func(fix *config.Fix) string { return fix.Pending })
	for _, dir := range s.file.Paths { // where the migrations are the repository's root
		out = append(out, filepath.Join(filepath.FromSlash(dir), "pending"))
	}
	found, err := layout.FoldersCalled(".", "pending")
	if err != nil {
		return nil, err
	}
	var once []string
	for _, dir := range append(out, found...) {
		if dir = filepath.Clean(dir); !slices.Contains(once, dir) {
			once = append(once, dir)
		}
	}
	return once, nil
}

// plans are those that wait, in the order of their names.
func (s *settings) plans() ([]ledger.Found, error) {
	dirs, err := s.pendings()
	if err != nil {
		return nil, err
	}
	above := filepath.Join("..", "pending") // of migrations that are here
	found, err := ledger.Find(append(dirs, above))
	return slices.DeleteFunc(found, func(f ledger.Found) bool {
		return f.Manifest != nil && filepath.Dir(f.Folder) == above && !isHere(f.Manifest)
	}), err
}

// isHere says whether the migration that a plan is made of is below the working directory.
func isHere(m *ledger.Manifest) bool {
	here, err := filepath.Abs(".")
	if err != nil {
		return true
	}
	source, err := filepath.Abs(m.Abs(m.Source))
	return err != nil || strings.HasPrefix(source, here+string(filepath.Separator))
}

// plan is the one that an argument names: by its name, or by its folder.
func (p *planner) plan(name string) (*ledger.Found, error) {
	all, err := p.settings.plans()
	if err != nil {
		return nil, err
	}
	if found, err := waiting(all, name); err != nil || found != nil {
		return found, err
	}
	over, err := p.over()
	if err != nil {
		return nil, err
	}
	if found := named(over, name); len(found) > 0 {
		return one(name, found)
	}
	return nil, p.noPlan(name, all)
}

// waiting is the one of the plans that a name means, or the one in the folder of that
// name; nil where there is none.
func waiting(all []ledger.Found, name string) (*ledger.Found, error) {
	if found := named(all, name); len(found) > 0 {
		return one(name, found)
	}
	folder := filepath.FromSlash(strings.TrimSuffix(name, ledger.FileName))
	if folder == "" {
		folder = "."
	}
	return ledger.In(folder)
}

// over are the plans that were put away.
func (p *planner) over() ([]ledger.Found, error) {
	dirs, err := p.settings.pendings()
	if err != nil {
		return nil, err
	}
	for i := range dirs {
		dirs[i] = filepath.Join(dirs[i], ledger.DoneFolder)
	}
	return ledger.Find(dirs)
}

func named(all []ledger.Found, name string) []ledger.Found {
	return slices.DeleteFunc(slices.Clone(all), func(f ledger.Found) bool { return nameOf(f) != name })
}

// nameOf is what a plan is called: by itself, or where it cannot be read, by its folder.
func nameOf(f ledger.Found) string {
	if f.Manifest == nil {
		return filepath.Base(f.Folder)
	}
	return f.Manifest.Name
}

func one(name string, found []ledger.Found) (*ledger.Found, error) {
	if len(found) == 1 {
		return &found[0], nil
	}
	var dirs []string
	for _, f := range found {
		dirs = append(dirs, filepath.ToSlash(f.Folder))
	}
	return nil, fmt.Errorf("there are %d plans called %s: give the folder of the one that is meant: %s", len(found), name, strings.Join(dirs, ", "))
}

func (p *planner) noPlan(name string, all []ledger.Found) error {
	var known []string
	for _, f := range all {
		known = append(known, nameOf(f))
	}
	if len(known) == 0 {
		return fmt.Errorf("there is no plan %s: no plan waits in %s", name, strings.Join(p.pendingNames(), ", "))
	}
	return fmt.Errorf("there is no plan %s%s; plans are %s", name, nearest.DidYouMean(name, known), strings.Join(known, ", "))
}

// pendingNames are the folders in which plans wait, or where they would.
func (p *planner) pendingNames() []string {
	return existing(p.settings.beside("pending", func(fix *config.Fix) string { return fix.Pending }))
}

// readable is a plan that an argument names, and that can be read.
func (p *planner) readable(name string) (*ledger.Manifest, error) {
	f, err := p.plan(name)
	if err != nil {
		return nil, err
	}
	return read(f)
}

// read is a plan that was found, or what to do where it cannot be read.
func read(f *ledger.Found) (*ledger.Manifest, error) {
	if f.Err != nil {
		return nil, fmt.Errorf("%w\n%s", f.Err, remedyOf(f))
	}
	return f.Manifest, nil
}

// serves says why a plan's server cannot be asked; nil: it can.
func (p *planner) serves(plan *ledger.Plan) error {
	switch {
	case p.db == nil:
		return errors.New("no server is asked: give --" + flagDSN + ", or set " + envDSN)
	case p.db.Dialect == plan.Dialect:
		return nil
	case p.db.Dialect != "postgres" && plan.Dialect != "postgres": // MySQL and MariaDB stand in for each other
		return nil
	}
	return fmt.Errorf("the plan is for %s, and --%s is %s", plan.Dialect, flagDSN, p.db)
}

// check asks what steps of a plan wait for.
func (p *planner) check(m *ledger.Manifest, steps []int) ([]gate.Result, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	options, err := p.gateOptions(p.settings.at(filepath.Dir(homeOf(m))).file)
	if err != nil {
		return nil, err
	}
	env := gate.Env{Plan: m.Plan, Folder: m.Folder(), Now: p.now, Options: options}
	if p.serves(m.Plan) == nil {
		env.DB = p.db
	}
	results, err := gate.Check(p.cli.Context, env, steps)
	if err != nil {
		return nil, fmt.Errorf("the gates of %s: %w", m.Name, err)
	}
	return results, nil
}
