package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/postgres"
	"github.com/safemig/safemig/internal/livedb"
)

// checks are those of a server.
type checks struct {
	between check   // what stands between us and the server
	key     check   // why the table's key is of no use
	rest    []check // in this order
}

func postgresChecks() checks {
	return checks{
		between: postgresPooler,
		key:     postgresKey,
		rest: []check{
			postgresTarget, postgresStandby, postgresRoles, postgresWalk, postgresSet, postgresVolatile, postgresConflict,
			postgresTriggers, postgresRules, postgresCascades, postgresPartitions, postgresIdentity, postgresSubscription,
			postgresPrivileges, postgresPlan, postgresSize,
		},
	}
}

func pgQuote(ident string) string { return postgres.Text{}.Quote(ident) }

func pgLiteral(text string) string { return postgres.Text{}.Literal(text) }

func pgLiterals(texts []string) string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, pgLiteral(t))
	}
	return "ARRAY[" + strings.Join(out, ", ") + "]::text[]"
}

// pgName is a name as the server reads it.
func pgName(n change.Name) string {
	if n.Schema == "" {
		return pgQuote(n.Name)
	}
	return pgQuote(n.Schema) + "." + pgQuote(n.Name)
}

// postgresTarget finds the table that is changed.
func postgresTarget(ctx context.Context, x *exam) error {
	x.target = relation{id: x.table.ID, name: x.table.Name, parts: x.table.Parts}
	if x.job.Kind == Update {
		x.target.columns = x.job.Columns
	}
	if x.job.Kind == Insert {
		if err := x.insertTarget(ctx); err != nil {
			return err
		}
	}
	x.report.Target = x.target.name
	return nil
}

func (x *exam) insertTarget(ctx context.Context) error {
	rows, err := x.ask(ctx, "SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass("+
		pgLiteral(pgName(x.job.Target))+")")
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("there is no table %s in this database", pgName(x.job.Target))
	}
	x.target = relation{id: rows[0][0], name: rows[0][1]}
	leaves, err := postgresFlavour{}.leaves(ctx, x.look, &Table{ID: x.target.id, Name: x.target.name}, rows[0][2], &Job{Key: x.job.Key})
	x.target.parts = leaves
	return err
}

// ids are the numbers of a table and of those that hold its rows.
func (r relation) ids() string {
	out := []string{r.id}
	for _, p := range r.parts {
		if p.ID != r.id {
			out = append(out, p.ID)
		}
	}
	return strings.Join(out, ", ")
}

// partIDs are the numbers of the tables that hold the rows.
func (r relation) partIDs() string {
	out := []string{"0"}
	for _, p := range r.parts {
		out = append(out, p.ID)
	}
	return strings.Join(out, ", ")
}

// walked is the table that is walked along as a relation.
func (x *exam) walked() relation {
	return relation{id: x.table.ID, name: x.table.Name, parts: x.table.Parts}
}

// postgresPooler: a pooler makes the number of the process up. One that gives each
// transaction another session gives two sessions that have a transaction by turns
// the same process.
func postgresPooler(ctx context.Context, x *exam) error {
	a, err := x.db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	told, err := livedb.BackendPID(a)
	if err != nil {
		return err
	}
	const own = "SELECT pg_backend_pid()"
	seen, err := ask(ctx, a, own)
	if err != nil {
		return err
	}
	if seen[0][0] == fmt.Sprint(told) {
		return nil
	}
	b, err := x.db.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	other, err := byTurns(ctx, b, a, own)
	if err != nil || other[0] == seen[0][0] || other[1] != seen[0][0] {
		x.raise("transaction-pooling", final, "The connection goes through a pooler that gives each transaction another session of the server (transaction pooling)"+because(err)+
			": the lock that keeps a second runner out and the time limits of this one are lost, or end in a session of your application.",
			"Give a DSN of the server itself, or of a pool in session mode.")
		return nil
	}
	x.raise("proxy", note, "The connection goes through a proxy, which keeps one session of the server for each of ours, as it must.",
		"Prefer a DSN of the server itself: a proxy that restarts or ends idle clients interrupts the run.")
	return nil
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf(" (%v)", err)
}

// byTurns is what one session answers in a transaction, and then another meanwhile.
func byTurns(ctx context.Context, first, then executor, query string) (out [2]string, err error) {
	if _, err := first.ExecContext(ctx, "BEGIN"); err != nil {
		return out, err
	}
	for i, c := range []executor{first, then} {
		rows, err := ask(ctx, c, query)
		if err != nil {
			return out, err
		}
		out[i] = rows[0][0]
	}
	_, err = first.ExecContext(ctx, "ROLLBACK")
	return out, err
}

// postgresStandby: https://www.postgresql.org/docs/current/hot-standby.html
func postgresStandby(ctx context.Context, x *exam) error {
	rows, err := x.ask(ctx, "SELECT pg_is_in_recovery()")
	if err == nil && rows[0][0] == "true" {
		x.raise("standby", final, "The server is a standby, which takes no writes.", "Give the DSN of the primary.")
	}
	return err
}

// postgresRoles: with another role than origin neither triggers nor foreign keys act.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
func postgresRoles(ctx context.Context, x *exam) error {
	rows, err := x.ask(ctx, "SELECT current_setting('session_replication_role')")
	if err != nil {
		return err
	}
	if role := rows[0][0]; role != "origin" {
		x.raise("replication-role", refusal, "session_replication_role is "+role+" in this user's sessions: triggers, those that keep columns the same included, and foreign keys do not act on the job's changes.",
			"ALTER ROLE .. RESET session_replication_role (or ALTER DATABASE), or use another user.")
	}
	rows, err = x.ask(ctx, "SELECT c.oid::regclass, row_security_active(c.oid) FROM pg_class c WHERE c.oid IN ("+x.walked().ids()+", "+x.target.ids()+") ORDER BY 1::text")
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r []string) bool { return r[1] != "true" })
	if len(rows) > 0 {
		x.raise("row-security", refusal, "Row security is in force for this user on "+strings.Join(first(rows), ", ")+": rows that its policies hide are passed over, and nothing tells.",
			"Use the tables' owner or a user with BYPASSRLS.")
	}
	return nil
}
