package layout

import (
	"strings"
	"unicode"
)

// task is one piece on its way to its files.
type task struct {
	piece *Piece
	rel   string    // of the file that makes the change
	own   *original // the migration, where the piece takes its place
	style *original // the migration that the plan is for
	// several says that the migration becomes more than one file.
	several bool
	last    bool // of them
}

// aboutWidth is where the comment at a file's head is broken.
const aboutWidth = 100

// head is the comment at a file's head. Clean-up that cannot stand in the file
// stands there.
func (p *Piece) head(cleanupInside bool) string {
	var out strings.Builder
	for _, paragraph := range p.About {
		comment(&out, paragraph)
	}
	if len(p.Cleanup) > 0 && !cleanupInside {
		ifInterrupted(&out, p.Cleanup)
	}
	return out.String()
}

func ifInterrupted(out *strings.Builder, sql []string) {
	comment(out, "If it was interrupted, run this first, else it fails or leaves the change half done:")
	asComment(out, closed(sql))
}

// comment writes a paragraph as lines that begin with two dashes.
func comment(out *strings.Builder, text string) {
	line := "--"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > aboutWidth && line != "--" {
			out.WriteString(noMark(line) + "\n")
			line = "--  "
		}
		line += " " + word
	}
	if line != "--" {
		out.WriteString(noMark(line) + "\n")
	}
}

// noMark is a comment that no migration tool takes for one of its marks, whatever name
// of the project's it begins with.
func noMark(line string) string {
	said := strings.ToLower(strings.TrimLeft(line, "- \t"))
	for _, mark := range []string{
		"+goose", "+migrate", "migrate:", "changeset", "rollback", "liquibase", "property", "precondition", "atlas:", "no-transaction", "safemig:",
		"up migration", "down migration", "up", "down", "create above", "deploy", "disable-tx", "statement-breakpoint",
	} {
		rest, is := strings.CutPrefix(said, mark)
		if is && (strings.HasSuffix(mark, ":") || rest == "" || !unicode.IsLetter(rune(rest[0]))) {
			return "-- |" + strings.TrimPrefix(line, "--")
		}
	}
	return line
}

// asComment writes SQL so that nobody runs it. What its own comments tell the
// linter is not about the statement behind it.
func asComment(out *strings.Builder, sql string) {
	sql = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(sql) // which ends a comment, too
	for line := range strings.Lines(sql) {
		if strings.HasPrefix(strings.TrimLeft(line, "- \t"), "safemig:") {
			continue
		}
		out.WriteString(noMark(strings.TrimRight("--     "+strings.TrimRight(line, "\r\n"), " ")) + "\n")
	}
}

// closed is statements, each with a semicolon and a line of its own.
func closed(sql []string) string {
	var out strings.Builder
	for _, s := range sql {
		out.WriteString(strings.TrimRight(s, "; \t\r\n") + ";\n")
	}
	return out.String()
}

// block is a transaction that the file opens itself.
func (p *Piece) block(sql []string) string {
	if p.Bare {
		return closed(sql)
	}
	return "BEGIN;\n" + closed(sql) + "COMMIT;\n"
}

// forth is what a file that is sent whole says to make the change.
func (p *Piece) forth() string { return closed(p.SQL) }

// back is what a file that is sent whole says to take the change back. open
// says that the tool opens no transaction.
func (t *task) back(open bool) string {
	p := t.piece
	var out strings.Builder
	if len(p.Down) == 0 && t.own != nil && len(strings.TrimSpace(string(t.own.down))) > 0 {
		return t.kept()
	}
	if p.NoDown != "" {
		comment(&out, p.NoDown)
		t.ownBack(&out)
	}
	switch {
	case len(p.Down) == 0:
		if p.NoDown == "" {
			comment(&out, "Nothing is to be taken back here.")
		}
		out.WriteString("SELECT 1;\n") // some tools refuse a file that says nothing
	case p.DownInTx && open:
		out.WriteString(p.block(p.Down))
	case p.DownInTx:
		out.WriteString(closed(p.Down))
	default:
		backAlone(&out, p.Down)
	}
	return out.String()
}

// backAlone writes a way back that no transaction takes: one statement is all that
// the file can hold. It is never the one that only clears away what an interrupted run
// has left: the tool would say that all is taken back.
func backAlone(out *strings.Builder, down []string) {
	at := 0
	for at < len(down)-1 && isBlock(down[at]) {
		at++
	}
	if at > 0 {
		ifInterrupted(out, down[:at])
	}
	if at+1 < len(down) {
		comment(out, "Then run this, each statement by itself:")
		asComment(out, closed(down[at+1:]))
	}
	out.WriteString(closed(down[at : at+1]))
}

// isBlock knows PostgreSQL's DO behind comments.
func isBlock(sql string) bool {
	for line := range strings.Lines(sql) {
		if !strings.HasPrefix(line, "--") {
			return strings.HasPrefix(line, "DO ")
		}
	}
	return false
}

// kept is the way back that the migration had, where the plan has none for its piece.
func (t *task) kept() string {
	var out strings.Builder
	if t.several {
		comment(&out, "The migration's own way back, as it was. What the files behind it have taken back by then is no longer there.")
	}
	return out.String() + string(t.own.down)
}

// ownBack keeps the way back that the migration had, as a comment, where the
// plan's does not take everything back.
func (t *task) ownBack(out *strings.Builder) {
	if t.own == nil || len(t.piece.Down) == 0 || strings.TrimSpace(string(t.own.down)) == "" {
		return
	}
	comment(out, "The migration's own way back was:")
	asComment(out, strings.TrimSpace(string(t.own.down)))
}

// remembered is the way back of tools that have none, as a comment behind the change.
func (p *Piece) remembered() string {
	if len(p.Undo) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("\n")
	comment(&out, "To take it back:")
	if p.DownInTx && len(p.Undo) > 1 {
		asComment(&out, p.block(p.Undo))
	} else {
		asComment(&out, closed(p.Undo))
	}
	return out.String()
}

// unmarked is statements without the tool's own comments in front of them.
func (w *Writer) unmarked(sql []string) []string {
	out := make([]string, 0, len(sql))
	for _, s := range sql {
		text, head := "", true
		for line := range strings.Lines(s) {
			blank := strings.TrimSpace(line)
			head = head && (blank == "" || strings.HasPrefix(blank, "--"))
			if !head || w.scribe.mark == nil || !w.scribe.mark(strings.TrimRight(line, "\r\n")) {
				text += line
			}
		}
		out = append(out, text)
	}
	return out
}

// Unbroken is a script's text without marks that stand between its statements and
// are no comments to the server, each replaced by blanks.
func (g *Group) Unbroken(raw []byte) []byte {
	if g.Layout.Unbreak == nil {
		return raw
	}
	return g.Layout.Unbreak(raw)
}
