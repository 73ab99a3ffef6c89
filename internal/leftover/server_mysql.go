package leftover

import (
	"context"
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/livedb"
)

func (s *server) readMySQL(ctx context.Context) error {
	limit := "SET SESSION lock_wait_timeout = 1, SESSION max_execution_time = 10000"
	if s.p.dialect == "mariadb" {
		limit = "SET SESSION lock_wait_timeout = 1, SESSION max_statement_time = 10"
	}
	if _, err := s.conn.ExecContext(ctx, limit); err != nil {
		return err
	}
	home, err := livedb.Named(ctx, s.conn, "SELECT database() AS name")
	if err != nil {
		return err
	}
	if len(home) == 0 || home[0]["name"] == "" {
		return errors.New("the DSN names no database")
	}
	for _, read := range []func(context.Context) error{s.myTables, s.myColumns, s.myConstraints, s.myIndexes, s.myTriggers, s.mySettings} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) myTables(ctx context.Context) error {
	return s.each(ctx, "tables", `SELECT TABLE_NAME AS `+"`table`"+`, CREATE_TIME AS since FROM information_schema.TABLES
WHERE TABLE_SCHEMA = database() AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1`, func(t *table, row map[string]string) { t.at.since = moment(row["since"]) })
}

// moment is a time without the parts that say nothing.
func moment(text string) string {
	text, _, _ = strings.Cut(strings.Replace(text, "T", " ", 1), ".")
	return strings.TrimSuffix(text, "Z")
}

func (s *server) myColumns(ctx context.Context) error {
	return s.each(ctx, "columns", `SELECT c.TABLE_NAME AS `+"`table`"+`, c.COLUMN_NAME AS name, c.IS_NULLABLE = 'NO' AS filled, c.GENERATION_EXPRESSION <> '' AS made
FROM information_schema.COLUMNS c JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
WHERE c.TABLE_SCHEMA = database() AND t.TABLE_TYPE = 'BASE TABLE' ORDER BY 1, c.ORDINAL_POSITION`, func(t *table, row map[string]string) {
		t.columns = append(t.columns, column{name: row["name"], notNull: isTrue(row["filled"]), made: isTrue(row["made"]), late: true})
	})
}

// myConstraints are the checks. MySQL does not say which columns they are on.
func (s *server) myConstraints(ctx context.Context) error {
	query := `SELECT t.TABLE_NAME AS ` + "`table`" + `, k.CONSTRAINT_NAME AS name, k.CHECK_CLAUSE AS definition, t.ENFORCED = 'YES' AS enforced
FROM information_schema.CHECK_CONSTRAINTS k JOIN information_schema.TABLE_CONSTRAINTS t USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
WHERE k.CONSTRAINT_SCHEMA = database() AND t.CONSTRAINT_TYPE = 'CHECK' ORDER BY 1, 2`
	if s.p.dialect == "mariadb" {
		query = `SELECT TABLE_NAME AS ` + "`table`" + `, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS definition, 1 AS enforced
FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = database() AND LEVEL = 'Table' ORDER BY 1, 2`
	} else if s.major < 8 {
		return nil // it has no checks
	}
	return s.each(ctx, "checks", query, func(t *table, row map[string]string) {
		c := constraint{name: row["name"], definition: row["definition"], kind: change.Check, valid: true, late: true, enforced: isTrue(row["enforced"])}
		has := mentionsIn(row["definition"])
		for _, col := range t.columns {
			if has.has(col.name) {
				c.columns = append(c.columns, col.name)
			}
		}
		t.constraints = append(t.constraints, c)
	})
}

// myIndexes are the indexes, key by key.
func (s *server) myIndexes(ctx context.Context) error {
	return s.each(ctx, "indexes", `SELECT s.*, TABLE_NAME AS `+"`table`"+` FROM information_schema.STATISTICS s
WHERE TABLE_SCHEMA = database() ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', NON_UNIQUE, INDEX_NAME, SEQ_IN_INDEX`, func(t *table, row map[string]string) {
		name := row["INDEX_NAME"]
		if n := len(t.indexes); n == 0 || t.indexes[n-1].name != name {
			t.indexes = append(t.indexes, index{
				name: name, made: name == "PRIMARY", hidden: row["IS_VISIBLE"] == "NO" || row["IGNORED"] == "YES", shape: row["INDEX_TYPE"] + row["NON_UNIQUE"],
			})
		}
		i := &t.indexes[len(t.indexes)-1]
		i.shape += "," + strings.Join([]string{row["COLUMN_NAME"], row["EXPRESSION"], row["SUB_PART"], row["COLLATION"]}, " ")
	})
}

func (s *server) myTriggers(ctx context.Context) error {
	err := s.each(ctx, "triggers", `SELECT EVENT_OBJECT_TABLE AS `+"`table`"+`, TRIGGER_NAME AS name, ACTION_STATEMENT AS body, EVENT_MANIPULATION AS event, CREATED AS since
FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = database() ORDER BY 1, 2`, func(t *table, row map[string]string) {
		t.triggers = append(t.triggers, trigger{
			name: row["name"], body: row["body"], onInsert: row["event"] == "INSERT", onUpdate: row["event"] == "UPDATE", at: place{since: moment(row["since"])},
		})
	})
	if err != nil {
		return err
	}
	may, err := s.rows(ctx, "rights", `SELECT 1 AS one FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE = 'TRIGGER'
UNION ALL SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES WHERE PRIVILEGE_TYPE = 'TRIGGER'
UNION ALL SELECT 1 FROM information_schema.TABLE_PRIVILEGES WHERE PRIVILEGE_TYPE = 'TRIGGER'`)
	if err == nil && len(may) == 0 {
		s.unread = append(s.unread, "triggers may be hidden: this account has no right TRIGGER, without which the server does not show them")
	}
	return err
}

// mySettings finds a server on which foreign keys are not checked.
func (s *server) mySettings(ctx context.Context) error {
	rows, err := s.rows(ctx, "settings", "SELECT @@global.foreign_key_checks AS checks")
	if len(rows) == 1 && !isTrue(rows[0]["checks"]) {
		s.p.settings = append(s.p.settings, setting{
			object: "foreign_key_checks", why: "foreign_key_checks is off for every new session of the server: rows that break foreign keys are taken",
			remedy: "SET GLOBAL foreign_key_checks = 1, then look for rows that break the keys",
		})
	}
	return err
}
