package prove

import (
	"context"
	"database/sql"
	"fmt"
)

// touchAll is for cases without applications: statements that read every table and
// ask to write to it, as far as the role may.
func (t *trial) touchAll(ctx context.Context, s *sql.Conn) ([]Statement, error) {
	relations, err := t.bench.flavour.relations(ctx, s)
	var out []Statement
	for _, r := range relations {
		may, err := t.bench.flavour.may(ctx, t, s, r)
		if err != nil {
			return nil, err
		}
		if may["SELECT"] {
			out = append(out, Statement{SQL: "SELECT 1 FROM " + r.quoted() + " LIMIT 1"})
		}
		if may["DELETE"] && r.kind != "m" {
			out = append(out, Statement{SQL: "DELETE FROM " + t.bench.flavour.only(r) + " WHERE false"})
		}
	}
	return out, err
}

// may is what the application's role may do with a table.
func (t *trial) may(ctx context.Context, s *sql.Conn, r relation) (map[string]bool, error) {
	role := "current_user"
	if t.Role != "" {
		role = literal(t.Role)
	}
	found, err := table(ctx, s, fmt.Sprintf(`SELECT p FROM unnest(ARRAY['SELECT', 'DELETE']) p
		WHERE has_schema_privilege(%[1]s, %[2]s, 'USAGE') AND has_table_privilege(%[1]s, %[3]s, p)`, role, literal(r.name.Schema), literal(r.quoted())))
	out := map[string]bool{}
	for _, row := range found {
		out[text(row[0])] = true
	}
	return out, err
}
