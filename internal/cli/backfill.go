package cli

import (
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/backfill"
	"github.com/safemig/safemig/internal/throttle"
)

// The names of the flags of backfill.
const (
	flagWorkers       = "workers"
	flagChunkTime     = "chunk-time"
	flagMaxRows       = "max-rows"
	flagMinRows       = "min-rows"
	flagMaxShare      = "max-share"
	flagNiceRatio     = "nice-ratio"
	flagUnthrottled   = "unthrottled"
	flagVacuumEvery   = "vacuum-every"
	flagLockTimeout   = "lock-timeout"
	flagRetries       = "retries"
	flagSkipBadRows   = "skip-bad-rows"
	flagSameTable     = "same-table"
	flagMaxRate       = "max-rows-per-second"
	flagWindow        = "window"
	flagMaxLag        = "max-lag"
	flagReplica       = "replica"
	flagThrottleQuery = "throttle-query"
	flagThrottleFile  = "throttle-file"
	flagThrottleHTTP  = "throttle-http"
	flagMaxThrottle   = "max-throttle-time"
	flagLimit         = "limit"
	flagIgnoreReplica = "ignore-replica"
	flagHeartbeat     = "heartbeat"
	flagAccept        = "accept"
	flagDryRun        = "dry-run"
	flagRestart       = "restart"
	flagNoVerify      = "no-verify"
	flagLogFormat     = "log-format"
	flagMetricsFile   = "metrics-file"
	flagMetricsAddr   = "metrics-addr"
	flagLong          = "long"
	flagRepair        = "repair"
)

// envDSN is for a DSN with a password, which a command line would show to everybody.
const envDSN = "SAFEMIG_DSN"

const jobIs = "JOB is the file of a job, or its name: NAME.sql in backfills/, beside the migrations or where the configuration says.\n"

func (p *program) backfillCommand() *cli.Command {
	return command(&cli.Command{
		Name:  "backfill",
		Usage: "change the rows of a live database in batches",
		Description: "A job is one UPDATE, DELETE or INSERT .. SELECT. It runs along a key, each batch a short transaction that carries its own checkpoint:\n" +
			"whatever ends it, the next run goes on where the last batch was committed, on any machine.\n" + jobIs +
			"Exit status: 0 done, 1 rows are owed, 2 it could not be done or was interrupted, 3 a guard stopped it.",
		Subcommands: []*cli.Command{
			p.backfillRunCommand(),
			p.backfillAsk("status", "say how a job stands", []cli.Flag{
				&cli.BoolFlag{Name: flagLong, Aliases: []string{"l"}, DisableDefaultText: true, Usage: "show the ranges of the key too"}, formatFlag(),
			}, p.backfillStatus),
			p.backfillAsk("list", "list the jobs of a database", []cli.Flag{formatFlag()}, p.backfillList),
			p.backfillAsk("pause", "let a job wait from its next batch on", nil, p.backfillPause),
			p.backfillAsk("resume", "let a paused job go on", nil, p.backfillResume),
			p.backfillAsk("cancel", "give a job up; what it has changed stays so", nil, p.backfillCancel),
			p.backfillVerifyCommand(),
			p.backfillCompareCommand(),
		},
	})
}

// backfillAsk is a command about jobs that others may be running.
func (p *program) backfillAsk(name, usage string, flags []cli.Flag, action cli.ActionFunc) *cli.Command {
	c := command(&cli.Command{Name: name, HelpName: "safemig backfill " + name, Usage: usage, ArgsUsage: "JOB", Description: jobIs, Flags: append(flags, serverFlags()...), Action: action})
	if name == "list" {
		c.ArgsUsage, c.Description = " ", ""
	}
	return c
}

func formatFlag() cli.Flag {
	return &cli.StringFlag{Name: flagFormat, Value: "text", Usage: "`FORMAT` on stdout: " + strings.Join(statusFormats(), ", ")}
}

func serverFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of the server, else " + envDSN + " of the environment"}, configFlag(),
	}
}

func (p *program) backfillRunCommand() *cli.Command {
	return command(&cli.Command{
		Name: "run", HelpName: "safemig backfill run", ArgsUsage: "JOB",
		Usage: "begin a job, or go on where it was left",
		Description: jobIs + "Ctrl-C ends the batches that run and says how to go on; a second one aborts them, and the server rolls them back.\n" +
			"The DSN is a URL (postgres://, mysql://, mariadb://), or user:password@tcp(host:3306)/name for MySQL and MariaDB.\n" +
			"Exit status: 0 done, 1 done but rows are owed, 2 it could not be done or was interrupted, 3 a guard stopped it: it was throttled for too long, or a concern was not accepted.",
		Flags:  append(append(append(serverFlags(), batchFlags()...), throttleFlags()...), logFlags()...),
		Action: p.backfillRun,
	})
}

