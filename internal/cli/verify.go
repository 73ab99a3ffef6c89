package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/livedb"
)

// The flags of verify, and the environment's DSN of the second server.
const (
	flagToDSN       = "to-dsn"
	flagTable       = "table"
	flagToTable     = "to-table"
	flagOtherTable  = "other-table"
	flagColumns     = "columns"
	flagKey         = "key"
	flagQuery       = "query"
	flagToQuery     = "to-query"
	flagPairs       = "pairs"
	flagSample      = "sample"
	flagNullIsEmpty = "null-is-empty"
	flagAssumeUTC   = "assume-utc"
	flagSnapshot    = "snapshot"
	flagMaxSnapshot = "max-snapshot-time"
	flagState       = "state"
	flagShow        = "show"
	flagHideValues  = "hide-values"
	flagWriteRepair = "write-repair"
	flagPatience    = "patience"
	envToDSN        = "SAFEMIG_TO_DSN"
)

func (p *program) verifyCommand() *cli.Command {
	return command(&cli.Command{
		Name: "verify", ArgsUsage: " ",
		Usage: "compare two columns, tables or query results, in one server or in two",
		Description: "Rows are counted and summed up by hashes along their key, and where the sums differ in smaller ranges, down to the fields. PostgreSQL, MySQL and MariaDB in any pairing;\n" +
			"values are compared by what they are, not by how a server writes them. Nothing is written to a database.\n" +
			"The DSN is a URL (postgres://, mysql://, mariadb://), or user:password@tcp(host:3306)/name for MySQL and MariaDB. With a password it is better off in the environment.\n" +
			"Exit status: 0 the rows are the same, 1 some differ, 2 there is no verdict, 3 a brake held for too long.",
		Flags:  append(append(append(verifyWhat(), verifyHow()...), verifyBrakes()...), outputFlags(names(comparisonFormats()))...),
		Action: p.verify,
	})
}

// verifyWhat are the flags that say what is compared.
func verifyWhat() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: flagDSN, Usage: "`DSN` of the first server, else " + envDSN + " of the environment"},
		&cli.StringFlag{Name: flagToDSN, Usage: "`DSN` of the second server, else " + envToDSN + " of the environment, else the first one"},
		&cli.StringFlag{Name: flagTable, Usage: "`TABLE` or view whose rows are compared"},
		&cli.StringFlag{Name: flagToTable, Aliases: []string{flagOtherTable}, Usage: "`TABLE` that they are compared with, else the one of the same name"},
		&cli.StringFlag{Name: flagQuery, Usage: "read `SQL` in place of a table"},
		&cli.StringFlag{Name: flagToQuery, Usage: "compare with what `SQL` reads"},
		&cli.StringSliceFlag{Name: flagKey, Usage: "`COLUMN` that tells rows apart, else a unique key that both tables have; repeatable, or with commas"},
		&cli.StringSliceFlag{Name: flagColumns, Usage: "compare only `COLUMNS`, such as email=mail,name; repeatable"},
		&cli.StringSliceFlag{Name: flagIgnore, Usage: "leave the column `NAME` out; repeatable, or with commas"},
		&cli.StringFlag{Name: flagPairs, Usage: "make the comparisons that the YAML `FILE` lists"},
	}
}

// verifyHow are the flags that say how it is done.
func verifyHow() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: flagSample, Usage: "compare only `NUMBER` rows, picked at random, field by field", DefaultText: "all rows"},
		&cli.BoolFlag{Name: flagNullIsEmpty, DisableDefaultText: true, Usage: "take NULL for an empty text"},
		&cli.BoolFlag{Name: flagAssumeUTC, DisableDefaultText: true, Usage: "take times without a zone for UTC, where the other side has points in time"},
		&cli.StringFlag{Name: flagSnapshot, Value: "whole", Usage: "read in one snapshot of each side (`WHICH` is whole), or each range in one of its own (chunk), which keeps no server from cleaning up"},
		&cli.DurationFlag{Name: flagMaxSnapshot, Value: 10 * time.Minute, Usage: "take a new snapshot when one is older than `TIME`; 0s: never"},
		&cli.IntFlag{Name: flagWorkers, Value: 1, Usage: "`NUMBER` of ranges that are compared at once; MySQL and MariaDB share no snapshot, there it needs --" + flagSnapshot + " chunk"},
		&cli.DurationFlag{Name: flagChunkTime, Value: 500 * time.Millisecond, Usage: "`TIME` that a range should take; its size follows"},
		&cli.Int64Flag{Name: flagMaxRows, Value: 500_000, Usage: "most `ROWS` of a range"},
		&cli.DurationFlag{Name: flagPatience, Value: 200 * time.Millisecond, Usage: "`TIME` before a row that differs is looked at again, and four times that before the last look"},
		&cli.StringFlag{Name: flagState, Usage: "keep in `FILE` how far it is; the same command goes on there"},
		&cli.BoolFlag{Name: flagRestart, DisableDefaultText: true, Usage: "begin anew, whatever --" + flagState + " has"},
		&cli.IntFlag{Name: flagShow, Value: 20, Usage: "name at most `NUMBER` rows that differ"},
		&cli.BoolFlag{Name: flagHideValues, DisableDefaultText: true, Usage: "show no values, only keys and columns"},
		&cli.StringFlag{Name: flagWriteRepair, Usage: "write to `FILE` the statements that would make the second side like the first; nothing runs them"},
	}
}

