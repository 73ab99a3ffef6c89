package backfill

import (
	"context"
	"fmt"
	"strings"
)

// postgresIdentity: a published table without a replica identity takes no UPDATE
// or DELETE.
// https://www.postgresql.org/docs/current/logical-replication-publication.html
func postgresIdentity(ctx context.Context, x *exam) error {
	publishes := map[Kind]string{Update: "p.pubupdate", Delete: "p.pubdelete"}[x.job.Kind]
	if publishes == "" {
		return nil
	}
	bySchema := ""
	if x.db.Version.Major >= 15 {
		bySchema = " OR EXISTS (SELECT FROM pg_publication_namespace n WHERE n.pnpubid = p.oid AND n.pnnspid = c.relnamespace)"
	}
	rows, err := x.ask(ctx, `SELECT c.oid::regclass, string_agg(quote_ident(p.pubname), ', ') FROM pg_class c, pg_publication p
 WHERE c.oid IN (`+x.target.partIDs()+`) AND c.relkind = 'r' AND c.relpersistence = 'p' AND `+publishes+`
   AND (p.puballtables OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid
        AND (r.prrelid = c.oid OR r.prrelid IN (SELECT relid FROM pg_partition_ancestors(c.oid))))`+bySchema+`)
   AND (c.relreplident = 'n' OR c.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
        OR c.relreplident = 'i' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident))
 GROUP BY c.oid ORDER BY 1`)
	if err == nil && len(rows) > 0 {
		x.raise("replica-identity", final, fmt.Sprintf("%s is published (%s) and has no replica identity: the server refuses to %s its rows.", strings.Join(first(rows), ", "), rows[0][1], x.job.Kind),
			"Add a primary key, or ALTER TABLE .. REPLICA IDENTITY USING INDEX ..")
	}
	return err
}

// postgresSubscription: what comes from a publisher fires no ordinary trigger.
func postgresSubscription(ctx context.Context, x *exam) error {
	rows, err := x.ask(ctx, `SELECT DISTINCT srrelid::regclass::text FROM pg_subscription_rel WHERE srrelid IN (`+x.target.ids()+`, `+x.walked().ids()+`) ORDER BY 1`)
	if err == nil && len(rows) > 0 {
		x.raise("subscription-target", refusal, "Logical replication writes into "+strings.Join(first(rows), ", ")+": its changes fire no ordinary trigger (only ENABLE ALWAYS ones), and the publisher may overwrite what the job has done.",
			"Run the job on the publisher, or see that the triggers that keep columns the same are ENABLE ALWAYS.")
	}
	return err
}

// postgresPrivileges lists what the user lacks.
func postgresPrivileges(ctx context.Context, x *exam) error {
	query := "SELECT 'SELECT on ' || c.oid::regclass FROM pg_class c WHERE c.oid IN (" + x.walked().ids() + ") AND NOT has_any_column_privilege(c.oid, 'SELECT')"
	switch x.job.Kind {
	case Update:
		query += ` UNION ALL SELECT 'UPDATE (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) || ') on ' || a.attrelid::regclass FROM pg_attribute a
 WHERE a.attrelid IN (` + x.target.ids() + `) AND a.attname = ANY (` + pgLiterals(x.target.columns) + `) AND NOT has_column_privilege(a.attrelid, a.attnum, 'UPDATE') GROUP BY a.attrelid`
	case Delete:
		query += " UNION ALL SELECT 'DELETE on ' || c.oid::regclass FROM pg_class c WHERE c.oid IN (" + x.target.ids() + ") AND NOT has_table_privilege(c.oid, 'DELETE')"
	case Insert:
		query += " UNION ALL SELECT 'INSERT on ' || c.oid::regclass FROM pg_class c WHERE c.oid = " + x.target.id + " AND NOT has_any_column_privilege(c.oid, 'INSERT')"
	}
	lacking, err := x.ask(ctx, query+" ORDER BY 1")
	if err != nil {
		return err
	}
	own, err := x.ownTables(ctx)
	if err != nil {
		return err
	}
	x.lacks(append(first(lacking), own...))
	return nil
}

// lacks raises the concern that rights are missing.
func (x *exam) lacks(rights []string) {
	if len(rights) > 0 {
		x.raise("privileges", final, "The user lacks "+strings.Join(rights, "; ")+".", "GRANT them, or use another user.")
	}
}

// ownTables are the rights that are missing for safemig's own tables, or for making them.
func (x *exam) ownTables(ctx context.Context) ([]string, error) {
	there, err := x.ask(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = 'safemig' AND tablename IN ('backfills', 'backfill_lanes', 'backfill_errors')")
	if err != nil {
		return nil, err
	}
	if there[0][0] == "3" {
		rows, err := x.ask(ctx, `SELECT 'SELECT, INSERT and UPDATE on safemig.' || tablename || ', which keeps what is done of a job' FROM pg_tables
 WHERE schemaname = 'safemig' AND tablename IN ('backfills', 'backfill_lanes', 'backfill_errors')
   AND NOT (has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT') AND has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'INSERT')
        AND has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'UPDATE')) ORDER BY 1`)
		return first(rows), err
	}
	rows, err := x.ask(ctx, `SELECT CASE WHEN n.oid IS NULL THEN 'CREATE in the database ' || quote_ident(current_database()) || ', to make the schema safemig that keeps what is done of a job'
       ELSE 'CREATE in the schema safemig, to make the tables that keep what is done of a job' END
  FROM (SELECT to_regnamespace('safemig')::oid) n(oid)
 WHERE NOT CASE WHEN n.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE') ELSE has_schema_privilege(n.oid, 'CREATE') END`)
	return first(rows), err
}