func batchFlags() []cli.Flag {
	o := backfill.DefaultOptions()
	return []cli.Flag{
		&cli.BoolFlag{Name: flagDryRun, DisableDefaultText: true, Usage: "show the plan, the first statements and what is known of the cost; touch nothing"},
		&cli.StringSliceFlag{Name: flagAccept, Usage: "go on in spite of the concern `ID`; repeatable"},
		&cli.BoolFlag{Name: flagRestart, DisableDefaultText: true, Usage: "begin a job anew that is done or was cancelled"},
		&cli.IntFlag{Name: flagWorkers, Value: o.Workers, Usage: "`NUMBER` of batches that run at once"},
		&cli.DurationFlag{Name: flagChunkTime, Value: o.ChunkTime, Usage: "`TIME` that a batch should take; its size follows"},
		&cli.Int64Flag{Name: flagMinRows, Value: o.MinRows, Usage: "least `ROWS` of a batch"},
		&cli.Int64Flag{Name: flagMaxRows, Value: o.MaxRows, Usage: "most `ROWS` of a batch"},
		&cli.Float64Flag{Name: flagMaxShare, Value: 100 * o.MaxShare, Usage: "most `PERCENT` of the table's rows in a batch: writers of these wait for its end"},
		&cli.Float64Flag{Name: flagNiceRatio, Value: o.NiceRatio, Usage: "rest after each batch for `TIMES` as long as it took"},
		&cli.BoolFlag{Name: flagUnthrottled, DisableDefaultText: true, Usage: "work as fast as the server can: no rests, and batches as large as --" + flagChunkTime + " lets them be; others will notice"},
		&cli.Int64Flag{Name: flagVacuumEvery, Usage: "VACUUM between batches, each time that `ROWS` were changed (PostgreSQL)", DefaultText: "leave it to autovacuum"},
		&cli.DurationFlag{Name: flagLockTimeout, Value: o.LockTimeout, Usage: "`TIME` that a batch waits for a row that others have locked"},
		&cli.IntFlag{Name: flagRetries, Value: o.Retries, Usage: "`NUMBER` of tries of one batch before the job stops"},
		&cli.BoolFlag{Name: flagSkipBadRows, DisableDefaultText: true, Usage: "pass over rows that cannot take their new value, and note them in safemig.backfill_errors"},
		&cli.BoolFlag{Name: flagSameTable, DisableDefaultText: true, Usage: "go on though the table looks as if it was made anew, as an ALTER TABLE that rebuilds it does in MySQL"},
		&cli.BoolFlag{Name: flagNoVerify, DisableDefaultText: true, Usage: "do not look at the end whether rows are owed"},
	}
}

func throttleFlags() []cli.Flag {
	return []cli.Flag{
		&cli.Int64Flag{Name: flagMaxRate, Usage: "change no more `ROWS` per second", DefaultText: "no limit"},
		&cli.StringSliceFlag{Name: flagWindow, Usage: "run only within `WINDOW`, such as 01:00-05:00 Europe/Berlin or Mon-Fri 22:00-06:00; repeatable"},
		&cli.DurationFlag{Name: flagMaxLag, Usage: "wait while a replica is further behind than `TIME`", DefaultText: "5s"},
		&cli.StringSliceFlag{Name: flagReplica, Usage: "`DSN` of a replica whose lag counts; repeatable"},
		&cli.StringSliceFlag{Name: flagIgnoreReplica, Usage: "do not wait for the streaming replica `NAME`, by its application_name or host (PostgreSQL); repeatable"},
		&cli.BoolFlag{Name: flagHeartbeat, DisableDefaultText: true, Usage: "measure the lag of each --" + flagReplica + " by a row that is written each second, instead of its own word"},
		&cli.StringSliceFlag{Name: flagLimit, Usage: "hold at another limit, `NAME=VALUE`, or do not watch it, NAME=off; NAME is " + strings.Join(throttle.LimitNames(), ", ") + "; repeatable"},
		&cli.StringFlag{Name: flagThrottleQuery, Usage: "wait while `SQL` gives true, a number but 0, a text or nothing"},
		&cli.StringFlag{Name: flagThrottleFile, Usage: "wait while `FILE` exists"},
		&cli.StringFlag{Name: flagThrottleHTTP, Usage: "wait while a GET of `URL` gives anything but a 2xx"},
		&cli.DurationFlag{Name: flagMaxThrottle, Usage: "stop, with exit status 3, when a brake holds for longer than `TIME`", DefaultText: "wait for ever"},
	}
}

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagLogFormat, Value: "text", Usage: "`FORMAT` of the progress on stderr: " + strings.Join(logFormats(), ", ")},
		&cli.StringFlag{Name: flagMetricsFile, Usage: "write metrics for Prometheus' textfile collector to `FILE`"},
		&cli.StringFlag{Name: flagMetricsAddr, Usage: "serve metrics for Prometheus at http://`ADDRESS`/metrics, such as 127.0.0.1:9187"},
	}
}

