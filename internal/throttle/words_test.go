package throttle

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

func TestFigures(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{inSeconds(0), "0 s"}, {inSeconds(0.5), "0.5 s"}, {inSeconds(7.24), "7.2 s"}, {inSeconds(5), "5 s"}, {inSeconds(9.97), "10 s"},
		{inSeconds(1.04), "1 s"}, {inSeconds(0.004), "0 s"}, {inSeconds(61), "61 s"}, {inSeconds(18*60 + 59), "18 min"}, {inSeconds(2 * 3600), "2 h"}, {inSeconds(2*3600 + 300), "2 h 5 min"},
		{inBytes(0), "0 bytes"}, {inBytes(1023), "1023 bytes"}, {inBytes(1536), "1.5 KiB"}, {inBytes(1 << 30), "1 GiB"}, {inBytes(1 << 52), "4096 TiB"},
		{inBytesPerSecond(1 << 20), "1 MiB/s"},
		{asCount(0), "0"}, {asCount(999), "999"}, {asCount(1000), "1,000"}, {asCount(1234567), "1,234,567"}, {asCount(-1234), "-1,234"}, {asCount(-123), "-123"},
		{asShare(0.125), "12.5 %"}, {asShare(1), "100 %"},
		{inHours(3*time.Hour + 12*time.Minute), "3h12m"}, {inHours(59 * time.Minute), "59m"}, {inHours(time.Millisecond), "1s"}, {inHours(59*time.Minute + time.Second), "1h0m"},
		{oneLine("a\n\tb\x1b[31mc\xff"), "a b[31mc?"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("connecting: failed to connect to `user=x`: %w", refused), "connection refused"},
		{fmt.Errorf("reading: %w", context.DeadlineExceeded), "no answer in time"},
		{errors.New("first\nsecond"), "first second"},
	} {
		if got := plain(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestTrail(t *testing.T) {
	began := time.Now()
	at := func(s float64) time.Time { return began.Add(time.Duration(s * float64(time.Second))) }
	tr := &trail{}
	if _, _, err := tr.lag(began, 1, time.Minute); err == nil {
		t.Error("a lag without a sample")
	}
	for s, pos := range []int64{100, 100, 200, 300, 300, 300} {
		tr.add(at(float64(s)), pos)
	}
	for _, c := range []struct {
		pos  int64
		want time.Duration
		old  bool
	}{
		{300, 0, false}, {400, 0, false}, {250, 2 * time.Second, false}, {200, 2 * time.Second, false}, {100, 3 * time.Second, false}, {99, 5 * time.Second, true},
	} {
		got, old, err := tr.lag(at(5), c.pos, time.Minute)
		if err != nil || got != c.want || old != c.old {
			t.Errorf("at %d: %s, %t, %v, want %s", c.pos, got, old, err, c.want)
		}
	}
	if _, _, err := tr.lag(at(21), 300, 15*time.Second); err == nil {
		t.Error("a lag after a sample that is too old")
	}
	if r, err := tr.rate(at(5), 5*time.Second); err != nil || r != 40 {
		t.Errorf("%v/s, %v, want 40", r, err)
	}
	if r, err := tr.rate(at(5), 2*time.Second); err != nil || r != 0 {
		t.Errorf("%v/s, %v, want 0", r, err)
	}
	tr.add(at(6), 50) // another server
	if lag, old, err := tr.lag(at(6), 50, time.Minute); lag != 0 || old || err != nil {
		t.Errorf("after a change of server: %s, %t, %v", lag, old, err)
	}
}

func TestAnswered(t *testing.T) {
	for _, c := range []struct {
		value any
		kind  string
		found bool
		over  bool
		text  string
	}{
		{nil, "", false, true, "the throttle query gives no row"},
		{nil, "BOOL", true, true, "the throttle query gives NULL"},
		{true, "BOOL", true, true, "the throttle query gives true"},
		{false, "BOOL", true, false, "the throttle query gives false"},
		{int64(0), "INT8", true, false, "the throttle query gives 0"},
		{int64(12), "INT8", true, true, "the throttle query gives 12"},
		{"0.00", "NUMERIC", true, false, "the throttle query gives 0"},
		{[]byte("0.10"), "DECIMAL", true, true, "the throttle query gives 0.1"},
		{[]byte("0"), "BIGINT", true, false, "the throttle query gives 0"},
		{"0", "TEXT", true, true, "the throttle query says: 0"},
		{"", "TEXT", true, false, "the throttle query gives an empty text"},
		{[]byte("busy\n"), "VARCHAR", true, true, "the throttle query says: busy"},
		{time.Now(), "TIMESTAMPTZ", true, true, "the throttle query gives neither a truth value nor a number nor a text"},
	} {
		if r := answered(c.value, c.kind, c.found); r.Over != c.over || r.Text != c.text {
			t.Errorf("%v: %t, %q, want %t, %q", c.value, r.Over, r.Text, c.over, c.text)
		}
	}
}

func TestGalera(t *testing.T) {
	if r, err := (galeraQueue{100}).judge(map[string]string{"wsrep_local_recv_queue": "101"}); err != nil || !r.Over || r.Text != "the Galera node has 101 transactions to apply, the limit is 100" {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := (galeraQueue{100}).judge(map[string]string{"wsrep_local_recv_queue": "100"}); err != nil || r.Over {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := (galeraQueue{100}).judge(map[string]string{}); err == nil {
		t.Error("no variable and no error")
	}
	flow, now := &galeraFlow{most: 0.1}, time.Now()
	for i, c := range []struct{ ns, want string }{
		{"5000000000", ""},
		{"5050000000", "Galera's flow control stops writes 5 % of the time"},
		{"5550000000", "Galera's flow control stops writes 50 % of the time, the limit is 10 %"},
		{"0", ""}, // FLUSH STATUS
		{"0", "Galera's flow control stops writes 0 % of the time"},
	} {
		r, err := flow.judge(map[string]string{"wsrep_flow_control_paused_ns": c.ns}, now.Add(time.Duration(i)*time.Second))
		if (err == nil) != (c.want != "") || r.Text != c.want {
			t.Errorf("%s: %q, %v, want %q", c.ns, r.Text, err, c.want)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	postgres, mysql := &livedb.DB{Dialect: "postgres"}, &livedb.DB{Dialect: "mysql"}
	for _, c := range []struct {
		db *livedb.DB
		c  Config
		ok bool
	}{
		{postgres, Config{}, true}, {mysql, Config{}, true},
		{postgres, Config{MaxHistory: 1}, false}, {mysql, Config{MaxHistory: 1}, true},
		{mysql, Config{MaxWALRate: 1}, false}, {postgres, Config{MaxWALRate: 1}, true},
		{mysql, Config{MaxLag: time.Second}, false}, {mysql, Config{MaxLag: time.Second, Replicas: []string{"x"}}, true},
		{postgres, Config{Heartbeat: "x"}, false}, {postgres, Config{MaxRowsPerSecond: -1}, false},
		{postgres, Config{HTTP: "ftp://x"}, false}, {postgres, Config{HTTP: "https://x/y"}, true},
	} {
		if _, err := New(c.db, c.c); (err == nil) != c.ok {
			t.Errorf("%s, %+v: %v", c.db.Dialect, c.c, err)
		}
	}
}
