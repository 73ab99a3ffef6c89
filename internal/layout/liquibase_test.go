package layout

import (
	"strings"
	"testing"
)

// TestChangesetNames: each new changeset has an id of its own, also beside one with quotes.
func TestChangesetNames(t *testing.T) {
	const taken = "\n--changeset \"b c\":\"2 d-check\"\nSELECT 3;\n"
	text, out := writtenTo(t, "liquibase", "db/1_x.sql", twoSteps(), "db/1_x.sql", "--liquibase formatted sql\n--changeset \"b c\":\"2 d\" labels:\"e f\"\nSELECT 2;\n"+taken)
	for _, want := range []string{
		"--changeset \"b c\":\"2 d\" labels:\"e f\" runInTransaction:false\n", "--changeset \"b c\":\"2 d-check-2\" labels:\"e f\"\n", taken,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	waits := string(out.Files[len(out.Files)-1].Text)
	if want := "--liquibase formatted sql\n\n--changeset \"b c\":\"2 d-drop\" labels:\"e f\"\n"; !strings.HasPrefix(waits, want) {
		t.Errorf("%s", waits)
	}
}

// TestUnread: what a plan says of itself is nothing to Liquibase, whatever its words are.
func TestUnread(t *testing.T) {
	p := []Piece{{Slug: "x", About: []string{"rollback of comments", "Changeset:"}, NoDown: "property a:b c:d", SQL: []string{"SELECT 2"}, Undo: []string{"COMMENT ON TABLE t IS 'x'"}, InTx: true}}
	text, _ := writtenTo(t, "liquibase", "db/1_x.sql", p, "db/1_x.sql", "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n--rollback SELECT 'mine';\n")
	for _, want := range []string{"\n-- | rollback of comments\n", "\n-- | Changeset:\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if log := readChangelog([]byte(text)); log.err != nil || len(log.sets) != 1 || len(log.sets[0].head) > 0 {
		t.Errorf("%+v\n%s", log, text)
	}
}

func TestRunsOn(t *testing.T) {
	for _, c := range []struct {
		dbms, dialect string
		want          bool
	}{
		{"", postgres, true}, {"postgresql", postgres, true}, {"mysql", postgres, false}, {"oracle, postgresql", postgres, true},
		{"!postgresql", postgres, false}, {"!oracle", postgres, true}, {"!oracle,mysql", postgres, false}, {"all", mariadb, true}, {"none", mysql, false},
		{"mariadb", mariadb, true}, {"mysql", mariadb, false},
	} {
		if got := runsOn(c.dbms, c.dialect); got != c.want {
			t.Errorf("dbms:%s on %s: %v", c.dbms, c.dialect, got)
		}
	}
}

// TestTwoPlansOfOneFile: the second finds its changeset where the first has left it.
func TestTwoPlansOfOneFile(t *testing.T) {
	const text = "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n--changeset a:2\nSELECT 2;\n"
	w, g := project(t, "liquibase", "db/x.sql", text)
	var all []*Written
	for i, f := range g.Files {
		if unit := g.Unit(f.Script); unit != []string{"1", "2"}[i] {
			t.Errorf("unit %q", unit)
		}
		out, err := w.Write(Rewrite{Name: "x-" + g.Unit(f.Script), Script: f.Script, Pieces: twoSteps(), Tables: []string{"orders"}})
		if err != nil {
			t.Fatal(err)
		}
		w.Keep(out)
		all = append(all, out)
	}
	for _, out := range all {
		if err := out.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	sets := readChangelog([]byte(snapshot(t)["db/x.sql"])).sets
	var ids []string
	for _, set := range sets {
		_, id := changesetID(set.mark)
		ids = append(ids, id)
	}
	if got := strings.Join(ids, " "); got != "1 1-check 2 2-check" {
		t.Errorf("%s", got)
	}
}
