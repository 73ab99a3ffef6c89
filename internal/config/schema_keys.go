package config

import (
	"maps"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/rules"
)

// schemaOf is the schema of a whole configuration. A test holds its keys to
// those that are read.
func schemaOf(known Known) *schema {
	keys := settingSchemas()
	maps.Copy(keys, map[string]*schema{
		"extends":      someOf(like(ymlFile, "../org/safemig.yml")).about("Configurations to start from, relative to this file. They are read first, in their order; what is read later wins."),
		"paths":        someOf(like(anyText, "db/migrations")).about("The files and directories that are read when the command line names none."),
		"fail-on":      word("error", "warning", "info").about("The severity from which on findings make the exit status 1. Default: error."),
		"baseline":     like(anyText, "safemig-baseline.json").about("The findings that are known already, as `safemig lint --write-baseline` writes them: they are not shown and do not fail."),
		"custom-rules": someOf(shared("custom-rule")).about("Rules of the project's own."),
		"suppressions": someOf(shared("suppression")).about("What is not reported in files that must not change any more, not even in a comment."),
		"compat":       someOf(word(known.Linters...)).about("Other linters whose comments count as ours."),
		"overrides":    someOf(shared("override")).about("What is different in a part of the project. Where several hold, the last one wins."),
	})
	top := keysOf(keys)
	top.Schema, top.ID, top.Title = "http://json-schema.org/draft-07/schema#", SchemaURL, "safemig.yml"
	top.Description = "The configuration of safemig: https://github.com/safemig/safemig/blob/main/docs/configuration.md"
	top.Type = []string{"object", "null"}
	top.Definitions = map[string]*schema{
		"dialect": word(known.Dialects...), "layout": word(known.Layouts...), "engine": word(known.Engines...), "hosting": word(known.Hostings...),
		"choice": word(rules.ChoiceWords()...), "rules": ruleSchema(known.Rules), "small-table": smallSchema(), "fix": fixSchema(), "engines": engineSchema(), "gates": gateSchema(),
		"custom-rule": customSchema(), "suppression": suppressionSchema(), "override": overrideSchema(),
	}
	return top
}

// settingSchemas are the keys that an override may have as well.
func settingSchemas() map[string]*schema {
	return map[string]*schema{
		"dialect":           shared("dialect").about("The SQL dialect. Default: detected."),
		"server-version":    like(aVersion, "16", "16.3", "8.0.36", "10.11").about("The version of the server. Default: the oldest that safemig supports."),
		"layout":            shared("layout").about("The migration tool. Default: detected."),
		"layout-version":    like(aVersion, "7.4", "2.109").about("The version of the migration tool, where its versions run the same files differently. Default: the strictest of them."),
		"schema":            like(anyText, "db/schema.sql").about("A dump of what was there before the first migration."),
		"rules":             shared("rules"),
		"lock-timeout":      like(aTime, "5s").about("The lock timeout that whoever runs the migrations sets for every connection (lock_timeout, on MySQL and MariaDB lock_wait_timeout)."),
		"statement-timeout": like(aTime, "2min").about("The statement timeout that whoever runs the migrations sets for every connection (statement_timeout, on MariaDB max_statement_time)."),
		"small-table":       shared("small-table"),
		"stats":             like(anyText, "db/stats.json").about("A file with the sizes of tables, as `safemig stats` writes it."),
		"fix":               shared("fix"),
		"engines":           shared("engines"),
		"gates":             shared("gates"),
	}
}

func ruleSchema(list []*rules.Rule) *schema {
	out := &schema{Type: []string{"object", "null"}, Properties: map[string]*schema{}, Others: shared("choice")}
	for _, r := range list {
		out.Properties[r.ID] = shared("choice").about(r.Doc.Title)
	}
	return out.about("What is wanted of each rule: a severity, off, or on for its own severities. `safemig rules` lists the rules.")
}

