package mysql_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestServerAnswersAsRecorded asks a real MariaDB server the probes of
// measured.txt again. SAFEMIG_MYSQL_BINS names the folder of its programs.
func TestServerAnswersAsRecorded(t *testing.T) {
	if testing.Short() {
		t.Skip("live server: not with -short")
	}
	s := startMariaDB(t)
	target := s.target(t)
	s.version = serverName(target)
	var asked []probe
	for _, p := range readProbes(t) {
		if want, ok := p.seen[serverName(target)]; !ok {
			t.Skipf("live server: measured.txt has no answers of %s", serverName(target))
		} else if want != "-" {
			asked = append(asked, p)
		}
	}
	got := s.ask(t, asked)
	for i, p := range asked {
		if want := p.seen[serverName(target)]; got[i] != want {
			t.Errorf("%s: %s answers %s, recorded is %s\n\t%s", p.name, serverName(target), got[i], want, p.statement(""))
		}
	}
	t.Logf("%s answered %d probes", serverName(target), len(asked))
}

// TestServerWaitsForMetadataLock holds a read transaction on a table and sees
// which statements wait for it.
func TestServerWaitsForMetadataLock(t *testing.T) {
	if testing.Short() {
		t.Skip("live server: not with -short")
	}
	s := startMariaDB(t)
	s.run(t, "create database d; create table d.t (id int primary key, a int); create table d.p (id int primary key);"+
		"create table d.c (id int primary key, a int); insert into d.t values (1, 1); insert into d.p values (1)")
	holder := s.client("-e", "begin; select * from d.t; select * from d.p; select sleep(6)")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	for sql, waits := range map[string]bool{
		"alter table d.t add column z int":                                 true, // INSTANT, and yet it waits
		"create trigger d.tr before insert on d.t for each row set @a = 1": true,
		"truncate table d.t":                                               true,
		"lock tables d.t write":                                            true,
		"lock tables d.t read":                                             false,
		"create view d.v as select * from d.t":                             false,
		"analyze table d.t":                                                false,
		"alter table d.c add foreign key (a) references d.p (id)":          false, // MariaDB does not lock the other side
	} {
		out, err := s.client("-e", "set lock_wait_timeout = 0; "+sql).CombinedOutput()
		if timedOut := strings.Contains(string(out), "ERROR 1205"); timedOut != waits || err != nil && !timedOut {
			t.Errorf("%s: waits %v, want %v: %s", sql, timedOut, waits, out)
		}
	}
	if err := errors.Join(holder.Process.Kill(), ignoreExit(holder.Wait())); err != nil {
		t.Error(err)
	}
}

// requests are what is asked for, from the best to the worst.
func requests() [][2]string {
	return [][2]string{
		{"INSTANT", "algorithm=instant"}, {"NOCOPY NONE", "algorithm=nocopy, lock=none"}, {"NOCOPY SHARED", "algorithm=nocopy, lock=shared"},
		{"INPLACE NONE rebuild", "algorithm=inplace, lock=none"}, {"INPLACE SHARED rebuild", "algorithm=inplace, lock=shared"},
		{"COPY NONE", "algorithm=copy, lock=none"}, {"COPY SHARED", "algorithm=copy, lock=shared"},
	}
}

// recorded is the place of the recorded answer among the requests.
func (p probe) recorded(server string) int {
	return slices.IndexFunc(requests(), func(r [2]string) bool { return r[0] == p.seen[server] })
}

// ask sends all probes in one session, each request on a fresh database, and
// returns the first request that the server takes; of those that are better than
// the recorded answer only the two next to it are sent, for the others ask for more. A request counts as taken
// only if rows were not copied under the name of INSTANT: for some clauses the
// server disregards it.
func (s *liveServer) ask(t *testing.T, probes []probe) []string {
	t.Helper()
	var script bytes.Buffer
	for i, p := range probes {
		for j, r := range requests() {
			if best := p.recorded(s.version); j > best || j < best-2 {
				continue
			}
			fmt.Fprintf(&script, "drop database if exists d; create database d; use d; set sql_mode = default; set foreign_key_checks = 1;\n%s %s\n", p.setup, p.settings)
			fmt.Fprintf(&script, "select 'ask %d %d';\n%s;\nselect 'done';\n", i, j, p.statement(r[1]))
		}
	}
	cmd := s.client("--force", "-vv")
	cmd.Stdin = &script
	out, err := cmd.CombinedOutput()
	if err != nil && !bytes.Contains(out, []byte("done")) {
		t.Fatalf("%v: %s", err, out)
	}
	return readAnswers(string(out), len(probes))
}

func readAnswers(out string, n int) []string {
	answers := make([]string, n)
	var asked, request, copied int
	open, failed := false, false
	for text := range strings.SplitSeq(out, "\n") {
		text = strings.TrimSpace(text)
		switch {
		case strings.HasPrefix(text, "ask "):
			if _, err := fmt.Sscanf(text, "ask %d %d", &asked, &request); err == nil {
				open, failed, copied = true, false, 0
			}
		case !open:
		case strings.HasPrefix(text, "ERROR "):
			failed = true
		case strings.HasPrefix(text, "Query OK, "):
			// "Query OK, 0 rows affected": a line that is no number leaves copied as it is
			if rows, err := strconv.Atoi(strings.Fields(text)[2]); err == nil {
				copied = rows
			}
		case text == "done":
			open = false
			name := requests()[request][0]
			if !failed && answers[asked] == "" && (copied == 0 || strings.HasPrefix(name, "COPY")) {
				answers[asked] = name
			}
		}
	}
	return answers
}
