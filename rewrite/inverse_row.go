package rewrite

import (
	"github.com/safemig/safemig/dialect/change"
)

// catalogueRow is the catalogue with the condition for one thing's row; empty for
// a class that is not looked for. The table is that of a column, constraint,
// trigger, policy or rule.
// https://www.postgresql.org/docs/current/catalogs.html
func catalogueRow(t Text, class string, n, table change.Name) string {
	name, of := t.Literal(n.Name), "to_regclass("+t.Literal(t.QuoteName(table))+")"
	in := func(schema string) string {
		if n.Schema == "" {
			return ""
		}
		return " AND " + schema + " = to_regnamespace(" + t.Literal(t.Quote(n.Schema)) + ")"
	}
	switch class {
	case "table", "foreign table", "view", "materialized view", "sequence", "index":
		return "pg_class WHERE oid = to_regclass(" + t.Literal(t.QuoteName(n)) + ")"
	case "column":
		return "pg_attribute WHERE attrelid = " + of + " AND attname = " + name + " AND NOT attisdropped"
	case "constraint":
		return "pg_constraint WHERE conrelid = " + of + " AND conname = " + name
	case "trigger":
		return "pg_trigger WHERE tgrelid = " + of + " AND tgname = " + name
	case "policy":
		return "pg_policy WHERE polrelid = " + of + " AND polname = " + name
	case "rule":
		return "pg_rewrite WHERE ev_class = " + of + " AND rulename = " + name
	case "type", "enum", "domain":
		return "pg_type WHERE oid = to_regtype(" + t.Literal(t.QuoteName(n)) + ")"
	case "function", "procedure", "routine", "aggregate":
		return "pg_proc WHERE proname = " + name + in("pronamespace")
	case "statistics":
		return "pg_statistic_ext WHERE stxname = " + name + in("stxnamespace")
	case "collation":
		return "pg_collation WHERE collname = " + name + in("collnamespace")
	}
	if catalogue, column := namedOnceIn(class); catalogue != "" {
		return catalogue + " WHERE " + column + " = " + name
	}
	return ""
}

// namedOnceIn is the catalogue of things that have names of their own in the
// database, or the server, and the column of the name.
func namedOnceIn(class string) (catalogue, column string) {
	switch class {
	case "schema":
		return "pg_namespace", "nspname"
	case "publication":
		return "pg_publication", "pubname"
	case "extension":
		return "pg_extension", "extname"
	case "server":
		return "pg_foreign_server", "srvname"
	case "foreign data wrapper":
		return "pg_foreign_data_wrapper", "fdwname"
	case "event trigger":
		return "pg_event_trigger", "evtname"
	case "role":
		return "pg_roles", "rolname"
	case "language":
		return "pg_language", "lanname"
	case "access method":
		return "pg_am", "amname"
	}
	return "", ""
}
