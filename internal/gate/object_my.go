package gate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/internal/progress"
)

// mySource is where MySQL and MariaDB keep texts of SQL, and what is shown of them to
// whom. Each query gives schema, name, text and the table that the text works on anyway.
type mySource struct {
	what, query string
	// needs are privileges of which one, on the schema or on all, shows every text.
	needs []string
}

const notTheirOwn = " NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')"

// https://dev.mysql.com/doc/refman/8.4/en/information-schema-views-table.html and the
// pages of the other three, https://mariadb.com/kb/en/information-schema-routines-table/
func mySources() []mySource {
	return []mySource{
		{"view", "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION, '' FROM information_schema.VIEWS WHERE TABLE_SCHEMA" + notTheirOwn, []string{"SHOW VIEW"}},
		{"trigger", "SELECT TRIGGER_SCHEMA, TRIGGER_NAME, ACTION_STATEMENT, concat(EVENT_OBJECT_SCHEMA, '.', EVENT_OBJECT_TABLE) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA" + notTheirOwn, []string{"TRIGGER"}},
		{"routine", "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_DEFINITION, '' FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA" + notTheirOwn, []string{"EXECUTE", "ALTER ROUTINE", "CREATE ROUTINE"}},
		{"event", "SELECT EVENT_SCHEMA, EVENT_NAME, EVENT_DEFINITION, '' FROM information_schema.EVENTS WHERE EVENT_SCHEMA" + notTheirOwn, []string{"EVENT"}},
	}
}

const (
	myGenerated = `SELECT concat('generated column ', COLUMN_NAME), COLUMN_NAME, GENERATION_EXPRESSION FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COLUMN_NAME <> ? AND GENERATION_EXPRESSION <> ''`
	myKeys = `SELECT DISTINCT concat('foreign key ', CONSTRAINT_NAME, ' of ', TABLE_SCHEMA, '.', TABLE_NAME), CONSTRAINT_NAME FROM information_schema.KEY_COLUMN_USAGE
 WHERE REFERENCED_TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME = ? AND (? = '' OR REFERENCED_COLUMN_NAME = ?) AND NOT (TABLE_SCHEMA = ? AND TABLE_NAME = ?)`
)

// mySeen is what a MySQL or MariaDB server knows of a target.
type mySeen struct {
	table  target // with its schema
	is     bool
	users  []user
	hidden []string // what this user may not see
}

// myLook looks for a target, and for what names it.
func myLook(ctx context.Context, s *sql.Conn, dialect string, t target) (out mySeen, err error) {
	out.table = t
	if t.Table.Schema == "" {
		if err := s.QueryRowContext(ctx, "SELECT coalesce(DATABASE(), '')").Scan(&out.table.Table.Schema); err != nil {
			return out, err
		}
	}
	t = out.table
	there := "SELECT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?)"
	args := []any{t.Table.Schema, t.Table.Name}
	if t.Column != "" {
		there = "SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COLUMN_NAME = ?)"
		args = append(args, t.Column)
	}
	if err := s.QueryRowContext(ctx, there, args...).Scan(&out.is); err != nil || !out.is {
		return out, err
	}
	rights, err := grants(ctx, s, dialect)
	if err != nil {
		return out, err
	}
	for _, source := range mySources() {
		if !rights.any(t.Table.Schema, source.needs...) {
			out.hidden = append(out.hidden, fmt.Sprintf("%ss (GRANT %s ON `%s`.*)", source.what, source.needs[0], strings.ReplaceAll(t.Table.Schema, "`", "``")))
		}
		if err := out.read(ctx, s, dialect, source); err != nil {
			return out, err
		}
	}
	return out, out.depends(ctx, s, dialect)
}

// read looks through the texts of a source.
func (m *mySeen) read(ctx context.Context, s *sql.Conn, dialect string, source mySource) error {
	t, hidden := m.table, 0
	err := each(ctx, s, source.query, nil, func(scan func(...any) error) error {
		var schema, name, on string
		var body sql.NullString
		if err := scan(&schema, &name, &body, &on); err != nil {
			return err
		}
		if !body.Valid || body.String == "" {
			hidden++
			return nil
		}
		of := strings.EqualFold(on, t.Table.Schema+"."+t.Table.Name)
		looked := t
		if schema == t.Table.Schema && !strings.Contains(strings.ToLower(body.String), strings.ToLower(t.Table.Schema)) {
			looked.Table.Schema = ""
		}
		u := user{shown: source.what + " " + schema + "." + name, name: name}
		switch (text{dialect: dialect, sql: body.String, of: of && t.Column != ""}).names(looked, []string{t.Table.Name}) {
		case plainly:
			m.users = append(m.users, u)
		case perhaps:
			u.perhaps, u.shown = true, u.shown+" (in a literal)"
			m.users = append(m.users, u)
		}
		return nil
	})
	if hidden > 0 {
		m.hidden = append(m.hidden, fmt.Sprintf("the text of %s", progress.Count(int64(hidden), source.what)))
	}
	return err
}

// depends adds generated columns, and foreign keys of other tables.
func (m *mySeen) depends(ctx context.Context, s *sql.Conn, dialect string) error {
	t := m.table
	err := each(ctx, s, myKeys, []any{t.Table.Schema, t.Table.Name, t.Column, t.Column, t.Table.Schema, t.Table.Name}, func(scan func(...any) error) error {
		var u user
		err := scan(&u.shown, &u.name)
		m.users = append(m.users, u)
		return err
	})
	if err != nil || t.Column == "" {
		return err
	}
	return each(ctx, s, myGenerated, []any{t.Table.Schema, t.Table.Name, t.Column}, func(scan func(...any) error) error {
		var u user
		var body string
		err := scan(&u.shown, &u.name, &body)
		if (text{dialect: dialect, sql: body, of: true}).names(t, []string{t.Table.Name}) == plainly {
			m.users = append(m.users, u)
		}
		return err
	})
}

// rights are what SHOW GRANTS lists: privileges by what they are on.
type rights map[string][]string

// grants are those of this user, and of the roles in force.
// https://dev.mysql.com/doc/refman/8.4/en/show-grants.html
func grants(ctx context.Context, s *sql.Conn, dialect string) (rights, error) {
	query := "SHOW GRANTS"
	if dialect == "mysql" {
		var roles sql.NullString
		if err := s.QueryRowContext(ctx, "SELECT CURRENT_ROLE()").Scan(&roles); err == nil && roles.String != "" && roles.String != "NONE" {
			query = "SHOW GRANTS FOR CURRENT_USER() USING " + roles.String
		}
	}
	lines, err := texts(ctx, s, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	out := rights{}
	for _, line := range lines {
		what, rest, ok := strings.Cut(strings.TrimPrefix(line, "GRANT "), " ON ")
		on, _, to := strings.Cut(rest, " TO ")
		if !ok || !to {
			continue
		}
		for _, p := range strings.Split(what, ",") {
			out[on] = append(out[on], strings.TrimSpace(p))
		}
	}
	if len(out) == 0 {
		return nil, errors.New("SHOW GRANTS lists nothing")
	}
	return out, nil
}

// any says whether one of some privileges is held on a whole schema.
func (r rights) any(schema string, privileges ...string) bool {
	for on, list := range r {
		name := strings.ReplaceAll(strings.Trim(strings.TrimSuffix(on, ".*"), "`"), `\`, "")
		if on != "*.*" && (name != schema || !strings.HasSuffix(on, ".*")) {
			continue
		}
		for _, has := range list {
			for _, p := range privileges {
				if has == p || has == "ALL PRIVILEGES" || has == "ALL" {
					return true
				}
			}
		}
	}
	return false
}
