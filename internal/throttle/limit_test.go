package throttle

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSetLimit(t *testing.T) {
	for text, want := range map[string]Config{
		"archive-queue=7":         {MaxArchive: 7},
		"dead-rows=12.5%":         {MaxDeadShare: 0.125},
		"galera-flow-control=5 %": {MaxFlowControl: 0.05},
		"galera-queue=off":        {MaxReceive: -1},
		"history-list = 200000":   {MaxHistory: 200_000},
		"lag=1m":                  {MaxLag: time.Minute},
		"lag-bytes=64MiB":         {MaxLagBytes: 64 << 20},
		"lock-wait=2s":            {MaxLockWait: 2 * time.Second},
		"sessions=8":              {MaxSessions: 8},
		"slot-wal=1.5G":           {MaxRetained: 3 << 29},
		"transaction-age=1h30m":   {MaxTransaction: 90 * time.Minute},
		"vacuum=off":              {IgnoreVacuum: true},
		"wal-rate=4096":           {MaxWALRate: 4096},
		"wal-rate=20 kB":          {MaxWALRate: 20 << 10},
		"xmin-age=1000000":        {MaxXminAge: 1_000_000},
		"transaction-age=off":     {MaxTransaction: -1},
		"dead-rows=off":           {MaxDeadShare: -1},
	} {
		var got Config
		if err := got.SetLimit(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %+v", text, err, got)
		}
	}
	for text, want := range map[string]string{
		"sesions=8":          `no limit "sesions"; there are archive-queue, `,
		"":                   `no limit ""`,
		"sessions":           "no value: sessions=50, say",
		"sessions=":          "no value",
		"sessions=many":      `"many" is no whole number (sessions=50, say)`,
		"sessions=0":         `"0" is not above zero`,
		"sessions=-1":        `"-1" is not above zero`,
		"lag=5":              `"5" is no time (lag=5s, say)`,
		"dead-rows=0.2":      `"0.2" is no percentage below 100%`,
		"dead-rows=NaN%":     `"NaN%" is no percentage`,
		"wal-rate=5X":        `"5X" is no size`,
		"wal-rate=NaN":       `"NaN" is no size`,
		"wal-rate=1e300":     `"1e300" is no size`,
		"slot-wal=9999999TB": `"9999999TB" is no size`,
		"slot-wal=5kM":       `"5kM" is no size`,
		"vacuum=on":          "or is off",
	} {
		var got Config
		if err := got.SetLimit(text); err == nil || !strings.Contains(err.Error(), want) || !reflect.DeepEqual(got, Config{}) {
			t.Errorf("%s: %v, not %q; %+v", text, err, want, got)
		}
	}
}

// TestLimitNames: each limit's example is one, and sets something.
func TestLimitNames(t *testing.T) {
	for _, k := range limitKinds() {
		var c Config
		if err := c.SetLimit(k.name + "=" + k.example); err != nil || reflect.DeepEqual(c, Config{}) {
			t.Errorf("%s=%s: %v", k.name, k.example, err)
		}
	}
}
