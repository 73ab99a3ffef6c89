package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/safemig/safemig/internal/ledger"
)

func example() *ledger.Plan {
	p := ledger.New("0007_mail", time.Date(2026, 1, 31, 23, 0, 0, 0, time.UTC))
	p.Source, p.Dialect, p.Layout = "../../migrations/0007_mail.sql", "postgres", "goose"
	p.Steps = []ledger.Step{
		{
			Phase: "expand", Title: "add users.mail beside users.email", Files: []string{"../../migrations/0007_mail.sql"},
			Rollback: []string{"ALTER TABLE users\n  DROP COLUMN mail", "DROP FUNCTION f()"},
		},
		{
			Phase: "backfill", Title: "fill users.mail", Files: []string{"../../backfills/0007_mail.sql"},
			Backfill: &ledger.Job{Name: "0007_mail", Table: `public."Users"`, Key: []string{"id", `"The Key"`}, Set: "mail = email", Where: "mail IS DISTINCT FROM email"},
		},
		{
			Phase: "contract", Title: "drop users.email; for ever", Files: []string{"01_drop.sql"}, Waits: true,
			Requires: []string{"backfill:0007_mail", "deploy:reads and writes mail: only", "wait:168h0m0s"}, Final: "The addresses are gone.",
			RollbackEach: true, Left: "copies users, and blocks writes of users until it is done",
		},
		{
			Phase: "expand", Title: "define users.id anew, by gh-ost", Files: []string{"02_define.sql"}, Waits: true, Requires: []string{"engine:gh-ost_users"},
			Engine: &ledger.Engine{
				Name: "gh-ost", Script: "gh-ost_users.sh", Files: []string{"gh-ost.cnf"}, Verbs: []string{"try", "run", "back"},
				Before: []string{"SELECT `id` FROM `users`"}, Done: "EXISTS (SELECT 1)\n  AND EXISTS (SELECT 2)", Notes: []string{"the old table stays: drop it"},
			},
		},
	}
	p.Notes = []string{"a note"}
	p.History = []ledger.Event{
		{At: "2026-02-01T12:00:00Z", What: ledger.Confirmed, Requirement: "deploy:reads and writes mail: only", By: "A. Nyone <a@example.org>"},
		{At: "2026-02-02T12:00:00Z", What: ledger.MovedIn, Step: 3, Files: []string{"../../migrations/0009_drop.sql"}, Despite: []string{"wait:168h0m0s"}, Reason: "nobody: reads it"},
	}
	return p
}

func TestWrittenPlanReadsAsItWas(t *testing.T) {
	text, err := example().Write()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ledger.Parse("plan.yml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(example(), got); diff != "" {
		t.Errorf("(-want +got)\n%s\n%s", diff, text)
	}
	if got.Deadline != "2026-03-02" {
		t.Errorf("deadline %s", got.Deadline)
	}
}

// TestAnyTextReadsAsItWas: SQL is full of what YAML gives a meaning to.
func TestAnyTextReadsAsItWas(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab \n\t'\"#:-%&*!|>{}[],;$\\.0ü~@`=?")), 1, 40, -1)
	rapid.Check(t, func(t *rapid.T) {
		want := example()
		want.Steps[0].Rollback = []string{text.Draw(t, "rollback")}
		want.Steps[1].Backfill.Where = text.Draw(t, "where")
		want.Steps[2].Final = text.Draw(t, "final")
		written, err := want.Write()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ledger.Parse("plan.yml", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s\n%s", diff, written)
		}
	})
}

// TestShortTextReadsAsItWas tries every text of up to four of the characters
// that YAML's numbers and words are made of, many to a plan.
func TestShortTextReadsAsItWas(t *testing.T) {
	texts := []string{""}
	for last := texts; len(last[0]) < 4; {
		var longer []string
		for _, text := range last {
			for _, r := range "01.xobeEna_/-+~:" {
				longer = append(longer, text+string(r))
			}
		}
		texts, last = append(texts, longer...), longer
	}
	want := example()
	want.Notes = texts[1:]
	written, err := want.Write()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ledger.Parse("plan.yml", written)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range want.Notes {
		if got.Notes[i] != text {
			t.Errorf("%q became %q", text, got.Notes[i])
		}
	}
}