// verifyBrakes are those of a backfill, but for the heartbeat, which writes.
func verifyBrakes() []cli.Flag {
	var out []cli.Flag
	for _, f := range throttleFlags() {
		switch f.Names()[0] {
		case flagHeartbeat:
			continue
		case flagMaxRate:
			f = &cli.Int64Flag{Name: flagMaxRate, Usage: "read no more `ROWS` per second", DefaultText: "no limit"}
		}
		out = append(out, f)
	}
	return out
}

// verifier is one call of verify.
type verifier struct {
	*program
	cli    *cli.Context
	one    *livedb.DB
	two    *livedb.DB
	state  *verifyState
	watch  *verifyWatch
	repair repairFile
	brake  *patience
	stop   context.CancelFunc
}

func (p *program) verify(c *cli.Context) (err error) {
	if c.NArg() > 0 {
		return usage(c.Command, "verify takes no paths: what is compared is named with --%s or --%s", flagTable, flagQuery)
	}
	out, err := outputs(c, comparisonFormats())
	if err != nil {
		return err
	}
	if err := checkVerify(c); err != nil {
		return err
	}
	asked, err := p.asked(c)
	if err != nil {
		return err
	}
	v := &verifier{program: p, cli: c, watch: newVerifyWatch(p)}
	if v.state, err = p.openVerifyState(c); err != nil {
		return err
	}
	if err := v.connect(); err != nil {
		return errors.Join(err, v.close())
	}
	ctx, end := context.WithCancel(c.Context)
	defer end()
	v.stop = end
	unwatch, err := v.throttle(ctx)
	if err != nil {
		return errors.Join(err, v.close())
	}
	report, err := v.all(ctx, asked)
	v.watch.end()
	end()
	unwatch()
	err = errors.Join(err, v.close())
	if err != nil {
		return err
	}
	return errors.Join(write(p, c, report, out), report.verdict())
}

func checkVerify(c *cli.Context) error {
	switch {
	case c.IsSet(flagSample) && c.Int(flagSample) < 1:
		return usage(c.Command, "--%s %d picks no row", flagSample, c.Int(flagSample))
	case c.Int(flagShow) < 0:
		return usage(c.Command, "--%s %d is negative", flagShow, c.Int(flagShow))
	case c.Int(flagWorkers) < 1 || c.Int(flagWorkers) > mostAtOnce:
		return usage(c.Command, "--%s %d is not between 1 and %d", flagWorkers, c.Int(flagWorkers), mostAtOnce)
	case c.Int64(flagMaxRows) < 1:
		return usage(c.Command, "--%s %d: a range needs a row", flagMaxRows, c.Int64(flagMaxRows))
	case c.Duration(flagChunkTime) < time.Millisecond:
		return usage(c.Command, "--%s %s is less than 1ms", flagChunkTime, c.Duration(flagChunkTime))
	case c.Duration(flagMaxSnapshot) < 0 || c.Duration(flagPatience) < 0:
		return usage(c.Command, "a time cannot be negative")
	case c.IsSet(flagSample) && c.IsSet(flagWriteRepair):
		return usage(c.Command, "--%s writes what differs of all rows, and --%s looks at a few", flagWriteRepair, flagSample)
	case c.IsSet(flagState) && c.IsSet(flagWriteRepair):
		return usage(c.Command, "--%s must see all rows in one run: leave --%s out", flagWriteRepair, flagState)
	case c.IsSet(flagRestart) && !c.IsSet(flagState):
		return usage(c.Command, "--%s needs a --%s", flagRestart, flagState)
	}
	return oneOf(c, flagSnapshot, []string{"whole", "chunk"})
}

