package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/internal/ledger"
)

// opened is the example in a folder, with a comment of somebody's.
func opened(t *testing.T) *ledger.Manifest {
	t.Helper()
	text, err := example().Write()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), ledger.FileName)
	text = []byte(strings.Replace(string(text), "steps:\n", "# ask Ann before step 3\nsteps:\n", 1))
	if err := os.WriteFile(file, text, 0o640); err != nil {
		t.Fatal(err)
	}
	m, err := ledger.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSavedPlanReadsAsItWas: with the comments that were in it, and nothing beside it.
func TestSavedPlanReadsAsItWas(t *testing.T) {
	m := opened(t)
	m.Move(3, "01_drop.sql", "../../migrations/0009_drop.sql")
	m.History = append(m.History, ledger.Event{At: "2026-02-03T12:00:00Z", What: ledger.Confirmed, Requirement: "step:3", Reason: "seen: it ran"})
	if err := m.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := ledger.Open(m.File)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m.Plan, again.Plan); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	text, err := os.ReadFile(m.File)
	if err != nil || !strings.Contains(string(text), "# ask Ann before step 3\n") {
		t.Errorf("%v, and the comment is gone:\n%s", err, text)
	}
	info, err := os.Stat(m.File)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the rights of the file: %v %v", info, err)
	}
	m.History = m.History[:1] // what is taken out cannot be told by adding
	if err := m.Save(); err != nil {
		t.Fatal(err)
	}
	if again, err = ledger.Open(m.File); err != nil || len(again.History) != 1 {
		t.Errorf("%v: %d entries", err, len(again.History))
	}
	entries, err := os.ReadDir(m.Folder())
	if err != nil || len(entries) != 1 {
		t.Errorf("%v: something is left beside it: %v", err, entries)
	}
}

func TestPlanThatSomebodyElseWroteIsLeft(t *testing.T) {
	m := opened(t)
	if err := os.WriteFile(m.File, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.History = nil
	if err := m.Save(); !errors.Is(err, ledger.ErrChanged) {
		t.Error(err)
	}
	if text, err := os.ReadFile(m.File); err != nil || string(text) != "theirs" {
		t.Errorf("%v: %s", err, text)
	}
}

func TestMistakesHaveTheirPlace(t *testing.T) {
	whole, err := example().Write()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, at string }{
		{"phase: contract", "phase: contrac", "  - phase: contrac"},
		{"what: moved-in", "what: moved", "  - at: \"2026-02-02"},
		{"version: 1", "version: 1\nversions: 1", "versions: 1"},
	} {
		text := strings.Replace(string(whole), c.from, c.to, 1)
		_, err := ledger.Parse("plan.yml", []byte(text))
		var wrong *ledger.Mistake
		if !errors.As(err, &wrong) {
			t.Fatalf("%s: %v", c.to, err)
		}
		lines := strings.Split(text, "\n")
		if wrong.Line < 1 || !strings.HasPrefix(lines[wrong.Line-1], c.at) {
			t.Errorf("%s: %v", c.to, err)
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than a line: %v", c.to, err)
		}
	}
}

func TestStandings(t *testing.T) {
	p := example()
	p.History = nil
	want := func(jobs map[string]bool, stands ...ledger.Standing) {
		t.Helper()
		if got := p.Standings(jobs); !slices.Equal(got, stands) {
			t.Errorf("%v, want %v", got, stands)
		}
	}
	want(nil, ledger.Done, ledger.Next, ledger.Waiting, ledger.Waiting)
	want(map[string]bool{"0007_mail": true}, ledger.Done, ledger.Done, ledger.Next, ledger.Waiting)
	happens := func(e ledger.Event) { p.History = append(p.History, e) }
	happens(ledger.Event{What: ledger.Confirmed, Requirement: "step:2"})
	want(nil, ledger.Done, ledger.Done, ledger.Next, ledger.Waiting)
	p.History = nil
	happens(ledger.Event{What: ledger.MovedIn, Step: 3})
	want(nil, ledger.Done, ledger.Done, ledger.Done, ledger.Next) // it was let through: the rows are done
	happens(ledger.Event{What: ledger.RolledBack, Step: 3})
	happens(ledger.Event{What: ledger.RolledBack, Step: 1})
	want(map[string]bool{"0007_mail": true}, ledger.TakenBack, ledger.Done, ledger.TakenBack, ledger.Next)
	happens(ledger.Event{What: ledger.MovedIn, Step: 3})
	if !p.InPlace(3) || p.InPlace(1) || p.RolledBack(3) {
		t.Error("the newest event counts")
	}
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	text, err := example().Write()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"b/plan.yml": string(text), "a/plan.yml": "version: 9", "done/old/plan.yml": string(text), "other/x.sql": "", "lost/01_x.sql": "", "file": "",
	} {
		file := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(top, "nothing"), 0o777); err != nil {
		t.Fatal(err)
	}
	found, err := ledger.Find([]string{filepath.Join(top, "not there"), top})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, filepath.Base(f.Folder)+map[bool]string{true: " broken"}[f.Err != nil])
	}
	if want := []string{"a broken", "b", "lost broken"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if f, err := ledger.In(filepath.Join(top, "nothing")); f != nil || err != nil {
		t.Errorf("%v %v", f, err)
	}
}
