package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/internal/config"
)

// initialText is the configuration that init writes.
func initialText(parts []*foundPart) string {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=" + config.SchemaURL + "\n")
	b.WriteString("# What safemig is to know of this project. safemig config verify says what is in force; all keys:\n")
	b.WriteString("# https://github.com/safemig/safemig/blob/main/docs/configuration.md\n")
	parts[0].write(&b)
	writePaths(&b, parts)
	writeOthers(&b, parts)
	b.WriteString(initialRest)
	return b.String()
}

// initialRest is what a project may want to say, and nobody can know for it.
const initialRest = `
# What the connection of the migration tool sets. With a lock-timeout here, missing-lock-timeout has nothing to say.
# lock-timeout: 5s
# statement-timeout: 2min

# A dump of what was there before the first migration, for projects whose early history is gone.
# schema: db/schema.sql

# Sizes of tables, so that small ones need no ceremony: safemig stats --dsn postgres://.. -o db/stats.json
# stats: db/stats.json

# What is wanted of each rule: error, warning, info, off, on. safemig rules lists them.
# rules:
#   rename-table: warning

# The severity from which on findings fail: error, warning, info.
# fail-on: error
`

func (f *foundPart) write(b *strings.Builder) {
	if f.dialect != "" {
		fmt.Fprintf(b, "\n# %s: %s.\ndialect: %s\n", fact.DialectName(f.dialect), printable(f.dialectWhy), f.dialect)
	} else {
		b.WriteString("\n# Nothing tells the SQL dialect: postgres, mysql or mariadb.\n# dialect: postgres\n")
	}
	switch {
	case f.version != "":
		fmt.Fprintf(b, "\n# %s. Where production has an older one, say that.\nserver-version: %s\n", printable(f.versionWhy), yamlText(f.version))
	case f.versionWhy != "":
		fmt.Fprintf(b, "\n# %s.\n# server-version: %s\n", printable(f.versionWhy), exampleVersion(f.dialect))
	default:
		fmt.Fprintf(b, "\n# The oldest server that the migrations run on. Without it safemig assumes the oldest that it knows.\n# server-version: %s\n", exampleVersion(f.dialect))
	}
	if f.layout != "" {
		fmt.Fprintf(b, "\n# The migration tool: %s.\nlayout: %s\n", printable(f.layoutWhy), f.layout)
		return
	}
	b.WriteString("\n# The migration tool. None was recognised, so that nobody knows in which transactions the files run. safemig lint --help\n# lists those that safemig knows.\n# layout: goose\n")
}

func writePaths(b *strings.Builder, parts []*foundPart) {
	var all []string
	for _, f := range parts {
		for _, dir := range f.dirs {
			all = append(all, yamlText(dir))
		}
	}
	switch len(all) {
	case 0:
		b.WriteString("\n# Where the migrations are. None were found in folders that are called as usual.\n# paths: [db/migrations]\n")
	case 1:
		fmt.Fprintf(b, "\n# Where the migrations are.\npaths: [%s]\n", all[0])
	default:
		fmt.Fprintf(b, "\n# Where the migrations are.\npaths:\n  - %s\n", strings.Join(all, "\n  - "))
	}
}

// writeOthers writes what is different elsewhere than in the first of the parts.
func writeOthers(b *strings.Builder, parts []*foundPart) {
	head := "\n# What is different there.\noverrides:\n"
	for _, f := range parts[1:] {
		if text := f.override(parts[0]); text != "" {
			b.WriteString(head + text)
			head = ""
		}
	}
}

// override is what an override has to say; "" where that is nothing.
func (f *foundPart) override(project *foundPart) string {
	var b strings.Builder
	say := func(key, value, why string) { fmt.Fprintf(&b, "    %s: %s # %s\n", key, value, printable(why)) }
	if f.dialect != "" && f.dialect != project.dialect {
		say(flagDialect, f.dialect, f.dialectWhy)
	}
	if f.version != "" && (f.version != project.version || f.dialect != project.dialect) {
		say(flagServerVersion, yamlText(f.version), f.versionWhy)
	}
	switch f.layout {
	case project.layout:
	case "":
		say(flagLayout, "plain", "no migration tool was recognised")
	default:
		say(flagLayout, f.layout, f.layoutWhy)
	}
	if b.Len() == 0 {
		return ""
	}
	if f.dialect == "" && project.dialect != "" {
		b.WriteString("    # Nothing tells its dialect: that of the project holds.\n")
	}
	var dirs []string
	for _, dir := range f.dirs {
		dirs = append(dirs, yamlText(escaped(dir)))
	}
	return fmt.Sprintf("  - paths: [%s]\n%s", strings.Join(dirs, ", "), b.String())
}

func exampleVersion(dialect string) string {
	switch dialect {
	case "mysql":
		return yamlText("8.0.36")
	case "mariadb":
		return yamlText("10.11")
	}
	return yamlText("16.3")
}

// yamlText is a text as YAML has it; what looks like a number would be one otherwise.
func yamlText(text string) string {
	if regexp.MustCompile(`^[A-Za-z][\w./-]*$`).MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

// escaped is a path as a pattern that matches nothing else.
func escaped(dir string) string {
	return regexp.MustCompile(`[*?\[\]{}\\]`).ReplaceAllString(dir, `\$0`)
}

// printable keeps what was found in somebody's file within a comment's line.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}
