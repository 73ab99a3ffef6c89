package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/safemig/safemig/internal/wording"
)

// What the engines take.
const (
	spiritLeastLag = 10 * time.Second
	spiritMostLag  = time.Hour
	// spiritLeastLock is what spirit gives others before it ends the sessions that
	// are in its way; it does so at nine tenths of its timeout, and cannot be told not to.
	spiritLeastLock = 10 * time.Second

	vitessLeastCutOver, vitessMostCutOver = 5 * time.Second, 30 * time.Second
)

// unnamed stands for the database where neither the statement nor the project names it.
const unnamed = `"$DATABASE"`

// database is the database's name as a word for the shell.
func (s *sight) database() string {
	name := s.alter.table.Schema
	if name == "" {
		name = s.Settings.Database
	}
	if name == "" {
		return unnamed
	}
	return wording.ShellWord(name)
}

// optionFile adds the flag for the file with the user and the password.
func (s *sight) optionFile(c *command, flag string) {
	if s.Settings.OptionFile == "" {
		c.fromShell(flag, "$HOME/.my.cnf")
		return
	}
	c.path(flag, s.Settings.OptionFile)
}

// ghostConfig is the file that gh-ost reads where the project names none.
const ghostConfig = "gh-ost.cnf"

// config is the file with the user and the password that is needed where the
// project names none. gh-ost takes both from the environment.
// https://github.com/github/gh-ost/blob/master/go/base/context.go
func (s *sight) config(n Name) File {
	if s.Settings.OptionFile != "" || n == Vitess || n == PlanetScale {
		return File{}
	}
	if n == GhOst {
		return File{ghostConfig, "[client]\nuser=${MYSQL_USER}\npassword=${MYSQL_PASSWORD}\n"}
	}
	return File{"~/.my.cnf", "[client]\nuser=\npassword=\n"}
}

// threads is a limit for the sessions that run.
func threads(n int64) string { return "Threads_running=" + strconv.FormatInt(n, 10) }

// ghost writes the command of gh-ost.
// https://github.com/github/gh-ost/blob/master/doc/command-line-flags.md
func (s *sight) ghost() (run, try string) {
	set := &s.Settings
	c := command{program: "gh-ost"}
	c.path("conf", cmp.Or(set.OptionFile, ghostConfig))
	c.flag("host", set.host())
	c.flag("port", strconv.Itoa(set.port()))
	c.word("database", s.database())
	c.flag("table", s.alter.table.Name)
	c.flag("alter", s.alter.text())
	c.add("--allow-on-master")
	if s.has(isRDS) || s.has(isAurora) {
		c.add("--assume-rbr")
	}
	if lag, watched := set.maxLag(); watched {
		c.flag("max-lag-millis", strconv.FormatInt(max(100, lag.Milliseconds()), 10))
		if len(set.Replicas) > 0 {
			c.flag("throttle-control-replicas", strings.Join(set.Replicas, ","))
		}
	}
	if n, watched := set.maxSessions(); watched {
		c.flag("max-load", threads(n))
	}
	for _, f := range [][2]string{{"throttle-additional-flag-file", set.File}, {"throttle-query", set.Query}, {"throttle-http", set.HTTP}} {
		if f[1] != "" {
			c.flag(f[0], f[1])
		}
	}
	c.flag("cut-over-lock-timeout-seconds", strconv.FormatInt(whole(set.lockTimeout(), time.Second, 10*time.Second), 10))
	if s.has(renamesByChange) {
		c.add("--approve-renamed-columns")
	}
	if s.has(hasTriggers) {
		c.add("--include-triggers", "--trigger-suffix=_gho", "--remove-trigger-suffix-if-exists")
	}
	if s.has(isMariaDB) || s.has(isMySQL57) {
		// The instrument that its check before the cut-over reads is off there by default.
		c.add("--allow-setup-metadata-lock-instruments")
	}
	c.add("--panic-on-warnings")
	try = c.String()
	c.add("--execute")
	return c.String(), try
}

// ptOsc writes the command of pt-online-schema-change.
// https://docs.percona.com/percona-toolkit/pt-online-schema-change.html
func (s *sight) ptOsc() (run, try string) {
	set := &s.Settings
	c := command{program: "pt-online-schema-change"}
	s.optionFile(&c, "defaults-file")
	c.flag("alter", s.alter.text())
	c.flag("charset", "utf8mb4")
	if lag, watched := set.maxLag(); watched {
		c.flag("max-lag", strconv.FormatInt(whole(lag, time.Second, 24*time.Hour), 10))
	} else {
		c.add("--recursion-method=none")
	}
	n, watched := set.maxSessions()
	if !watched {
		n = 1_000_000 // its own limit is 25, and cannot be taken away
	}
	c.flag("max-load", threads(n))
	c.flag("critical-load", threads(n*loadFactor))
	if share, watched := set.maxFlowControl(); watched && s.has(isGalera) {
		c.flag("max-flow-ctl", strconv.FormatFloat(share*100, 'f', -1, 64))
	}
	if set.File != "" {
		c.flag("pause-file", set.File)
	}
	c.flag("set-vars", fmt.Sprintf("lock_wait_timeout=%d", whole(set.lockTimeout(), time.Second, time.Minute)))
	if s.has(isReferenced) {
		c.add("--alter-foreign-keys-method=rebuild_constraints")
	}
	if s.keepsOld(PtOsc) {
		c.add("--no-drop-old-table")
	}
	dsn := fmt.Sprintf("h=%s,P=%d,D=%s,t=%s", wording.ShellWord(inDSN(set.host())), set.port(), inDSN(s.database()), wording.ShellWord(inDSN(s.alter.table.Name)))
	tried := command{program: c.program, args: append(slices.Clone(c.args), "--dry-run", dsn)}
	c.args = append(c.args, "--execute", dsn)
	return c.String(), tried.String()
}

// keepsOld says whether the old table stays, for a way back. With
// pt-online-schema-change it must not where foreign keys hang on it.
func (s *sight) keepsOld(n Name) bool {
	return n != PtOsc || !s.has(hasForeignKey) && !s.has(isReferenced)
}

// inDSN is a value in the toolkit's DSN, whose parts end at commas.
// https://docs.percona.com/percona-toolkit/pt-online-schema-change.html#dsn-options
func inDSN(text string) string { return strings.ReplaceAll(text, ",", `\,`) }
