package engine_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/safemig/safemig/internal/livedb"
)

// set makes the two databases anew: shop is the engine's, plain the statement's.
func (r *trial) set() {
	grant := []string{"DROP USER IF EXISTS engine@'%'", "CREATE USER engine@'%' IDENTIFIED BY 'open-sesame'", "GRANT ALL ON *.* TO engine@'%' WITH GRANT OPTION"}
	r.exec(grant...)
	for _, name := range []string{"shop", "plain"} {
		statements := []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name, "USE " + name}
		statements = append(statements, strings.Split(strings.TrimSuffix(strings.TrimSpace(r.c.before), ";"), ";\n")...)
		r.exec(append(statements, r.c.fill...)...)
	}
}

func (r *trial) exec(statements ...string) {
	r.t.Helper()
	c, err := r.db.Session(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, s := range statements {
		if _, err := c.ExecContext(r.t.Context(), s); err != nil {
			r.t.Fatalf("%s: %v", s, err)
		}
	}
}

// state is how the tables of a database are made, and their triggers, without what
// an engine leaves behind.
func (r *trial) state(database string) string {
	var out []string
	for _, row := range r.query("SELECT table_name FROM information_schema.tables WHERE table_schema = '" + database + "' ORDER BY 1") {
		if name := row[0]; !strings.HasPrefix(name, "_") {
			out = append(out, r.query(fmt.Sprintf("SHOW CREATE TABLE `%s`.`%s`", database, name))[0][1])
		}
	}
	for _, row := range r.query("SELECT trigger_name, action_timing, event_manipulation, event_object_table, action_statement " +
		"FROM information_schema.triggers WHERE trigger_schema = '" + database + "' AND event_object_table NOT LIKE '\\_%' ORDER BY 1") {
		out = append(out, strings.Join(row, " "))
	}
	text := strings.ReplaceAll(strings.Join(out, "\n"), "`"+database+"`.", "")
	return regexp.MustCompile(` AUTO_INCREMENT=\d+`).ReplaceAllString(text, "")
}

func (r *trial) rows(database string) string {
	var out strings.Builder
	for _, row := range r.query("SELECT * FROM " + database + "." + r.c.table + " ORDER BY 1") {
		out.WriteString(strings.Join(row, "|") + "\n")
	}
	return out.String()
}

func (r *trial) query(text string, before ...string) [][]string {
	r.t.Helper()
	c, err := r.db.Session(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, s := range before {
		if _, err := c.ExecContext(r.t.Context(), s); err != nil {
			r.t.Fatalf("%s: %v", s, err)
		}
	}
	rows, err := c.QueryContext(r.t.Context(), text)
	if err != nil {
		r.t.Fatalf("%s: %v", text, err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		r.t.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			r.t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, v := range values {
			if row[i] = v.String; !v.Valid {
				row[i] = "NULL"
			}
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return out
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%d and %d rows, first %q and %q", len(a), len(b), a[i], b[i])
		}
	}
	return fmt.Sprintf("%d and %d rows", len(a), len(b))
}

// writer is the application: each of its transactions changes both databases.
type writer struct {
	quit        chan struct{}
	wait        sync.WaitGroup
	done, again int
	longest     time.Duration
	err         error
}

func (r *trial) write() *writer {
	w := &writer{quit: make(chan struct{})}
	c, err := r.db.Session(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	w.wait.Go(func() {
		defer func() { _ = c.Close() }()
		for i := 1; w.err == nil; i++ {
			select {
			case <-w.quit:
				return
			case <-time.After(3 * time.Millisecond):
			}
			for !w.once(r, c, i) {
				w.again++
			}
		}
	})
	return w
}

// once writes once; false is that it lost against another transaction and is to be
// tried again.
func (w *writer) once(r *trial, c *sql.Conn, i int) bool {
	began := time.Now()
	statement := strings.ReplaceAll(r.c.write[i%len(r.c.write)], "{i}", fmt.Sprint(i))
	all := []string{"BEGIN"}
	for _, database := range []string{"shop", "plain"} {
		all = append(all, strings.ReplaceAll(statement, "{t}", database+"."+r.c.table))
	}
	for _, s := range append(all, "COMMIT") {
		_, err := c.ExecContext(r.t.Context(), s)
		if err == nil {
			continue
		}
		if _, back := c.ExecContext(r.t.Context(), "ROLLBACK"); back == nil && slices.Contains([]int{1205, 1213}, livedb.ErrorNumber(err)) {
			return false
		}
		w.err = fmt.Errorf("%s: %w", s, err)
		return true
	}
	w.done++
	w.longest = max(w.longest, time.Since(began))
	return true
}

func (w *writer) stop() time.Duration {
	close(w.quit)
	w.wait.Wait()
	return w.longest
}
