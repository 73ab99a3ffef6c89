package layout

import (
	"slices"
	"strings"
)

// scribeBun: a file is sent by the statement on one connection. Where its name does
// not have bun open a transaction, it opens its own.
func scribeBun(rel string) scribe {
	return scribe{
		version: bunVersion, sep: "_", way: inPairs, mark: isBunSplit,
		cannot: func(r *Rewrite) string {
			first := &r.Pieces[0]
			outside := !first.InTx || len(first.Down) > 0 && !first.DownInTx
			if inBunTx(rel) && !first.Waits && outside {
				name := strings.TrimSuffix(base(rel), bunTx+".up.sql")
				return "its first step cannot run in a transaction, or not be taken back in one, and bun runs the file in one: call it " + name + ".up.sql first (and " + name + ".down.sql)"
			}
			return ""
		},
		sheets: bunSheets,
	}
}

func bunVersion(rel string) (from, to int) {
	from = len(rel) - len(base(rel))
	return from, from + len(digits(rel[from:]))
}

func bunSheets(t *task) []sheet {
	p := t.piece
	forth := p.head(true) + bunChunks(slices.Concat(p.Cleanup, p.SQL), p.InTx && !p.Bare && !inBunTx(t.rel))
	if t.style.downRel == "" {
		return []sheet{{t.rel, forth + p.remembered()}}
	}
	down := downName(t.rel)
	if t.own == nil && inBunTx(down) && len(p.Down) > 0 && !p.DownInTx {
		down = strings.TrimSuffix(down, bunTx+".down.sql") + ".down.sql" // bun asks each way's own name
	}
	return []sheet{{t.rel, forth}, {down, t.bunBack(p.DownInTx && !p.Bare && !inBunTx(down))}}
}

// bunChunks is statements as bun cuts them, in a transaction of the file's own if it
// needs one.
func bunChunks(sql []string, opens bool) string {
	if opens && len(sql) > 1 {
		sql = slices.Concat([]string{"BEGIN"}, sql, []string{"COMMIT"})
	}
	var out []string
	for _, s := range sql {
		out = append(out, closed([]string{s}))
	}
	return strings.Join(out, bunSplit+"\n")
}

func (t *task) bunBack(opens bool) string {
	var out strings.Builder
	if t.own != nil {
		if keeps := t.keeps(); keeps != "" {
			return keeps
		}
	}
	if t.piece.NoDown != "" {
		comment(&out, t.piece.NoDown)
		t.ownBack(&out)
	}
	if len(t.piece.Down) == 0 {
		if t.piece.NoDown == "" {
			comment(&out, "Nothing is to be taken back here.")
		}
		return out.String() + "SELECT 1;\n"
	}
	return out.String() + bunChunks(t.piece.Down, opens)
}