func overrideSchema() *schema {
	keys := settingSchemas()
	keys["paths"] = someOf(like(anyText, "services/billing", "**/archive")).about("Patterns, relative to the file's folder: * within a name, ** for any folders, ?, [a-c], {a,b}. A folder stands for all that is below it.")
	return keysOf(keys, "paths")
}

func suppressionSchema() *schema {
	return keysOf(map[string]*schema{
		"file":   someOf(like(anyText, "db/migrations/2019*.sql")).about("Patterns, relative to the file's folder, as those of overrides."),
		"rule":   someOf(like(kebabCase, "drop-column")).about("The rules whose findings are not reported there."),
		"reason": like(anyText, "nobody reads the column any more").about("Why."),
		"until":  like(aDay, "2030-12-31").about("The last day on which it holds. Default: for ever."),
	}, "file", "rule", "reason")
}

func smallSchema() *schema {
	return orNothing(keysOf(map[string]*schema{
		"rows":  like(aNumber, "10000").about("Default: 10000."),
		"bytes": like(aSize, "10MB", "512kB").about("In units of 1024: kB, MB, GB, TB. Default: 10MB."),
	})).about("Tables with fewer rows and fewer bytes are small: what only takes time there is no more than a note.")
}

func fixSchema() *schema {
	return orNothing(keysOf(map[string]*schema{
		"lock-timeout":      like(aTime, "2s").about("How long a step waits for a lock that others queue behind. Default: 2s."),
		"tries":             like(aNumber, "10").about("How often such a step asks for its locks, from 1 to 100. Default: 10."),
		"long-lock-timeout": like(aTime, "15min").about("The limit of steps that nobody waits for. Default: 15min."),
		"grace":             like(someDays, "7 days", "36h").about("How long a table that was renamed aside is kept. Default: 7 days."),
		"rename-column":     word("copy", "view").about("How a column is renamed: by a second column and a backfill, or behind a view. Default: copy."),
		"inverse": (&schema{Type: []string{"object", "null"}, Others: like(anyText, "total::text"), PropertyNames: &schema{Pattern: tableColumn}}).
			about("For changes of type, by table.column: how the old value is made of the new one."),
		"pending":   like(anyText, "db/pending").about("The folder for what must wait. Default: pending, beside the migrations."),
		"backfills": like(anyText, "db/backfills").about("The folder for backfill jobs. Default: backfills, beside the migrations."),
		"engine":    shared("engine").about("Who copies a table of MySQL or MariaDB where there is no other plan. Default: none."),
	})).about("What plans are made of.")
}

func engineSchema() *schema {
	return orNothing(keysOf(map[string]*schema{
		"hosting":          shared("hosting").about("What runs the server. Default: a server of your own."),
		"host":             like(anyText, "db.example.org").about("The primary, as seen from the host where the engine runs. Default: 127.0.0.1."),
		"port":             like(aNumber, "3306").about("Default: 3306."),
		"database":         like(anyText, "shop").about("The database; Vitess: the keyspace."),
		"branch":           like(anyText, "main").about("PlanetScale's production branch. Default: main."),
		"option-file":      like(remoteFile, "~/.my.cnf").about("The file with user and password on the host where the engine runs. Default: ~/.my.cnf."),
		"replicas":         someOf(like(anyText, "replica1", "replica2:3307")).about("The replicas whose lag counts. Default: those that the engine finds."),
		"max-lag":          like(timeOrOff, "5s", "off").about("Hold back while a replica is further behind. Default: 5s."),
		"max-sessions":     like(numberOrOff, "50", "off").about("Hold back while more sessions are active. Default: 50."),
		"max-flow-control": like(shareOrOff, "10%", "off").about("Galera: hold back while writes were paused for more of the time. Default: 10%."),
		"throttle-file":    like(remoteFile, "/tmp/hold-back").about("Hold back while the file is there."),
		"throttle-query":   like(anyText, "SELECT 0").about("Hold back while the query gives a number above zero."),
		"throttle-http":    like(anyText, "http://localhost/ok").about("Hold back while the address answers anything but 200."),
	})).about("What online schema change engines are told of the database.")
}