// connect reaches the servers, and begins the file of repairs.
func (v *verifier) connect() (err error) {
	if v.one, err = v.attach(v.cli, flagDSN, envDSN); err != nil {
		return err
	}
	v.two = v.one
	if v.cli.String(flagToDSN) != "" || v.getenv(envToDSN) != "" {
		if v.two, err = v.attach(v.cli, flagToDSN, envToDSN); err != nil {
			return err
		}
	}
	if name := v.cli.String(flagWriteRepair); name != "" {
		v.repair, err = v.beginRepair(name, v.two.Dialect)
	}
	return err
}

func (v *verifier) close() (err error) {
	if v.two != nil && v.two != v.one {
		err = v.two.Close()
	}
	if v.one != nil {
		err = errors.Join(err, v.one.Close())
	}
	return errors.Join(err, v.repair.Drop())
}

// all makes the comparisons. One that cannot be made does not keep the others from it.
func (v *verifier) all(ctx context.Context, asked []comparisonAsked) (*verifyReport, error) {
	r := &verifyReport{hide: v.cli.Bool(flagHideValues)}
	for i, a := range asked {
		result, err := v.compare(ctx, a)
		if ctx.Err() != nil {
			return r, v.interrupted()
		}
		if err != nil {
			r.Failed = append(r.Failed, verifyFailure{Name: a.name(i), Error: err.Error()})
			v.watch.say(fmt.Sprintf("%s: %v", a.name(i), err))
			continue
		}
		r.Results = append(r.Results, result)
	}
	if len(r.Failed) == 0 && v.repair.Draft != nil {
		return r, v.repair.finish()
	}
	return r, nil
}

func (v *verifier) interrupted() error {
	if over := v.brake.exceeded(); over != "" {
		return &guardError{fmt.Errorf("stopped: throttled for longer than --%s %s: %s%s", flagMaxThrottle, v.brake.most, over, v.goOn())}
	}
	return errors.New("interrupted: no verdict" + v.goOn())
}

func (v *verifier) goOn() string {
	if v.state == nil {
		return "; with --" + flagState + " FILE the next run could go on where this one was"
	}
	return "; the same command goes on where it was"
}

func (v *verifier) compare(ctx context.Context, a comparisonAsked) (compare.Result, error) {
	o := v.options()
	c, err := compare.Prepare(ctx, a.spec(v.one, v.two), o)
	if err != nil {
		return compare.Result{}, err
	}
	v.watch.begin(c.Name())
	if n := v.cli.Int(flagSample); n > 0 {
		return c.Sample(ctx, n)
	}
	if v.repair.Draft != nil {
		if err := c.CanRepair(); err != nil {
			return compare.Result{}, err
		}
	}
	saved := v.state.of(c.Identity())
	if saved != nil && saved.Done {
		v.watch.say(c.Name() + " was compared by an earlier run; --" + flagRestart + " compares it again")
		return saved.Result, nil
	}
	if saved != nil {
		v.watch.say(fmt.Sprintf("%s: goes on after %s; the rows up to there were read by an earlier run", c.Name(), saved.At))
	}
	c.Continue(saved)
	if v.state != nil {
		c.Keep(func(s compare.Saved) error { return v.state.keep(c.Identity(), s) })
	}
	return c.Compare(ctx)
}

func (v *verifier) options() compare.Options {
	c := v.cli
	o := compare.Options{
		NullIsEmpty: c.Bool(flagNullIsEmpty), AssumeUTC: c.Bool(flagAssumeUTC), Short: c.String(flagSnapshot) == "chunk", MaxSnapshot: c.Duration(flagMaxSnapshot),
		Workers: c.Int(flagWorkers), ChunkTime: c.Duration(flagChunkTime), MaxRows: c.Int64(flagMaxRows), Patience: c.Duration(flagPatience),
		Show: c.Int(flagShow), Brake: v.brake, Hear: v.watch.hear,
	}
	if o.Show == 0 {
		o.Show = -1
	}
	if v.repair.Draft != nil {
		o.Repair = v.repair.add
	}
	return o
}
