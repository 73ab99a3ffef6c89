package layout

import (
	"errors"
	"path/filepath"
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
	}
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
