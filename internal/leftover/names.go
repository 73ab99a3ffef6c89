package leftover

import (
	"regexp"
	"strings"
)

// ours stands in every name that safemig makes up.
const ours = "_safemig_"

// beside is how a twin is named after what it is to replace, or what replaced it.
type beside struct {
	name  string
	older bool // it is what was there before
}

// twinNames are the words that people put behind a name, or before it, to tell two
// versions of one thing apart.
func twinNames() []beside {
	return []beside{
		{name: "_new"}, {"_old", true}, {name: "_v2"}, {name: "_tmp"}, {name: "_temp"}, {name: "_bigint"}, {name: "_int8"},
		{name: "_convert_to_bigint"}, {name: "new_"}, {"old_", true}, {name: "tmp_"}, {name: ours + "new"}, {ours + "old", true},
	}
}

// twinOf is what a name is the twin of, by its own words; empty where it has none.
func twinOf(name string) (base string, older bool) {
	lower := strings.ToLower(name)
	for _, b := range twinNames() {
		switch {
		case strings.HasPrefix(b.name, "_") && strings.HasSuffix(lower, b.name) && len(name) > len(b.name):
			base, older = name[:len(name)-len(b.name)], b.older
		case strings.HasSuffix(b.name, "_") && strings.HasPrefix(lower, b.name) && len(name) > len(b.name):
			base, older = name[len(b.name):], b.older
		}
	}
	return base, older
}

// guessedTwinOf goes by fewer words, the first of which that fits counts: old_email and
// new_email are what people store.
func guessedTwinOf(name string, words ...string) string {
	for _, w := range words {
		if strings.HasSuffix(strings.ToLower(name), w) && len(name) > len(w) {
			return name[:len(name)-len(w)]
		}
	}
	return ""
}

// toolName is how a tool names what it makes for a while.
type toolName struct {
	tool    string
	pattern *regexp.Regexp // its first group, if it has one, is the table's name
	old     bool           // it has the rows as they were before
	needs   bool           // the name alone says too little: the table must be there
}

// toolTables are the tables of online schema change tools.
func toolTables(dialect string) []toolName {
	if dialect == "postgres" {
		return []toolName{
			// https://github.com/shayonj/pg-osc
			{tool: "pg-osc", pattern: regexp.MustCompile(`^pgosc_(?:st|at)_(.+)_[0-9a-f]{6}$`)},
			{tool: "pg-osc", pattern: regexp.MustCompile(`^pgosc_op_table_(.+)$`), old: true},
		}
	}
	return []toolName{
		// https://github.com/github/gh-ost/blob/master/doc/cheatsheet.md
		{tool: "gh-ost", pattern: regexp.MustCompile(`^_(.+)_gh[oc]$`)},
		{tool: "gh-ost", pattern: regexp.MustCompile(`^_(.+?)(?:_\d{14})?_del$`), old: true},
		// https://github.com/block/spirit/blob/main/docs/migrate.md
		{tool: "spirit", pattern: regexp.MustCompile(`^_(.+)_chkpnt$`)},
		{tool: "spirit", pattern: regexp.MustCompile(`^_spirit_(?:sentinel|checkpoint)$`)},
		// https://docs.percona.com/percona-toolkit/pt-online-schema-change.html
		{tool: "pt-online-schema-change or spirit", pattern: regexp.MustCompile(`^_+(.+)_new$`), needs: true},
		{tool: "pt-online-schema-change or spirit", pattern: regexp.MustCompile(`^_+(.+?)(?:_\d{8}_\d{6})?_old$`), old: true, needs: true},
		// https://github.com/soundcloud/lhm
		{tool: "lhm", pattern: regexp.MustCompile(`^lhmn_(.+)$`)},
		{tool: "lhm", pattern: regexp.MustCompile(`^lhma_\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d_\d{3}_(.+)$`), old: true},
		// https://planetscale.com/docs/vitess/schema-changes/artifact-tables
		{tool: "Vitess", pattern: regexp.MustCompile(`^_vt_(?:hld|prg|evc|drp|vrp|HOLD|PURGE|EVAC|DROP)_[0-9a-f]{32}_\d{14}_?$`), old: true},
	}
}

// toolTriggers are the triggers of such tools.
func toolTriggers(dialect string) []toolName {
	if dialect == "postgres" {
		return []toolName{
			// https://reorg.github.io/pg_repack/
			{tool: "pg_repack", pattern: regexp.MustCompile(`^(?:z_)?repack_trigger$`)},
			{tool: "pg-osc", pattern: regexp.MustCompile(`^primary_to_audit_table_trigger$`)},
			// https://github.com/xataio/pgroll/issues/352
			{tool: "pgroll", pattern: regexp.MustCompile(`^_pgroll_trigger_`)},
			{tool: "reshape", pattern: regexp.MustCompile(`^__reshape_`)},
		}
	}
	return []toolName{
		{tool: "pt-online-schema-change", pattern: regexp.MustCompile(`^pt_osc_.+_(?:ins|upd|del)$`)},
		{tool: "lhm", pattern: regexp.MustCompile(`^lhmt_(?:ins|upd|del)_`)},
	}
}

// toolColumns are columns that such tools add for a while.
func toolColumns() []toolName {
	return []toolName{
		{tool: "pgroll", pattern: regexp.MustCompile(`^_pgroll_(?:new|dup|del)_`)},
		{tool: "pgroll", pattern: regexp.MustCompile(`^_pgroll_needs_backfill$`)},
		{tool: "reshape", pattern: regexp.MustCompile(`^__reshape_`)},
	}
}

// matching is the tool that a name is of, and the table that it names.
func matching(tools []toolName, name string) (tool toolName, table string, ok bool) {
	for _, t := range tools {
		m := t.pattern.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		if len(m) > 1 {
			table = m[1]
		}
		return t, table, true
	}
	return toolName{}, "", false
}
