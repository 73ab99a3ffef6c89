package engine

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/wording"
)

// spirit writes the command of spirit.
// https://github.com/block/spirit/blob/main/docs/migrate.md
func (s *sight) spirit() string {
	set := &s.Settings
	c := command{program: "spirit migrate"}
	s.optionFile(&c, "conf")
	c.flag("host", set.host()+":"+strconv.Itoa(set.port()))
	c.word("database", s.database())
	c.flag("statement", s.alter.statement())
	if s.watchesReplicas() {
		lag, _ := set.maxLag()
		c.fromShell("replica-dsn", "$SPIRIT_REPLICA_DSN")
		c.flag("replica-max-lag", seconds(lag, spiritLeastLag, spiritMostLag))
	}
	c.flag("lock-wait-timeout", seconds(set.lockTimeout(), spiritLeastLock, time.Minute))
	c.add("--skip-drop-after-cutover")
	return c.String()
}

// watchesReplicas says whether there are replicas whose lag counts.
func (s *sight) watchesReplicas() bool {
	_, watched := s.Settings.maxLag()
	return watched && len(s.Settings.Replicas) > 0
}

// seconds is a time as Go programs read it.
func seconds(d, least, most time.Duration) string {
	return strconv.FormatInt(whole(d, least, most), 10) + "s"
}

// vitess writes the command for Vitess. The limit for lag is that of the keyspace's
// throttler, which is set where the project has one of its own.
// https://vitess.io/docs/reference/features/tablet-throttler/
func (s *sight) vitess() string {
	var out []string
	if s.Settings.MaxLag > 0 {
		c := s.vtctld("UpdateThrottlerConfig")
		c.add("--enable")
		c.flag("threshold", strconv.FormatFloat(s.Settings.MaxLag.Seconds(), 'f', -1, 64))
		c.args = append(c.args, s.database())
		out = append(out, c.String())
	}
	strategy := "vitess --singleton-table --cut-over-threshold=" + seconds(s.Settings.lockTimeout(), vitessLeastCutOver, vitessMostCutOver)
	if s.has(changesPartitions) {
		strategy += " --fast-range-rotation"
	}
	c := s.vtctld("ApplySchema")
	c.flag("ddl-strategy", strategy)
	c.flag("sql", s.alter.statement())
	c.args = append(c.args, s.database())
	return strings.Join(append(out, c.String()), "\n")
}

func (s *sight) vtctld(verb string) command {
	c := command{program: "vtctldclient " + verb}
	if s.Settings.Host == "" {
		c.fromShell("server", "$VTCTLD_SERVER")
		return c
	}
	port := s.Settings.Port
	if port == 0 {
		port = 15999
	}
	c.flag("server", fmt.Sprintf("%s:%d", s.Settings.Host, port))
	return c
}

// planetScale writes the commands for a branch and a deploy request.
// https://planetscale.com/docs/cli/deploy-request
func (s *sight) planetScale() string {
	database, branch := s.database(), wording.ShellWord("safemig-"+branchName(s.alter.table.Name))
	return fmt.Sprintf("pscale branch create %s %s --from %s --wait\nprintf '%%s\\n' %s |\n  pscale shell %[1]s %[2]s\npscale deploy-request create %[1]s %[2]s",
		database, branch, wording.ShellWord(s.Settings.branch()), wording.ShellWord(s.alter.statement()+";"))
}

// branchName is what of a table's name may stand in a branch's.
func branchName(table string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, table), "-")
}

// unwatched says what of the project's limits an engine does not know, and what it
// leaves behind.
func (s *sight) unwatched(n Name) []string {
	set, table := &s.Settings, s.alter.table.Name
	lag, _ := set.maxLag()
	named := s.watchesReplicas()
	var out []string
	if s.database() == unnamed {
		out = append(out, "DATABASE is the name of the table's database")
	}
	switch n {
	case GhOst:
		out = append(out, fmt.Sprintf("the old table stays as _%s_del; drop it when nobody wants it back, and before gh-ost changes the table again", table))
		if set.HTTP != "" {
			out = append(out, "it asks with HEAD, and goes on at status 200 alone: "+set.HTTP)
		}
	case PtOsc:
		if named {
			out = append(out, "it finds the replicas by itself, those of which the server knows; see that it names "+strings.Join(set.Replicas, ", "))
		}
		out = append(out, s.notAsked(n)...)
		if s.keepsOld(n) {
			out = append(out, fmt.Sprintf("the old table stays as _%s_old; drop it when nobody wants it back", table))
		}
	case Spirit:
		if named {
			out = append(out, fmt.Sprintf("SPIRIT_REPLICA_DSN has the replicas, user:password@tcp(host:port)/%s, joined by commas: %s", s.database(), strings.Join(set.Replicas, ", ")))
		}
		out = append(out, "it does not watch Threads_running", "it ends sessions that keep it from its lock")
		out = append(out, s.notAsked(n)...)
		out = append(out, fmt.Sprintf("the old table stays, its name begins with _%s_old; drop it when nobody wants it back", table))
	case Vitess:
		out = append(out, "it returns at once: SHOW VITESS_MIGRATIONS tells how far it is")
	case PlanetScale:
		out = append(out, fmt.Sprintf("deploy it when it has been looked at: pscale deploy-request deploy %s NUMBER", s.database()))
		if set.MaxLag > 0 {
			out = append(out, "PlanetScale has limits of its own for lag and load; "+lag.String()+" is not among them")
		}
	}
	return out
}

// notAsked names the signals of the project that an engine cannot ask.
func (s *sight) notAsked(n Name) []string {
	var what []string
	for _, f := range []struct{ name, value string }{{"file", s.Settings.File}, {"query", s.Settings.Query}, {"address", s.Settings.HTTP}} {
		if f.value != "" && (f.name != "file" || n != PtOsc) {
			what = append(what, f.name)
		}
	}
	if len(what) == 0 {
		return nil
	}
	return []string{"it does not ask the project's " + strings.Join(what, ", its ") + " whether to go on"}
}
