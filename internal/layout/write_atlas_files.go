package layout

// scribeAtlas: forward only; statements are sent one by one, in a transaction unless
// the file's header renounces it. A file that failed outside of one goes on with the
// statement that failed, so that no clean-up in it would run again.
// https://github.com/ariga/atlas/blob/master/sql/migrate/migrate.go
func scribeAtlas() scribe {
	return scribe{
		version: digitsAt, sep: "_",
		mark: func(line string) bool {
			name, _ := readAtlasDirective(line)
			return name == "txmode"
		},
		cannot: func(r *Rewrite) string {
			if atlasDelimiter(r.Script.Raw) != "" {
				return "the file has a delimiter of its own (atlas:delimiter), which the plan's text would have to know: end its statements with semicolons"
			}
			if _, is := atlasDirective(r.Script.Raw, "checkpoint"); is {
				return "it is a checkpoint, which sums up the migrations before it: run safemig fix on those, and atlas migrate checkpoint behind them"
			}
			return ""
		},
		sheets: func(t *task) []sheet {
			p, head := t.piece, ""
			if !p.InTx {
				head = "-- atlas:txmode none\n\n"
			}
			return []sheet{{t.rel, head + p.head(false) + delimited(p.SQL) + p.remembered()}}
		},
	}
}
