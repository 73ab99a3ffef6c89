package checklist

// tool is what has a migration tool run what is new, and what has it take the last
// migration back; empty where there is no such command, or nobody knows it.
func tool(layout string) (up, down string) {
	commands := map[string][2]string{
		"alembic":         {"alembic upgrade head", "alembic downgrade -1"},
		"atlas":           {"atlas migrate apply", ""},
		"bun":             {"", ""}, // a program of the project's own
		"dbmate":          {"dbmate up", "dbmate rollback"},
		"diesel":          {"diesel migration run", "diesel migration revert"},
		"django":          {"python manage.py migrate", ""},
		"drizzle":         {"drizzle-kit migrate", ""},
		"flyway":          {"flyway migrate", ""},
		"golang-migrate":  {"migrate up", "migrate down 1"},
		"goose":           {"goose up", "goose down"},
		"hasura":          {"hasura migrate apply", "hasura migrate apply --down 1"},
		"liquibase":       {"liquibase update", "liquibase rollback-count 1"},
		"node-pg-migrate": {"node-pg-migrate up", "node-pg-migrate down"},
		"prisma":          {"prisma migrate deploy", ""},
		"refinery":        {"refinery migrate", ""},
		"sql-migrate":     {"sql-migrate up", "sql-migrate down -limit=1"},
		"sqitch":          {"sqitch deploy", "sqitch revert --to @HEAD^"},
		"sqlx":            {"sqlx migrate run", "sqlx migrate revert"},
		"supabase":        {"supabase db push", ""},
		"tern":            {"tern migrate", "tern migrate --destination -1"},
	}
	c := commands[layout]
	return c[0], c[1]
}
