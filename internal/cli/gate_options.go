package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/gate"
)

// gateOptions are what the configuration adds to the checks of a plan. A replica's DSN
// may stand in the environment: it may hold a password.
func (p *program) gateOptions(c *config.Config) (gate.Options, error) {
	g := &c.Gates
	out := gate.Options{Timeout: g.Timeout, Quiet: g.Quiet, MaxLag: g.MaxLag}
	if c.File != "" {
		out.Dir = filepath.Dir(c.File)
	}
	for _, dsn := range g.Replicas {
		if name, is := strings.CutPrefix(dsn, "$"); is {
			if dsn = p.getenv(name); dsn == "" {
				return out, fmt.Errorf("%s: gates: replicas names $%s, which the environment does not set", c.Place("gates"), name)
			}
		}
		out.Replicas = append(out.Replicas, dsn)
	}
	for _, d := range g.Deploys {
		out.Deploys = append(out.Deploys, gate.Deploy(d))
	}
	if g.Backup != nil {
		out.Backup = &gate.Backup{Command: g.Backup.Command, NewerThan: g.Backup.NewerThan}
	}
	for _, a := range g.Accept {
		out.Accept = append(out.Accept, gate.Acceptance(a))
	}
	return out, nil
}
