package estimate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
)

// brief is how long a lock may be held that hardly anybody notices, in seconds.
const brief = 1

// window says of each step when to run it.
func (c *Case) window(t *Total) []string {
	var short, unknown []string
	var out []string
	for i := range t.Costs {
		cost := &t.Costs[i]
		number := strconv.Itoa(cost.Step.Number)
		switch blocked, long := cost.blocked(); {
		case len(cost.Missing) > 0 && len(cost.Figures) == 0:
			unknown = append(unknown, number)
		case long.High > brief:
			out = append(out, fmt.Sprintf("%s blocks %s for %s: stop what needs it, or choose an hour in which that does no harm", step(number), blocked, long.Text(Seconds)))
		case cost.Step.Job != nil:
			out = append(out, c.jobWindow(cost, number)...)
		case cost.Time.High > brief:
			out = append(out, fmt.Sprintf("%s blocks nobody, and for %s %s: choose hours in which the disk has that to spare", step(number), cost.Time.Text(Seconds), c.load(cost)))
		default:
			short = append(short, number)
		}
	}
	if len(short) > 0 {
		out = slices.Insert(out, 0, plural("step", short)+" "+verb(short, "holds", "hold")+" no lock for longer than a moment: any time")
	}
	if len(unknown) > 0 {
		out = append(out, "when to run "+plural("step", unknown)+" depends on sizes that are not known")
	}
	return append(out, c.lagging()...)
}

func step(number string) string { return "step " + number }

func plural(noun string, of []string) string {
	if len(of) == 1 {
		return noun + " " + of[0]
	}
	return noun + "s " + strings.Join(of[:len(of)-1], ", ") + " and " + of[len(of)-1]
}

func verb(of []string, one, many string) string {
	if len(of) == 1 {
		return one
	}
	return many
}

// blocked is who has to wait for the longest.
func (cost *Cost) blocked() (who string, long Range) {
	for _, h := range cost.Holds {
		if h.Time.High > long.High {
			long, who = h.Time, Access(h.Effect.Blocks)+" of "+shown(h.Table)
		}
	}
	return who, long
}

// Access is who waits: "reads and writes".
func Access(blocks change.Access) string {
	switch {
	case blocks.Has(change.Reads | change.Writes):
		return "reads and writes"
	case blocks.Has(change.Writes):
		return "writes"
	case blocks.Has(change.Reads):
		return "reads"
	}
	return "schema changes"
}

func (c *Case) load(cost *Cost) string {
	var parts []string
	if cost.Reads.High > 0 {
		parts = append(parts, "reads "+cost.Reads.Text(Bytes))
	}
	if cost.Log.High > 0 {
		parts = append(parts, "writes "+cost.Log.Text(Bytes)+" of "+c.Server.log())
	}
	if len(parts) == 0 {
		return "works"
	}
	return strings.Join(parts, " and ")
}

// jobWindow says what a job is beside what goes on anyway.
func (c *Case) jobWindow(cost *Cost, number string) []string {
	j := cost.Step.Job
	out := fmt.Sprintf("%s runs for %s beside the application, and slows down by itself when others need the server", step(number), cost.Time.Text(Seconds))
	t := c.Tables.Of(j.Table)
	if t == nil || cost.Time.High == 0 {
		return []string{out}
	}
	if !t.Since.IsZero() {
		adds := Range{t.Rows / cost.Time.High, t.Rows / cost.Time.Low}
		out += fmt.Sprintf("; %s has %s a second (since %s), the job adds %s", shown(t.Name), writes(t.Writes), t.Since.UTC().Format(time.DateOnly), adds.Text(Rows))
		if t.Writes > adds.High {
			out += ": keep it from the busiest hours with --window"
		}
	}
	lines := []string{out}
	if c.Server.MaxWAL > 0 && cost.Log.High > c.Server.MaxWAL {
		lines = append(lines, fmt.Sprintf("%s writes more WAL than max_wal_size (%s): about %s checkpoints more; raise it for the time, and see that archiving and replicas keep up", step(number), ByteText(c.Server.MaxWAL), Range{cost.Log.Low / c.Server.MaxWAL, cost.Log.High / c.Server.MaxWAL}.Text(Rows)))
	}
	return lines
}

func writes(perSecond float64) string {
	if perSecond < 1 {
		return "less than one write"
	}
	return Number(perSecond) + " writes"
}

// lagging says which replicas are behind before anything is run.
func (c *Case) lagging() []string {
	var out []string
	for _, r := range c.Server.Replicas {
		if r.Lag >= time.Second {
			out = append(out, fmt.Sprintf("replica %s is %s behind now: begin when it has caught up", r.Name, TimeText(r.Lag.Seconds())))
		}
	}
	return out
}
