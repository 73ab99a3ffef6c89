package cli

// commandPart is what some commands are for.
type commandPart struct {
	title string
	names []string
}

func commandParts() []commandPart {
	return []commandPart{
		{"Look at migrations", []string{"lint", "locks", "trace", "prove", "estimate"}},
		{"Make them safe", []string{"fix", "scaffold"}},
		{"Carry a plan out", []string{"status", "backfill", "verify", "contract", "rollback"}},
		{"Know more", []string{"explain", "rules", "stats"}},
		{"Set up", []string{"init", "config", "completion", "lsp", "version"}},
	}
}

// examples are command lines that help shows, by command.
func examples() map[string][]string {
	return map[string][]string{
		"safemig lint":            {"safemig lint db/migrations", "safemig lint --server-version 16 --new-from-merge-base main", "cat x.sql | safemig lint --dialect postgres -"},
		"safemig locks":           {"safemig locks db/migrations/0042_x.sql"},
		"safemig trace":           {"safemig trace db/migrations/0042_x.sql", "safemig trace --output html=trace.html db/migrations/0042_x.sql"},
		"safemig prove":           {"safemig prove --output html=proof.html db/migrations/0042_x.sql"},
		"safemig fix":             {"safemig fix", "safemig fix --write db/migrations/0042_x.sql"},
		"safemig scaffold":        {"safemig scaffold rename-column --table users --from email --to mail"},
		"safemig backfill run":    {"safemig backfill run 0042_x --dsn '$DATABASE_URL'"},
		"safemig backfill status": {"safemig backfill status 0042_x"},
		"safemig verify": {
			"safemig verify --table users --columns email=mail",
			"safemig verify --table users --to-table users_new --ignore created_at",
			"safemig verify --dsn '$OLD' --to-dsn '$NEW' --table users --to-table app.users",
			"safemig verify --query 'SELECT id, sum(x) AS s FROM a GROUP BY id' --to-query 'SELECT id, s FROM totals' --key id",
		},
		"safemig estimate":       {"safemig estimate --dsn '$DATABASE_URL' db/migrations/0042_x.sql"},
		"safemig status":         {"safemig status --dsn '$DATABASE_URL'"},
		"safemig status confirm": {"safemig status confirm mail --reason 'release 81'", "safemig status confirm step:1"},
		"safemig status close":   {"safemig status close 0042_x"},
		"safemig contract":       {"safemig contract 0042_x --dsn '$DATABASE_URL'"},
		"safemig rollback":       {"safemig rollback 0042_x --to 1"},
		"safemig explain":        {"safemig explain index-not-concurrent"},
		"safemig stats":          {"safemig stats --dsn '$DATABASE_URL' -o stats.json"},
		"safemig config verify":  {"safemig config verify db/migrations"},
	}
}