func gateSchema() *schema {
	return orNothing(keysOf(map[string]*schema{
		"timeout":  like(aTime, "10s").about("How long one check may take. Default: 10s."),
		"quiet":    like(someDays, "1h", "7 days").about("How long nobody may have used a name before it goes. Default: 1h."),
		"max-lag":  like(timeOrOff, "5s", "off").about("How far a replica may be behind. Default: 5s."),
		"replicas": someOf(like(anyText, "$REPLICA_DSN", "postgres://replica1/shop")).about("The servers that read what goes, and whose lag counts: DSNs, or $NAME for one in the environment."),
		"deploys": someOf(keysOf(map[string]*schema{
			"match":   like(anyText, "users.email").about("A part of the requirement's text."),
			"url":     like(anyText, "https://deploy.example.org/api/mail").about("It is so when the address answers 2xx; redirections are not followed."),
			"expect":  like(anyText, "live").about("What the address must answer, but for blanks around it. Default: anything."),
			"command": someOf(like(anyText, "bin/deployed")).about("It is so when the command ends with 0, and not when it ends with 1."),
		}, "match")).about("Who tells whether the application does what a plan waits for. Else somebody confirms it."),
		"backup": keysOf(map[string]*schema{
			"command":    someOf(like(anyText, "bin/newest-backup")).about("Prints the time of the newest backup: RFC 3339, or seconds since 1970."),
			"newer-than": like(someDays, "24h", "7 days").about("How old it may be."),
		}, "command", "newer-than").about("The backup that there must be before a step that cannot be undone."),
		"accept-unknown": someOf(keysOf(map[string]*schema{
			"match":  like(anyText, "unused:*/replicas").about("The requirements, as safemig status names them; * stands for any text."),
			"reason": like(anyText, "the standby serves nobody").about("Why."),
		}, "match", "reason")).about("What may pass although nothing can be known of it."),
	})).about("The checks of what a plan waits for.")
}

func customSchema() *schema {
	return keysOf(map[string]*schema{
		"id":       like(kebabCase, "no-drop-on-billing").about("Its name, which no other rule has."),
		"match":    matchSchema().about("What it looks for; all that is given must hold."),
		"severity": word("error", "warning", "info").about("Default: warning."),
		"message":  like(anyText, "{table} is the billing team's").about("What it says; {table}, {column} and {statement} stand for what was found."),
		"help":     like(anyText, "open a ticket").about("What to do instead."),
	}, "id", "match", "message")
}

func matchSchema() *schema {
	var kinds []string
	for k := range change.KindCount {
		kinds = append(kinds, k.String())
	}
	return keysOf(map[string]*schema{
		"change":         someOf(word(kinds...)).about("The change is one of these kinds."),
		"table":          someOf(like(anyText, "billing_*", "billing.*")).about("The table's name matches one of these patterns."),
		"column":         someOf(like(anyText, "{,*_}email")).about("A column that the change names matches one of these patterns."),
		"effect":         effectSchema().about("One table has to bear all of this."),
		"new-table":      (&schema{Type: "boolean"}).about("The same file creates the table, or it was there before."),
		"in-transaction": (&schema{Type: "boolean"}).about("The change runs in a transaction block, or outside of any."),
		"dialect":        someOf(shared("dialect")).about("The server is one of these."),
	})
}

func effectSchema() *schema {
	return keysOf(map[string]*schema{
		"blocks": word("reads", "writes").about("What has to wait."),
		"work":   word(namesFrom(change.Metadata, change.Rewrite)...).about("At least this work."),
		"lock":   like(anyText, anyOf(namesFrom(change.AccessShare, change.AccessExclusive))...).about("At least this PostgreSQL lock mode."),
	})
}

func anyOf(names []string) []any {
	var out []any
	for _, n := range names {
		out = append(out, n)
	}
	return out
}

// orNothing lets a key stand there without a value.
func orNothing(s *schema) *schema {
	s.Type = []string{"object", "null"}
	return s
}
