package gate

import (
	"context"
	"fmt"
	"strings"

	"github.com/safemig/safemig/internal/wording"
)

// deployed looks whether somebody has confirmed a requirement and has not taken it back;
// if not, whether what the configuration names says that it is so.
func (c *checker) deployed(ctx context.Context, step int, requirement string) Result {
	if e := c.Plan.Confirmation(requirement); e != nil {
		why := "confirmed on " + day(e.At)
		if e.By != "" {
			why += " by " + e.By
		}
		return found(Passed, why)
	}
	what := strings.TrimPrefix(requirement, "deploy:")
	for _, d := range c.Options.Deploys {
		if strings.Contains(what, d.Match) {
			return c.probe(ctx, d, step, requirement)
		}
	}
	return found(Closed, fmt.Sprintf("nobody has confirmed it; when it is so: safemig status confirm %s --plan %s", wording.ShellWord(requirement), wording.ShellWord(c.Plan.Name)))
}

// probe asks what the configuration names.
func (c *checker) probe(ctx context.Context, d Deploy, step int, requirement string) Result {
	switch {
	case c.DB == nil:
		return found(Unknown, "what gates: deploys: names is asked together with the server: give its --dsn")
	case c.Options.Untrusted != "":
		return found(Unknown, "what gates: deploys: names is not asked: "+c.Options.Untrusted)
	case d.URL != "":
		return ask(ctx, d, c.Options.timeout())
	case len(d.Command) == 0:
		return found(Unknown, "gates: deploys: names neither an address nor a command")
	}
	a := c.runCommand(ctx, d.Command, step, requirement)
	said := ""
	if a.out != "" {
		said = ": " + oneLine(a.out)
	}
	switch {
	case a.err != nil:
		return found(Unknown, oneLine(a.err.Error()))
	case a.status == 0:
		return found(Passed, d.Command[0]+" says so"+said)
	case a.status == 1:
		return found(Closed, d.Command[0]+" says that it is not so"+said)
	}
	return found(Unknown, fmt.Sprintf("%s ended with %d: 0 is yes, 1 is no, all else is unknown%s", d.Command[0], a.status, said))
}
