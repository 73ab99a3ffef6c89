package backfill

import "testing"

// TestGalera: a node of a cluster is told by its variables; a cluster is not started
// for that.
func TestGalera(t *testing.T) {
	for value, want := range map[string]bool{"": false, "OFF": false, "ON": true} {
		x := &exam{report: &Report{}}
		x.judgeServer(map[string]string{"wsrep_on": value, "sql_mode": "STRICT_ALL_TABLES"})
		if got := x.report.Has("galera"); got != want || len(x.report.Concerns) > 1 {
			t.Errorf("with wsrep_on %q: %v", value, x.report.Concerns)
		}
	}
}
