package cli

import (
	"path/filepath"
	"strings"

	"github.com/safemig/safemig/internal/config"
	"github.com/safemig/safemig/internal/gate"
)

// envUntrusted is for checks of a stranger's branch: whatever its value, nothing that the
// configuration names is run, asked or connected to.
const envUntrusted = "SAFEMIG_UNTRUSTED"

// gateOptions are what the configuration adds to the checks of a plan. A replica's DSN
// may stand in the environment: it may hold a password.
func (p *program) gateOptions(c *config.Config) (gate.Options, error) {
	g := &c.Gates
	out := gate.Options{Timeout: g.Timeout, Quiet: g.Quiet, MaxLag: g.MaxLag}
	if c.File != "" {
		out.Dir = filepath.Dir(c.File)
	}
	if p.getenv(envUntrusted) != "" {
		out.Untrusted = envUntrusted + " says that the repository may be a stranger's"
	}
	for _, dsn := range g.Replicas {
		if strings.HasPrefix(dsn, "$") && out.Untrusted == "" {
			var err error
			if dsn, err = p.dsnAt(dsn, c.Place("gates")+": gates: replicas"); err != nil {
				return out, err
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
