package backfill

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestPurge: what is raised for what a server says of its purge. That servers say it
// is in TestUndo.
func TestPurge(t *testing.T) {
	const large = 5 << 30
	sound := purge{history: 12, logs: 2, largest: 16 << 20, most: 1 << 30, truncates: true}
	for name, c := range map[string]struct {
		undo int64
		free int64
		set  func(*purge)
		want string
	}{
		"all is well":                          {large, -1, func(*purge) {}, ""},
		"a young transaction":                  {large, -1, func(p *purge) { p.held = &oldReader{"x", time.Minute} }, ""},
		"an old one, and little undo":          {1 << 20, -1, func(p *purge) { p.held = &oldReader{"x", time.Hour} }, "old-transaction note"},
		"an old one, and much undo":            {large, -1, func(p *purge) { p.held = &oldReader{"x", time.Hour} }, "old-transaction refusal"},
		"an old one, and no room":              {1 << 20, 1 << 20, func(p *purge) { p.held = &oldReader{"x", time.Hour} }, "old-transaction refusal"},
		"a long history":                       {1 << 20, -1, func(p *purge) { p.history = 1_000_001 }, "history-list refusal"},
		"a long history, and it delays":        {1 << 20, -1, func(p *purge) { p.history, p.lag = 1_000_001, 1_000_000 }, "history-list refusal, purge-lag refusal"},
		"it delays now":                        {1 << 20, -1, func(p *purge) { p.history, p.lag, p.delay = 600, 500, 300_000 }, "purge-lag refusal"},
		"it may come to delay":                 {1 << 20, -1, func(p *purge) { p.history, p.lag = 400, 500 }, "purge-lag note"},
		"it will not come to delay":            {1 << 20, -1, func(p *purge) { p.history, p.lag = 400, 5000 }, ""},
		"undo in the system tablespace":        {large, -1, func(p *purge) { p.logs, p.largest = 0, 0 }, "undo-space note"},
		"little of it":                         {1 << 20, -1, func(p *purge) { p.logs, p.largest = 0, 0 }, ""},
		"tablespaces that stay large":          {large, -1, func(p *purge) { p.truncates = false }, "undo-space note"},
		"tablespaces that are large":           {1 << 20, -1, func(p *purge) { p.largest = 2 << 30 }, "undo-space note"},
		"tablespaces of which nothing is told": {large, -1, func(p *purge) { p.logs, p.unread = -1, []string{"a", "b"} }, "purge-not-known note"},
	} {
		x := &exam{report: &Report{Estimate: Estimate{Undo: c.undo, Free: c.free, BatchesMost: 300}}, options: DefaultOptions()}
		p := sound
		c.set(&p)
		x.judgePurge(p)
		var got []string
		for _, r := range x.report.Concerns {
			got = append(got, fmt.Sprintf("%s %s", r.ID, map[bool]string{true: "refusal", false: "note"}[r.Refuses]))
			if r.Final || r.Remedy == "" || strings.Contains(r.Message, "%!") {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %q, not %q", name, text, c.want)
		}
	}
}
