package report

import (
	"strconv"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/estimate"
)

// holdText says what is held, for how long, and who waits.
func holdText(h *estimate.Hold, s *estimate.Step) string {
	what := "holds " + holds(h.Effect) + " on " + tableName(h.Table)
	if h.Effect.Lock == change.NoLock {
		what = "blocks " + blocksBriefly(h.Effect.Blocks) + " of " + tableName(h.Table)
	}
	switch {
	case !h.Known:
		return what + " for as long as it takes, which is not known"
	case h.Time.High == 0:
		return what + " for a moment" + waitText(s)
	case h.Effect.Lock == change.NoLock:
		return what + " for " + h.Time.Text(estimate.Seconds)
	}
	return what + " for " + h.Time.Text(estimate.Seconds) + ": " + h.Effect.Blocks.Who() + " wait"
}

// waitText is for how long the step waits for a lock that it then holds for a moment.
func waitText(s *estimate.Step) string {
	switch {
	case s.LockWait == "":
		return "; while it waits for its lock, others queue behind it, and nothing limits that"
	case s.Tries > 1:
		return "; waits for it up to " + s.LockWait + " at a time, " + strconv.Itoa(s.Tries) + " times"
	}
	return "; waits for it up to " + s.LockWait
}

// holdTexts are all locks of a step; one that keeps nobody waiting says so.
func holdTexts(c *estimate.Cost) []string {
	var out []string
	if c.Step.Engine != "" {
		out = append(out, c.Step.Engine+" does its work before, and says itself how far it is")
	}
	for i := range c.Holds {
		out = append(out, holdText(&c.Holds[i], c.Step))
	}
	if len(c.Holds) == 0 && len(c.Missing) == 0 && c.Step.Job == nil && len(c.Step.Statements) > 0 {
		out = append(out, "keeps nobody waiting")
	}
	return out
}

// tableText is a table's size, and how busy it is.
func tableText(t *estimate.Table) string {
	out := tableName(t.Name) + ": "
	switch {
	case t.Rows >= 0 && t.Bytes >= 0:
		out += estimate.Number(t.Rows) + " rows, " + estimate.ByteText(t.Bytes)
	case t.Rows >= 0:
		out += estimate.Number(t.Rows) + " rows"
	case t.Bytes >= 0:
		out += estimate.ByteText(t.Bytes) + ", its rows are not known"
	default:
		return out + "its size is not known; ANALYZE it, or give --rows"
	}
	if t.IndexBytes > 0 {
		out += " and " + estimate.ByteText(t.IndexBytes) + " of indexes"
	}
	if !t.Since.IsZero() {
		writes := "less than one write"
		if t.Writes >= 1 {
			writes = estimate.Number(t.Writes) + " writes"
		}
		out += "; " + writes + " a second since " + t.Since.UTC().Format(time.DateOnly)
	}
	return out
}
