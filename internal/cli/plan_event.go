package cli

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/ledger"
)

// offlinePlans is for commands that ask no server.
func (p *program) offlinePlans(c *cli.Context) (*planner, error) {
	s, err := p.settings(c)
	if err != nil {
		return nil, err
	}
	pl := &planner{program: p, cli: c, settings: s}
	pl.now, err = p.now()
	return pl, err
}

// event is an entry of a plan's history, of now and of who runs the command.
func (p *planner) event(e ledger.Event) ledger.Event {
	e.At, e.By = ledger.MomentOf(p.now), p.who()
	return e
}

// who runs the command: as git has it, else as the system does.
func (p *planner) who() string {
	ask := func(key string) string {
		out, err := git(p.cli.Context, ".", "config", key)
		if err != nil {
			return "" // git does not know, or there is none
		}
		return strings.TrimSpace(string(out))
	}
	name, mail := ask("user.name"), ask("user.email")
	switch {
	case name != "" && mail != "":
		return name + " <" + mail + ">"
	case name+mail != "":
		return name + mail
	}
	return p.getenv("USER")
}
