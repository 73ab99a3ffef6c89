package rules_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

func custom(t *testing.T, message string, m rules.Match) *rules.Rule {
	t.Helper()
	text, err := rules.NewTemplate(message)
	if err != nil {
		t.Fatal(err)
	}
	r, err := rules.NewCustom(rules.Custom{ID: "mine", Severity: rules.Error, Message: text, Help: "ask", Match: m})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func patterns(t *testing.T, list ...string) rules.Patterns {
	t.Helper()
	p, err := rules.NewPatterns(list...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestCustomRules: all that a match asks for must hold.
func TestCustomRules(t *testing.T) {
	const before = `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, note text);
CREATE TABLE billing.items (id bigint PRIMARY KEY, secret text);
CREATE INDEX orders_note ON orders (note);
CREATE VIEW shown AS SELECT 1;
CREATE TABLE bills (id serial);`
	yes, no := true, false
	tests := []struct {
		name, message string
		match         rules.Match
		sql           string
		want          []string
	}{
		{"kind", "{table}", rules.Match{Changes: []change.Kind{change.KindDropTable}}, "DROP TABLE orders; TRUNCATE orders;", []string{"error[mine] orders"}},
		{"each clause", "{table}.{column}", rules.Match{Changes: []change.Kind{change.KindDropColumn}},
			"ALTER TABLE orders DROP COLUMN note, DROP COLUMN user_id;", []string{"error[mine] orders.note", "error[mine] orders.user_id"}},
		{"table in any schema", "{table}", rules.Match{Table: patterns(t, "it?ms")}, "DROP TABLE billing.items; DROP TABLE orders;", []string{"error[mine] billing.items"}},
		{"schema", "{table}", rules.Match{Table: patterns(t, "billing.*")}, "DROP TABLE billing.items; DROP TABLE orders;", []string{"error[mine] billing.items"}},
		{"schema that is not written", "{table}", rules.Match{Table: patterns(t, "public.{orders,users}")}, "DROP TABLE billing.items; DROP TABLE orders;", []string{"error[mine] orders"}},
		{"one of several", "{table}", rules.Match{Table: patterns(t, "a", "orders")}, "DROP TABLE orders;", []string{"error[mine] orders"}},
		{"column", "{column}", rules.Match{Column: patterns(t, "*_id")}, "CREATE INDEX i ON orders (note, user_id);", []string{"error[mine] user_id"}},
		{"no such column", "{column}", rules.Match{Column: patterns(t, "*_id")}, "CREATE INDEX i ON orders (note);", []string{}},
		{"table of an index", "{table}", rules.Match{Table: patterns(t, "orders"), Changes: []change.Kind{change.KindDropIndex}}, "DROP INDEX orders_note;", []string{"error[mine] orders"}},
		{"view", "{table}", rules.Match{Changes: []change.Kind{change.KindObject}, Table: patterns(t, "sh*")}, "DROP VIEW shown;", []string{"error[mine] shown"}},
		{"statement", "{statement}", rules.Match{Table: patterns(t, "orders")}, "TRUNCATE\n  orders;", []string{"error[mine] TRUNCATE orders"}},
		{"nothing to name", "{table}, {column}", rules.Match{Changes: []change.Kind{change.KindSetOption}}, "SET a.b = 1;", []string{"error[mine] (none), (none)"}},
		{"lock at least", "{table}", rules.Match{Effect: rules.EffectMatch{Lock: change.ShareRowExclusive}},
			"CREATE INDEX i ON orders (note); ALTER TABLE orders ADD COLUMN x text;", []string{"error[mine] orders"}},
		{"work at least", "{table}", rules.Match{Effect: rules.EffectMatch{Work: change.IndexBuild}},
			"ALTER TABLE orders ALTER COLUMN note SET NOT NULL; CREATE INDEX i ON orders (note);", []string{"error[mine] orders"}},
		{"all of an effect", "{table}", rules.Match{Effect: rules.EffectMatch{Blocks: change.Reads, Work: change.IndexBuild}}, "CREATE INDEX i ON orders (note);", []string{}},
		{"the table that bears it", "{table}", rules.Match{Table: patterns(t, "orders"), Effect: rules.EffectMatch{Blocks: change.Writes}},
			"ALTER TABLE billing.items ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES orders;", []string{"error[mine] orders"}},
		{"a table's own sequence is no table", "{table}", rules.Match{Table: patterns(t, "bills_*"), Effect: rules.EffectMatch{Blocks: change.Writes}},
			"DROP TABLE bills;", []string{}},
		{"a sequence by name", "{table}", rules.Match{Table: patterns(t, "bills_*"), Effect: rules.EffectMatch{Blocks: change.Writes}},
			"ALTER SEQUENCE bills_id_seq RESTART;", []string{"error[mine] bills_id_seq"}},
		{"nobody waits for a new table", "{table}", rules.Match{Effect: rules.EffectMatch{Blocks: change.Writes}},
			"CREATE TABLE n (id int); CREATE INDEX i ON n (id);", []string{}},
		{"new table", "{table}", rules.Match{NewTable: &yes, Table: patterns(t, "*")}, "CREATE TABLE n (id int); DROP TABLE orders;", []string{"error[mine] n"}},
		{"old table", "{table}", rules.Match{NewTable: &no, Table: patterns(t, "*")}, "CREATE TABLE n (id int); DROP TABLE orders;", []string{"error[mine] orders"}},
		{"in a transaction", "{table}", rules.Match{InTransaction: &yes, Table: patterns(t, "*")}, "-- tx\nDROP TABLE orders;", []string{"error[mine] orders"}},
		{"outside", "{table}", rules.Match{InTransaction: &yes, Table: patterns(t, "*")}, "DROP TABLE orders;", []string{}},
		{"not in a transaction", "{table}", rules.Match{InTransaction: &no, Table: patterns(t, "*")}, "DROP TABLE orders; BEGIN; TRUNCATE orders; COMMIT;", []string{"error[mine] orders"}},
		{"another server", "{table}", rules.Match{Dialects: []string{"mysql"}, Table: patterns(t, "*")}, "DROP TABLE orders;", []string{}},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			found := project(t, []*rules.Rule{custom(t, c.message, c.match)}, nil, nil, before, c.sql)
			if diff := cmp.Diff(c.want, shown(found)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, f := range found {
				if f.Help != "ask" || !f.Custom {
					t.Errorf("help %q, custom %v", f.Help, f.Custom)
				}
			}
		})
	}
}

// TestCustomRuleInDoubt: where nobody knows whether there is a transaction, a
// rule about it warns.
func TestCustomRuleInDoubt(t *testing.T) {
	for in, want := range map[bool]string{
		true:  "warning[mine] if your migration tool runs this file in a transaction: no",
		false: "warning[mine] unless your migration tool runs this file in a transaction: no",
	} {
		r := custom(t, "no", rules.Match{Changes: []change.Kind{change.KindTruncate}, InTransaction: &in})
		found := judgePlain(t, []*rules.Rule{r}, "TRUNCATE orders;")
		if diff := cmp.Diff([]string{want}, shown(found)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestNamesOfMySQLHaveNoCase also for patterns.
func TestNamesOfMySQLHaveNoCase(t *testing.T) {
	r := custom(t, "{table}.{column}", rules.Match{Table: patterns(t, "Bill*"), Column: patterns(t, "SECRET")})
	found := projectOn(t, "mysql", []*rules.Rule{r}, nil, nil, "ALTER TABLE BILLING DROP COLUMN Secret;")
	if diff := cmp.Diff([]string{"error[mine] BILLING.Secret"}, shown(found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCustomRulesComeLast: they do not silence the rule that speaks where no
// other one does.
func TestCustomRulesComeLast(t *testing.T) {
	list := append(rules.All(), custom(t, "no", rules.Match{Table: patterns(t, "*")}))
	found := project(t, list, nil, nil, "CREATE TABLE orders (id bigint);", "SET lock_timeout = '2s';\nCLUSTER orders USING i;")
	text := strings.Join(shown(found), "\n")
	if !strings.Contains(text, "[mine]") || len(found) < 2 {
		t.Errorf("found:\n%s", text)
	}
}

func TestCustomRulesThatCannotBe(t *testing.T) {
	ok := rules.Match{Table: patterns(t, "a")}
	text, err := rules.NewTemplate("{table} is ours: {}, {1}")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []rules.Custom{
		{ID: "", Message: text, Match: ok},
		{ID: "a_b", Message: text, Match: ok},
		{ID: "a", Match: ok},
		{ID: "a", Message: text},
		{ID: "a", Message: text, Match: rules.Match{Dialects: []string{"mysql"}}},
	} {
		if r, err := rules.NewCustom(c); err == nil {
			t.Errorf("%+v made %+v", c, r)
		}
	}
	r, err := rules.NewCustom(rules.Custom{ID: "a-1", Message: text, Match: ok})
	if err != nil || r.Severity != rules.Warning || r.Family != rules.Policy {
		t.Errorf("%+v, %v", r, err)
	}
	for _, bad := range []string{"", "[", "{a"} {
		if _, err := rules.NewPatterns(bad); err == nil {
			t.Errorf("%q is a pattern", bad)
		}
	}
	if _, err := rules.NewTemplate("{tabel}"); err == nil {
		t.Error("{tabel} is a placeholder")
	}
}

// judgePlain judges a file of a directory whose runner is not known.
func judgePlain(t *testing.T, list []*rules.Rule, sql string) []rules.Finding {
	t.Helper()
	d, err := dialect.Open("postgres", "")
	if err != nil {
		t.Fatal(err)
	}
	s := script(file{name: "f.sql", sql: sql})
	s.Tx = change.TxUnknown
	d.Parse(s)
	found, err := rules.NewChecker(d.Target, d.Facts, list).File(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
