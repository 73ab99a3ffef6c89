package layout

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// supabase is the Supabase CLI, https://github.com/supabase/cli, for PostgreSQL alone:
// forward only, and a file goes in one pipeline, which is a transaction.
func supabase() Layout {
	return Layout{
		Name: "supabase",
		Marker: func(d *Dir) string {
			in := filepath.Dir(d.abs)
			if filepath.Base(d.abs) == "migrations" && filepath.Base(in) == "supabase" && d.tree.has(filepath.Join(in, "config.toml")) {
				return "supabase/config.toml"
			}
			return ""
		},
		List: listSupabase,
		Tx:   change.TxNone,
		Send: change.SendPipeline,

		Versions: true,
		Tune: func(l *Layout, _ *Dir, version string) string {
			if version == "" || compareDotted(version, "2.109") < 0 {
				return ""
			}
			l.Send, l.Cut = change.SendChunk, cutSupabase
			return ", which since 2.109 sends by themselves the statements that it knows to be impossible in a pipeline"
		},
	}
}

// cutSupabase cuts a file into pipelines, and what stands alone between them.
// https://github.com/supabase/cli/pull/6276
func cutSupabase(s *Source) ([]Part, error) {
	part := Part{Section: change.Span{End: len(s.Text)}}
	from, at := 0, 0
	for _, st := range statements(s.Text) {
		if isSupabaseAlone(st.words) {
			part.Chunks = append(part.Chunks, change.Span{Start: from, End: at}, change.Span{Start: at, End: st.end})
			from = st.end
		}
		at = st.end
	}
	part.Chunks = append(part.Chunks, change.Span{Start: from, End: len(s.Text)})
	part.Chunks = slices.DeleteFunc(part.Chunks, func(c change.Span) bool { return strings.TrimSpace(c.Text(s.Text)) == "" })
	return []Part{part}, nil
}

// isSupabaseAlone knows the statements that the CLI sends by themselves.
func isSupabaseAlone(words []string) bool {
	text := strings.Join(words, " ") + " "
	for _, start := range []string{"VACUUM ", "ALTER SYSTEM ", "CLUSTER "} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return strings.Contains(text, " CONCURRENTLY ") && (strings.HasPrefix(text, "CREATE ") || strings.HasPrefix(text, "DROP INDEX ") || strings.HasPrefix(text, "REINDEX "))
}

// listSupabase is in the order of the names:
// https://github.com/supabase/cli/blob/develop/apps/cli-go/pkg/migration/list.go
func listSupabase(d *Dir) Listing {
	return listBy(func(rel string) (Entry, error) {
		if rel == d.Names[0] && isSupabaseInit(rel) {
			return Entry{}, errors.New("Supabase does not run the init.sql of its first versions any more")
		}
		return parseSupabase(rel)
	}, strings.Compare)(d)
}

func parseSupabase(rel string) (Entry, error) {
	version := digits(rel)
	if folder(rel) != "" || version == "" || !strings.HasPrefix(rel[len(version):], "_") || !strings.HasSuffix(rel, ".sql") {
		return Entry{}, errors.New("Supabase only loads <number>_<name>.sql")
	}
	return Entry{Version: rel}, nil
}

// isSupabaseInit knows a dump that the first versions of the CLI made before 2021-12-09.
func isSupabaseInit(rel string) bool {
	const changed = "20211209000000"
	version, ok := strings.CutSuffix(rel, "_init.sql")
	return ok && len(version) == len(changed) && digits(version) == version && version < changed
}
