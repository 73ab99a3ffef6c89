package progress

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Metrics writes the snapshot as Prometheus reads it. The names are stable.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
func (s *Snapshot) Metrics(w io.Writer, state string, faults []string) error {
	out := bufio.NewWriter(w)
	m := metrics{w: out, job: `job="` + escape(s.Job) + `"`}
	m.one("rows_total", "counter", "Rows that the job has changed, all its runs together.", float64(s.Rows))
	m.one("batches_total", "counter", "Batches that were committed, all its runs together.", float64(s.Batches))
	m.one("bad_rows_total", "counter", "Rows that were passed over.", float64(s.Bad))
	m.one("progress_ratio", "gauge", "Share of the work that is done, from 0 to 1.", s.Share)
	m.one("rows_per_second", "gauge", "Rows changed per second, over the last ten seconds.", s.Pace.RowsPerSecond)
	m.one("batch_rows", "gauge", "Rows of the last batch.", float64(s.Last.Rows))
	m.one("batch_seconds", "gauge", "Time that the last batch took.", s.Last.Took.Seconds())
	m.one("seconds", "gauge", "Time since this runner began.", s.At.Sub(s.Began).Seconds())
	m.one("throttled", "gauge", "1 while the runner waits: a brake, a pause.", boolean(s.Reason != ""))
	m.one("throttled_seconds_total", "counter", "Time that this runner has waited.", s.Held.Seconds())
	m.head("retries_total", "counter", "Tries of this runner that failed and were made again, by what went wrong.")
	for _, f := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(faults, slices.Collect(maps.Keys(s.Retries)))))) {
		m.sample("retries_total", `fault="`+escape(f)+`"`, float64(s.Retries[f]))
	}
	m.head("state", "gauge", "1 for the state that the job is in.")
	m.sample("state", `state="`+escape(state)+`"`, 1)
	m.one("updated_timestamp_seconds", "gauge", "When this was written.", float64(s.At.UnixMilli())/1000)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing metrics: %w", err)
	}
	return nil
}

// metrics writes to a buffer, which keeps the first error for Flush.
type metrics struct {
	w   *bufio.Writer
	job string
}

func (m *metrics) head(name, kind, help string) {
	_, _ = fmt.Fprintf(m.w, "# HELP safemig_backfill_%s %s\n# TYPE safemig_backfill_%[1]s %[3]s\n", name, help, kind)
}

func (m *metrics) sample(name, label string, value float64) {
	labels := m.job
	if label != "" {
		labels += "," + label
	}
	_, _ = fmt.Fprintf(m.w, "safemig_backfill_%s{%s} %s\n", name, labels, strconv.FormatFloat(value, 'f', -1, 64))
}

func (m *metrics) one(name, kind, help string, value float64) {
	m.head(name, kind, help)
	m.sample(name, "", value)
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func escape(label string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(label)
}
