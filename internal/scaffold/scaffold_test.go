package scaffold_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/internal/scaffold"
	"github.com/safemig/safemig/rewrite"
)

func TestWrite(t *testing.T) {
	for line, want := range map[string]string{
		`rename-column --table users --from email --to mail`:                     `ALTER TABLE users RENAME COLUMN email TO mail`,
		`rename-column --table App.Users --from "a.b" --to Order`:                `ALTER TABLE "App"."Users" RENAME COLUMN "a.b" TO "Order"`,
		`rename-column --table "a.b" --from a"b --to c`:                          `ALTER TABLE "a.b" RENAME COLUMN "a""b" TO c`,
		`rename-table --table app.users --to people`:                             `ALTER TABLE app.users RENAME TO people`,
		`rename-table --table app.users --to app.people`:                         `ALTER TABLE app.users RENAME TO people`,
		`change-type --table t --column c --type numeric(10, 2)`:                 `ALTER TABLE t ALTER COLUMN c TYPE numeric(10, 2)`,
		`change-type --table t --column c --type int --using (c[1]) --inverse x`: `ALTER TABLE t ALTER COLUMN c TYPE int USING (c[1])`,
		`not-null --table t --column "Order"`:                                    `ALTER TABLE t ALTER COLUMN "Order" SET NOT NULL`,
		`not-null --table t --column c --default 'a, b; c'`:                      `ALTER TABLE t ALTER COLUMN c SET DEFAULT 'a, b; c', ALTER COLUMN c SET NOT NULL`,
		`split-table --table t --columns a, "b,c" ,D --into s.u`:                 `ALTER TABLE t DROP COLUMN a, DROP COLUMN "b,c", DROP COLUMN "D"`,
	} {
		ask, err := scaffold.Read(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		got, err := ask.Write(postgres.Text{}, nil)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff([]string{want}, got.SQL); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", line, diff)
		}
	}
}

func TestSplitIsToldWhatGoesWhere(t *testing.T) {
	ask, err := scaffold.Read(`split-table --table t --columns a,b --into s.U --key x,Y`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ask.Write(postgres.Text{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &rewrite.Split{Columns: []string{"a", "b"}, Into: change.Name{Schema: "s", Name: "U"}, Key: []string{"x", "Y"}}
	if diff := cmp.Diff(want, got.Split); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got.Slug != "split_t_into_u" || got.Kind.Recipe != "split-table" {
		t.Errorf("%+v", got)
	}
}

func TestMistakes(t *testing.T) {
	for line, want := range map[string]string{
		``:                                                           "no plan is named",
		`rename --table t`:                                           `no plan "rename"`,
		`rename-table t`:                                             `"t" is behind no flag`,
		`rename-table --table t`:                                     "rename-table needs --to",
		`rename-table --table t --to`:                                "--to is empty",
		`rename-table --table t --to t`:                              "are the same",
		`rename-table --table s.t --to u.t2`:                         "within its schema",
		`rename-table --table "t --to u`:                             "a double quote is not closed",
		`rename-table --table "t"x --to u`:                           "whole within double quotes",
		`rename-table --table a..b --to u`:                           "a name is empty",
		`rename-table --table a.b.c --to u`:                          "neither name nor schema.name",
		`rename-column --table t --from a --to a`:                    "are the same",
		`rename-column --table t --from a --to b --key id`:           "rename-column has no --key",
		`change-type --table t --column c --type int;`:               "no SQL that can stand by itself",
		`change-type --table t --column c --type int, DROP COLUMN d`: "no SQL that can stand by itself",
		`change-type --table t --column c --type int --using (a`:     "no SQL that can stand by itself",
		`change-type --table t --column c --type int --using a)`:     "no SQL that can stand by itself",
		`change-type --table t --column c --type int --using 'a`:     "no SQL that can stand by itself",
		`change-type --table t --column c --type int /* x`:           "no SQL that can stand by itself",
		`not-null --table t --column c --default /**/`:               "no SQL that can stand by itself",
		`split-table --table t --columns a,a --into u`:               "names a twice",
		`split-table --table t --columns a,,b --into u`:              "a name is empty",
		`split-table --table t --columns a --into t`:                 "the table itself",
	} {
		ask, err := scaffold.Read(line)
		if err == nil {
			_, err = ask.Write(postgres.Text{}, nil)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

// FuzzNames: whatever the names are, they stay names: the statement is the one that
// was asked for.
func FuzzNames(f *testing.F) {
	f.Add("users", "a", "b")
	f.Add(`"a.b"`, `x"; DROP TABLE t; --`, "select")
	f.Add("a.b", "\x00", "ü")
	f.Fuzz(func(t *testing.T, table, from, to string) {
		ask := scaffold.Ask{Kind: "rename-column", Flags: map[string]string{"table": table, "from": from, "to": to}}
		got, err := ask.Write(postgres.Text{}, nil)
		if err != nil {
			return
		}
		toks := postgres.Text{}.Tokens(got.SQL[0])
		if len(toks) != 8 && len(toks) != 10 {
			t.Errorf("%d tokens: %s", len(toks), got.SQL[0])
		}
	})
}
