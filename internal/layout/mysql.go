package layout

// Again is what a reader of a plan for MySQL or MariaDB must know of a tool: DDL
// commits by itself there, and a file is several statements that hand on a variable.
type Again struct {
	// Several is what the tool needs, to send a file of several statements.
	Several string
	// Failed is what to do before the tool runs a file again that failed: one whose
	// DDL waited in vain for its metadata lock has done nothing, but the tool may have
	// noted it all the same, because the DDL has committed the note.
	Failed string
	// Later is how a file that has waited comes in, where it is more than moving it.
	Later string
}

// OnMySQL is what to know of the group's tool, in sentences. They say what the tools'
// own sources do. waits says that some file waits.
func (g *Group) OnMySQL(waits bool) []string {
	again := g.Layout.Again
	if !waits || g.dir != nil && g.dir.Folders {
		again.Later = ""
	}
	if g.isPop() {
		// https://github.com/gobuffalo/pop/blob/main/dialect_mysql.go
		again.Several = "pop sends a file whole: the database URL needs multiStatements=true, which pop sets by itself where the configuration has no url."
	}
	var out []string
	for _, text := range []string{again.Several, again.Failed, again.Later} {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (g *Group) isPop() bool { return g.dir != nil && g.dir.anyName(isPop) != "" }

// againGolangMigrate: https://github.com/golang-migrate/migrate/blob/master/database/mysql/mysql.go
func againGolangMigrate() Again {
	return Again{
		Several: "golang-migrate sends a file whole. The migrate command can do that; an application that hands it a connection of its own needs multiStatements=true in the DSN.",
		Failed:  "A file that fails leaves golang-migrate's version dirty: migrate force VERSION, with the version before it, and run it again.",
	}
}

// againSqlx: https://github.com/launchbadge/sqlx/blob/main/sqlx-mysql/src/migrate.rs
func againSqlx() Again {
	return Again{
		Failed: "sqlx runs nothing more once a file has failed: DELETE FROM _sqlx_migrations WHERE success = false, and run it again.",
	}
}

// againPrisma: https://www.prisma.io/docs/orm/prisma-migrate/workflows/patching-and-hotfixing
func againPrisma() Again {
	return Again{
		Failed: "Prisma runs nothing more once a file has failed (P3009): prisma migrate resolve --rolled-back NAME, with the name of the migration's folder, and deploy again.",
	}
}

// againAtlas: https://github.com/ariga/atlas/blob/master/sql/migrate/migrate.go
func againAtlas() Again {
	return Again{
		Failed: "Atlas goes on with the statement that failed, and no longer knows what those before it have set: atlas migrate set VERSION, with the version before the file, and apply again.",
		Later:  "When a file from pending/ has come in: atlas migrate hash.",
	}
}

// againLiquibase: https://docs.liquibase.com/concepts/changelogs/sql-format.html
func againLiquibase() Again {
	return Again{
		Later: "A file from pending/ comes in when the changelog includes it.",
	}
}

// againFlyway: https://documentation.red-gate.com/fd/repair-277578892.html
func againFlyway() Again {
	return Again{
		Failed: "Flyway runs nothing more once a file has failed: flyway repair, and migrate again.",
	}
}

// againDrizzle: https://orm.drizzle.team/docs/drizzle-kit-generate
func againDrizzle() Again {
	return Again{
		Later: "Drizzle runs what its journal names: make a file with drizzle-kit generate --custom, and put the text of the one in pending/ into it.",
	}
}