func TestBrokenPlansAreRefused(t *testing.T) {
	whole, err := example().Write()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"version: 1", "version: 2", "version 2 is not known"},
		{"version: 1", "version: 1\nversions: 1", "unknown field"},
		{"phase: contract", "phase: contrac", "is none of expand, backfill"},
		{"wait:168h0m0s", "wait:long", "names no time"},
		{"wait:168h0m0s", "sleep:1h", "none of backfill:JOB"},
		{"backfill:0007_mail", "backfill:0008", "no step before it is the backfill 0008"},
		{"waits: true", "waits: false", "does not wait"},
		{"2026-01-31", "31.1.2026", "is no day"},
		{"01_drop.sql", "/etc/passwd", "not given as seen from the plan's folder"},
		{"layout: goose", "", "it has no layout"},
		{"set: mail = email", "", "either a set or an sql"},
		{"engine:gh-ost_users", "engine:gh-ost_orders", "no step up to it has the script gh-ost_orders.sh"},
		{"script: gh-ost_users.sh", "script: ../gh-ost_users.sh", "no file beside plan.yml"},
		{"name: gh-ost", "name:", "an engine needs a name"},
		{"2026-02-01T12:00:00Z", "yesterday", "no time such as"},
		{"what: moved-in", "what: moved", "none of confirmed, moved-in"},
		{"step: 3", "step: 30", "there is no step 30"},
		{"\"nobody: reads it\"", "\"\"", "for no reason"},
	} {
		text := strings.Replace(string(whole), c.from, c.to, 1)
		if text == string(whole) {
			t.Errorf("%q is not in the plan\n%s", c.from, whole)
		}
		if _, err := ledger.Parse("plan.yml", []byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	if _, err := ledger.Parse("plan.yml", []byte(strings.Repeat("[", 20_000))); err == nil {
		t.Error("20,000 brackets were read")
	}
}

func TestHeadingOfAJob(t *testing.T) {
	job := ledger.Job{Name: "x", Table: `app."The ""big"" table"`, Key: []string{"id", `"a, b"`}, Set: "a = 1", Where: "a IS NULL"}
	text := job.Text([]string{"a comment"})
	table, key, err := ledger.Heading(text)
	if err != nil || table != job.Table || !cmp.Equal(key, job.Key) {
		t.Errorf("%s %q %v\n%s", table, key, err, text)
	}
	job.Comments, job.SQL = "-- the user's\n", "UPDATE t SET a = 1 WHERE a IS NULL"
	if text := job.Text([]string{"a comment"}); !strings.HasSuffix(text, "-- a comment\n-- the user's\n"+job.SQL+";\n") {
		t.Errorf("the comments are not above the statement:\n%s", text)
	}
	for _, bad := range []string{"", "UPDATE t SET a = 1;", "-- safemig:backfill key=id", "-- safemig:backfill table=t tabel=t", "-- safemig:backfill table=t table=u"} {
		if _, _, err := ledger.Heading(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestStory(t *testing.T) {
	story := string(example().Story())
	for _, want := range []string{
		"    title 0007_mail\n", "    section with the next run of the migrations\n        1 : add users.mail beside users.email\n",
		"        3 : drop users.email, for ever\n", "first: the backfill 0007_mail is done and verified", "first: 168h have gone by",
		"- left as it is: copies users, and blocks writes of users until it is done\n", "going back: The addresses are gone.", "[`0007_mail.sql`](../../backfills/0007_mail.sql)", "- a note\n",
	} {
		if !strings.Contains(story, want) {
			t.Errorf("no %q in\n%s", want, story)
		}
	}
}
