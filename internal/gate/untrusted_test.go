package gate

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/safemig/safemig/internal/ledger"
	"github.com/safemig/safemig/internal/livedb"
)

// TestStrangersConfiguration: of what it names no program runs and no address is asked,
// and what it accepts stays unknown. The same without a stranger runs and asks.
func TestStrangersConfiguration(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 8)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			asked <- struct{}{}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	for _, untrusted := range []string{"", "a stranger's"} {
		mark := filepath.Join(t.TempDir(), "ran")
		run := []string{"sh", "-c", "echo x >> " + mark}
		c := checker{Env: Env{DB: &livedb.DB{Dialect: "postgres"}, Plan: &ledger.Plan{Name: "p"}, Now: time.Now(), Options: Options{
			Untrusted: untrusted, Timeout: 5 * time.Second,
			Deploys: []Deploy{{Match: "by url", URL: "http://" + l.Addr().String()}, {Match: "by command", Command: run}},
			Backup:  &Backup{Command: run, NewerThan: time.Hour},
			Accept:  []Acceptance{{Match: "*", Reason: "why not"}},
		}}}
		got := []Result{c.deployed(t.Context(), 1, "deploy:by url"), c.deployed(t.Context(), 1, "deploy:by command"), c.backedUp(t.Context(), 1)}
		for _, r := range got {
			if said := strings.Contains(r.Why, "a stranger's"); said != (untrusted != "") || said && r.State != Unknown {
				t.Errorf("%q: %v %s", untrusted, r.State, r.Why)
			}
		}
		if r := c.accept(Result{State: Unknown, Requirement: "deploy:x"}); (r.State == Passed) != (untrusted == "") {
			t.Errorf("%q: what is accepted is %v", untrusted, r.State)
		}
		if err := c.Options.untrusted(); (err != nil) != (untrusted != "") {
			t.Errorf("%q: replicas: %v", untrusted, err)
		}
		_, err := os.Stat(mark)
		if ran := err == nil; ran != (untrusted == "") {
			t.Errorf("%q: a program ran: %v", untrusted, ran)
		}
		if was := len(asked) > 0; was != (untrusted == "") {
			t.Errorf("%q: an address was asked: %v", untrusted, was)
		}
		for len(asked) > 0 {
			<-asked
		}
	}
}
