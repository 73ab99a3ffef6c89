package layout

import (
	"slices"
	"strings"
)

// sections takes a migration of a tool that has both directions in one file
// apart: what stands before the first mark, and the way back without its mark.
func (o *original) sections(isMark func(string) bool) (before, backMark string) {
	for l := range lines(o.raw[:o.section.Start]) {
		if !isMark(l.text) {
			before += l.text + "\n"
		}
	}
	o.down = nil
	from := -1
	for l := range lines(o.raw[o.section.End:]) {
		if from < 0 && isMark(l.text) {
			backMark, from = l.text, o.section.End+l.end
		}
	}
	if from >= 0 {
		o.down = o.raw[from:]
	}
	return before, backMark
}

// scribeDbmate: each direction is a section with its own transaction, and is
// sent whole. dbmate runs no file that has a second pair of sections.
func scribeDbmate() scribe {
	return scribe{
		version: digitsAt, sep: "_", way: inOneFile, cannot: oneUpSection, mark: isDbmateMark,
		sheets: func(t *task) []sheet {
			before, inTx := "", t.piece.DownInTx || len(t.piece.Down) == 0
			if t.own != nil {
				var mark string
				before, mark = t.own.sections(isDbmateMark)
				options, _ := dbmateMark(mark, "down")
				inTx = t.piece.DownInTx || len(t.piece.Down) == 0 && !slices.Contains(options, "transaction:false")
			}
			text := before + dbmateLine("up", t.piece.InTx) + t.piece.head(false) + t.piece.forth() +
				"\n" + dbmateLine("down", inTx) + t.back(false)
			return []sheet{{t.rel, text}}
		},
	}
}

func isDbmateMark(text string) bool {
	_, up := dbmateMark(text, "up")
	_, down := dbmateMark(text, "down")
	return up || down
}

func oneUpSection(r *Rewrite) string {
	seen := 0
	for l := range lines(r.Script.Raw) {
		if _, up := dbmateMark(l.text, "up"); up {
			seen++
		}
	}
	if seen > 1 {
		return `the file has more than one "-- migrate:up": give each a file of its own`
	}
	return ""
}

func dbmateLine(way string, inTx bool) string {
	if inTx {
		return "-- migrate:" + way + "\n"
	}
	return "-- migrate:" + way + " transaction:false\n"
}

// scribeGoose: both directions are in one file, which is in transactions or is
// not. Statements are sent one by one, outside a transaction on any connection
// of a pool.
// https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go
func scribeGoose() scribe {
	return scribe{
		version: digitsAt, sep: "_", way: inOneFile, mark: isGooseMark,
		cannot: func(r *Rewrite) string {
			if strings.Contains(strings.ToUpper(string(r.Script.Raw)), "ENVSUB") {
				return "the file substitutes environment variables, which would read the plan's own text as theirs"
			}
			return ""
		},
		sheets: gooseSheets,
	}
}

func gooseSheets(t *task) []sheet {
	p, before, keeps := t.piece, "", ""
	outside := !p.InTx || len(p.Down) > 0 && !p.DownInTx
	if t.own != nil {
		before, _ = t.own.sections(isGooseMark)
		if keeps = t.keeps(); keeps != "" {
			was, err := gooseNoTransaction(&Source{Text: t.own.raw}, Part{})
			outside = outside || err == nil && was // its way back may need it
		}
	}
	if p.Bare { // a transaction holds all of it to one connection, and is over with the first DDL
		outside = false
	}
	marks := blockMarks{"-- +goose StatementBegin\n", "-- +goose StatementEnd\n"}
	var out strings.Builder
	if outside {
		out.WriteString("-- +goose NO TRANSACTION\n")
	}
	out.WriteString(before + "-- +goose Up\n" + p.head(true))
	marks.body(&out, p.Cleanup, true, true)
	marks.body(&out, p.SQL, p.InTx, outside)
	out.WriteString("\n-- +goose Down\n")
	t.splitBack(&out, marks, keeps, outside)
	return []sheet{{t.rel, out.String()}}
}

func isGooseMark(text string) bool {
	mark, err := readGooseMark(line{text: text})
	return err == nil && mark != gooseNothing
}

// blockMarks stand around a statement that has semicolons of its own, for tools that
// cut at the ends of lines.
type blockMarks struct{ begin, end string }

// body writes statements as such a tool cuts them. What must be one transaction in a
// part that is outside of any goes as one block, which is one query.
func (m blockMarks) body(out *strings.Builder, sql []string, inTx, outside bool) {
	if inTx && outside && len(sql) > 1 {
		out.WriteString(m.begin + closed(sql) + m.end)
		return
	}
	for _, s := range sql {
		text := closed([]string{s})
		if strings.Contains(strings.TrimSuffix(text, ";\n"), ";") {
			text = m.begin + text + m.end
		}
		out.WriteString(text)
	}
}

// keeps is the way back that the migration had and that the piece has none for, or "".
func (t *task) keeps() string {
	if len(t.piece.Down) > 0 || len(t.own.down) == 0 {
		return ""
	}
	return t.kept()
}

// splitBack is the way back for a tool that sends statements one by one.
func (t *task) splitBack(out *strings.Builder, marks blockMarks, keeps string, outside bool) {
	p := t.piece
	switch {
	case keeps != "":
		out.WriteString(keeps)
	case len(p.Down) == 0:
		comment(out, "Nothing is to be taken back here. "+p.NoDown)
	default:
		if p.NoDown != "" {
			comment(out, p.NoDown)
			t.ownBack(out)
		}
		marks.body(out, p.Down, p.DownInTx, outside)
	}
}