func logFormats() []string { return []string{"text", "json"} }

// options are how the job runs.
func backfillOptions(c *cli.Context) (backfill.Options, error) {
	o := backfill.DefaultOptions()
	if c.Bool(flagUnthrottled) {
		o = o.Unthrottled()
	}
	o.Workers, o.Retries = c.Int(flagWorkers), c.Int(flagRetries)
	o.ChunkTime, o.LockTimeout = c.Duration(flagChunkTime), c.Duration(flagLockTimeout)
	batchLimits(c, &o)
	o.VacuumEvery = c.Int64(flagVacuumEvery)
	o.SkipBadRows, o.Restart, o.SameTable = c.Bool(flagSkipBadRows), c.Bool(flagRestart), c.Bool(flagSameTable)
	// A batch that takes far longer than it should is given up and made smaller.
	o.StatementTimeout = max(o.StatementTimeout, 10*o.ChunkTime)
	return o, checkOptions(c, &o)
}

// batchLimits are those that were given: they count beside --unthrottled, too.
func batchLimits(c *cli.Context, o *backfill.Options) {
	if c.IsSet(flagMaxShare) {
		o.MaxShare = c.Float64(flagMaxShare) / 100
	}
	if c.IsSet(flagNiceRatio) {
		o.NiceRatio = c.Float64(flagNiceRatio)
	}
	if c.IsSet(flagMaxRows) {
		o.MaxRows = c.Int64(flagMaxRows)
	}
	o.MinRows = min(o.MinRows, o.MaxRows)
	if c.IsSet(flagMinRows) {
		o.MinRows = c.Int64(flagMinRows)
	}
}

func checkOptions(c *cli.Context, o *backfill.Options) error {
	switch {
	case o.Workers < 1 || o.Workers > mostAtOnce:
		return usage(c.Command, "--%s %d is not between 1 and %d", flagWorkers, o.Workers, mostAtOnce)
	case o.MaxRows < 1:
		return usage(c.Command, "--%s %d: a batch needs a row", flagMaxRows, o.MaxRows)
	case o.MinRows < 1:
		return usage(c.Command, "--%s %d: a batch needs a row", flagMinRows, o.MinRows)
	case o.MinRows > o.MaxRows:
		return usage(c.Command, "--%s %d is more than --%s %d", flagMinRows, o.MinRows, flagMaxRows, o.MaxRows)
	case o.ChunkTime < time.Millisecond:
		return usage(c.Command, "--%s %s is less than 1ms", flagChunkTime, o.ChunkTime)
	case o.LockTimeout < time.Millisecond:
		return usage(c.Command, "--%s %s is less than 1ms: a batch never waits without a limit", flagLockTimeout, o.LockTimeout)
	case !(o.MaxShare > 0 && o.MaxShare <= 1):
		return usage(c.Command, "--%s %v is not above 0 and up to 100", flagMaxShare, c.Float64(flagMaxShare))
	case !(o.NiceRatio >= 0 && o.NiceRatio <= mostNice):
		return usage(c.Command, "--%s %v is not between 0 and %d", flagNiceRatio, o.NiceRatio, mostNice)
	case c.IsSet(flagVacuumEvery) && o.VacuumEvery < 1:
		return usage(c.Command, "--%s %d: a VACUUM needs a changed row", flagVacuumEvery, o.VacuumEvery)
	case o.Retries < 0:
		return usage(c.Command, "--%s %d is negative", flagRetries, o.Retries)
	}
	for _, flag := range []string{flagMaxThrottle, flagMaxLag} {
		if c.Duration(flag) < 0 || c.IsSet(flag) && c.Duration(flag) == 0 {
			return usage(c.Command, "--%s %s is no time", flag, c.Duration(flag))
		}
	}
	if c.IsSet(flagMaxRate) && c.Int64(flagMaxRate) < 1 {
		return usage(c.Command, "--%s %d lets nothing run", flagMaxRate, c.Int64(flagMaxRate))
	}
	return oneOf(c, flagLogFormat, logFormats())
}

// mostNice leaves a hundredth of the time for batches: who wants less sets a rate.
const mostNice = 100

// mostAtOnce is more than helps: they share one table, and each has two sessions.
const mostAtOnce = 64
