package layout

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// scribeLiquibase: a changeset to a piece. What runs at once stands in the migration's
// own file, in the place of its changeset; each has a transaction of its own.
func scribeLiquibase() scribe {
	return scribe{
		version: plainNumber, mark: func(line string) bool { word, _ := changelogWord(line); return word != "" },
		cannot: liquibaseCannot,
		sheets: func(t *task) []sheet {
			return []sheet{{t.rel, "--liquibase formatted sql\n\n" + t.style.changesets().text(t.piece, t.piece.Slug, t)}}
		},
		stack: func(own *original, list []Piece) string {
			s, out := own.changesets(), ""
			own.down = []byte(s.like.backText(own.raw))
			for i := range list {
				t := &task{piece: &list[i], rel: own.rel, style: own, several: len(list) > 1}
				name := list[i].Slug
				if i == 0 {
					t.own, name = own, ""
				}
				out += s.text(&list[i], name, t) + "\n"
			}
			return string(own.raw[:own.section.Start]) + strings.TrimRight(out, "\n") + "\n" + behind(own)
		},
	}
}

// behind is the rest of the file, with an empty line before it.
func behind(own *original) string {
	if rest := string(own.raw[own.section.End:]); rest != "" {
		return "\n" + rest
	}
	return ""
}

// liquibaseCannot is why a changeset cannot become several, or "".
func liquibaseCannot(r *Rewrite) string {
	log := readChangelog(r.Script.Raw)
	i := slices.IndexFunc(log.sets, func(c changeset) bool { return c.section == r.Script.Section })
	if i < 0 {
		return "the file is no formatted SQL: begin it with --liquibase formatted sql, and a line --changeset author:id"
	}
	if len(r.Pieces) == 1 {
		return ""
	}
	set := log.sets[i]
	for _, name := range []string{"runAlways", "runOnChange"} {
		if value := changesetAttribute(set.mark, name); strings.EqualFold(value, "true") {
			return "a changeset with " + name + " runs again, so it cannot be made of several steps: put the change in one that runs once"
		}
	}
	for _, line := range set.head {
		if word, _ := changelogWord(line); strings.HasPrefix(word, "precondition") {
			return "its preconditions would be asked for the first of its steps alone: make sure of them by other means, or write its steps as changesets yourself"
		}
	}
	return ""
}

// changesetScribe writes changesets beside one that is there, or like it.
type changesetScribe struct {
	like changeset
	ids  []string // that are taken
}

// changesets is the scribe for the changeset that the migration is, or for new ones.
func (o *original) changesets() *changesetScribe {
	s := &changesetScribe{like: changeset{mark: "--changeset safemig:"}}
	log := readChangelog(o.raw)
	for _, set := range log.sets {
		if set.section == o.section {
			s.like = set
		}
		author, id := changesetID(set.mark)
		s.ids = append(s.ids, author+":"+id)
	}
	return s
}

// line is the line of a changeset: the migration's own, or one with a name of its own.
func (s *changesetScribe) line(name string, attributes []string) string {
	managed := regexp.MustCompile(`(?i)\s+(runInTransaction|splitStatements|endDelimiter|rollbackSplitStatements|rollbackEndDelimiter):\S*`)
	line := strings.TrimRight(managed.ReplaceAllString(s.like.mark, ""), " \t\r\n")
	if name != "" {
		author, id := changesetID(line)
		if id == "" {
			line += name
		} else {
			at := strings.Index(line, author+":") + len(author) + 1
			from := at + strings.Index(line[at:], id)
			line = line[:from] + s.free(author, id, name) + line[from+len(id):]
		}
	}
	return strings.Join(append([]string{line}, attributes...), " ") + "\n"
}

// free is an id that no other changeset has.
func (s *changesetScribe) free(author, id, name string) string {
	bare, quote := strings.Trim(id, `"`), ""
	if bare != id {
		quote = `"`
	}
	for n := 1; ; n++ {
		next := quote + bare + "-" + name + quote
		if n > 1 {
			next = fmt.Sprintf("%s%s-%s-%d%s", quote, bare, name, n, quote)
		}
		if !slices.Contains(s.ids, author+":"+next) {
			s.ids = append(s.ids, author+":"+next)
			return next
		}
	}
}

// text is one changeset.
func (s *changesetScribe) text(p *Piece, name string, t *task) string {
	var attributes []string
	if !p.InTx {
		attributes = append(attributes, "runInTransaction:false")
	}
	sql := slices.Concat(p.Cleanup, p.SQL)
	delimiter := freeDelimiter(sql)
	if delimiter != "" {
		attributes = append(attributes, "endDelimiter:"+delimiter)
	}
	back, backDelimiter := t.changesetBack()
	if backDelimiter != "" {
		attributes = append(attributes, "rollbackEndDelimiter:"+backDelimiter)
	}
	out := s.line(name, attributes)
	if t.own != nil {
		for _, line := range s.like.head {
			out += line + "\n"
		}
	}
	return out + unread(p.head(true)) + endedBy(sql, delimiter) + back
}

// freeDelimiter is what ends statements that have semicolons of their own, and is not
// in them: Liquibase counts BEGIN and END to tell, which the END of a loop or an IF
// upsets. It is "" where semicolons will do.
func freeDelimiter(sql []string) string {
	whole, inner := strings.Join(sql, "\n"), false
	for _, s := range sql {
		inner = inner || strings.Contains(strings.TrimRight(s, "; \t\r\n"), ";")
	}
	if !inner {
		return ""
	}
	for _, delimiter := range []string{"//", "@@", "##", "~~"} {
		if !strings.Contains(whole, delimiter) {
			return delimiter
		}
	}
	return "//"
}

// endedBy is statements, each with a delimiter behind it.
func endedBy(sql []string, delimiter string) string {
	if delimiter == "" {
		return closed(sql)
	}
	var out strings.Builder
	for _, s := range sql {
		out.WriteString(strings.TrimRight(s, "; \t\r\n") + "\n" + delimiter + "\n")
	}
	return out.String()
}

// changesetBack is the way back in the comments of a changeset, and what ends its
// statements. It runs in a transaction where the changeset does.
func (t *task) changesetBack() (text, delimiter string) {
	p, out := t.piece, ""
	if t.own != nil {
		if keeps := t.keeps(); keeps != "" {
			was := changesetAttribute(t.own.changesets().like.mark, "rollbackEndDelimiter")
			return rollbackLines(keeps), was
		}
	}
	if p.NoDown != "" {
		var note strings.Builder
		comment(&note, p.NoDown)
		t.ownBack(&note)
		out = unread(note.String())
	}
	switch {
	case len(p.Down) == 0:
		return out + "--rollback empty\n", ""
	case p.InTx != p.DownInTx && (p.InTx || len(p.Down) > 1):
		return out + unread(p.remembered()), ""
	}
	delimiter = freeDelimiter(p.Down)
	return out + rollbackLines(endedBy(p.Down, delimiter)), delimiter
}

func rollbackLines(sql string) string {
	out := ""
	for l := range lines([]byte(sql)) {
		if strings.TrimSpace(l.text) != "" {
			out += "--rollback " + l.text + "\n"
		}
	}
	return out
}

// unread is comments that Liquibase does not take for its own.
func unread(comments string) string {
	var out strings.Builder
	own := regexp.MustCompile(`(?i)^--\s*(changeset|comment|ignore|precondition|property|rollback|validchecksum)`)
	for line := range strings.Lines(comments) {
		if own.MatchString(line) {
			line = "-- |" + strings.TrimPrefix(line, "--")
		}
		out.WriteString(line)
	}
	return out.String()
}
