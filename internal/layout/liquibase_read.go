package layout

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// changelog is a file of formatted SQL.
type changelog struct {
	sets    []changeset
	ignored []change.Span // Liquibase's own lines, and those between the marks of ignoreLines
	err     error         // why Liquibase refuses it
}

// changeset is one change of a changelog.
type changeset struct {
	mark     string // its line
	section  change.Span
	body     int           // where the line behind the mark starts
	head     []string      // comment, preconditions and the like
	rollback []change.Span // what its ways back say, line by line
	sql      bool          // it has text besides
	line     line
}

// changelogReader follows Liquibase's own parser line by line:
// https://github.com/liquibase/liquibase/blob/master/liquibase-standard/src/main/java/liquibase/parser/AbstractFormattedChangeLogParser.java
type changelogReader struct {
	changelog
	ignore  int  // lines still to leave out; -1: up to the mark
	inBlock bool // within /* liquibase rollback
}

func readChangelog(text []byte) changelog {
	r := changelogReader{}
	for l := range lines(text) {
		r.line(l)
	}
	if n := len(r.sets); n > 0 {
		r.sets[n-1].section.End = len(text)
	}
	return r.changelog
}

func (r *changelogReader) line(l line) {
	word, rest := changelogWord(l.text)
	if r.ignore == 0 && (word != "" || len(r.sets) == 0 && isLiquibaseHead(l.text)) {
		r.ignored = append(r.ignored, change.Span{Start: l.start, End: l.end})
	}
	switch {
	case r.ignore != 0:
		if r.ignore > 0 {
			r.ignore--
		} else if word == "ignorelines" && strings.HasPrefix(rest, ":end") {
			r.ignore = 0
		}
		r.ignored = append(r.ignored, change.Span{Start: l.start, End: l.end})
	case word == "ignorelines":
		r.startIgnore(l, strings.TrimSpace(strings.TrimPrefix(rest, ":")))
	case word == "property":
	case word == "changeset":
		r.begin(l)
	case len(r.sets) > 0:
		r.within(l, word, rest)
	}
}

func (r *changelogReader) startIgnore(l line, count string) {
	if count == "start" {
		r.ignore = -1
		return
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 {
		r.refuse(l, "%q is neither start nor a number of lines", count)
	}
	r.ignore = max(n, 0)
}

func (r *changelogReader) refuse(l line, format string, args ...any) {
	if r.err == nil {
		r.err = l.errorf("Liquibase refuses the file: %w", fmt.Errorf(format, args...))
	}
}

func (r *changelogReader) begin(l line) {
	if author, id := changesetID(l.text); author == "" || id == "" {
		r.refuse(l, "%q is not --changeset author:id", strings.TrimSpace(l.text))
		return
	}
	if n := len(r.sets); n > 0 {
		if r.sets[n-1].section.End = l.start; !r.sets[n-1].sql {
			r.refuse(r.sets[n-1].line, "the changeset has no SQL")
		}
	}
	r.sets = append(r.sets, changeset{mark: l.text, section: change.Span{Start: l.start}, body: l.end, line: l})
}

// within reads a line of a changeset.
func (r *changelogReader) within(l line, word, rest string) {
	set := &r.sets[len(r.sets)-1]
	switch {
	case r.inBlock:
		end := strings.Index(l.text, "*/")
		r.inBlock = end < 0
		if end < 0 {
			end = len(l.text)
		}
		set.rollback = append(set.rollback, change.Span{Start: l.start, End: l.start + end})
	case word == "rollback" && strings.HasPrefix(rest, " "):
		at := l.start + len(l.text) - len(rest) + 1
		set.rollback = append(set.rollback, change.Span{Start: at, End: l.start + len(l.text)})
	case strings.HasPrefix(strings.TrimSpace(l.text), "/*") && strings.EqualFold(strings.Join(strings.Fields(strings.Replace(l.text, "/*", " ", 1)), ""), "liquibaserollback"):
		r.inBlock = true
	case word == "comment", word == "preconditions", word == "validchecksum", strings.HasPrefix(word, "precondition-"):
		set.head = append(set.head, l.text)
	default:
		set.sql = set.sql || strings.TrimSpace(l.text) != ""
	}
}

// changelogWord is the word behind the dashes of a line that means something to
// Liquibase, in lower case, and what is behind it.
func changelogWord(text string) (word, rest string) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(text, " \t"), "--")
	if !ok {
		return "", ""
	}
	rest = strings.TrimLeft(rest, " \t")
	end := 0
	for end < len(rest) && (isNameByte(rest[end]) || rest[end] == '-') {
		end++
	}
	word = strings.ToLower(rest[:end])
	switch word {
	case "changeset", "comment", "ignorelines", "preconditions", "property", "rollback", "validchecksum":
		return word, rest[end:]
	}
	if strings.HasPrefix(word, "precondition-") {
		return word, rest[end:]
	}
	return "", ""
}

// changesetID is the author and the id of a changeset, as they are written.
func changesetID(mark string) (author, id string) {
	m := changesetMark.FindStringSubmatch(mark)
	if m == nil {
		return "", ""
	}
	return m[1], m[2]
}

var changesetMark = regexp.MustCompile(`(?i)^\s*--\s*changeset\s+("[^"]+"|[^:]+):("[^"]+"|\S+)`)

// changesetAttribute is what stands behind the last "name:" of a changeset's line; "" where
// there is none.
func changesetAttribute(mark, name string) string {
	lower := strings.ToLower(mark)
	for at := strings.LastIndex(lower, strings.ToLower(name)+":"); at > 0; at = strings.LastIndex(lower[:at], strings.ToLower(name)+":") {
		if isNameByte(mark[at-1]) {
			continue
		}
		value, _, _ := strings.Cut(strings.TrimRight(mark[at+len(name)+1:], "\r\n"), " ")
		return value
	}
	return ""
}

// cutLiquibase has a part for each changeset, and one for each way back. A file that
// is no formatted SQL is one changeset that is sent whole.
func cutLiquibase(s *Source) ([]Part, error) {
	if !beginsWith(s.Text, isLiquibaseHead) {
		return []Part{{Section: change.Span{End: len(s.Text)}, Whole: true}}, nil
	}
	log := readChangelog(s.Text)
	if log.err != nil {
		return nil, log.err
	}
	back := log.back(s.Text)
	var parts []Part
	for i := range log.sets {
		set := &log.sets[i]
		if value := changesetAttribute(set.mark, "ignore"); strings.EqualFold(value, "true") {
			continue
		}
		split := changesetAttribute(set.mark, "splitStatements")
		dbms := changesetAttribute(set.mark, "dbms")
		up := Part{Section: set.section, Whole: strings.EqualFold(split, "false"), DBMS: dbms}
		parts = append(parts, up)
		if set.hasBack(s.Text) {
			parts = append(parts, Part{Down: true, Section: set.section, DBMS: dbms, View: back})
		}
	}
	if len(parts) == 0 {
		return nil, errors.New("the file has no --changeset author:id, so that Liquibase runs nothing of it")
	}
	return parts, nil
}

// beginsWith asks the first line that is not empty.
func beginsWith(text []byte, is func(string) bool) bool {
	for l := range lines(text) {
		if strings.TrimSpace(l.text) != "" {
			return is(l.text)
		}
	}
	return false
}

// back is the file with nothing but the ways back of its changesets; nil where there is none.
func (c *changelog) back(text []byte) []byte {
	if !slices.ContainsFunc(c.sets, func(set changeset) bool { return len(set.rollback) > 0 }) {
		return nil
	}
	out := bytes.Clone(text)
	fillBlanks(out, 0, len(out))
	for i := range c.sets {
		set := &c.sets[i]
		for _, span := range set.rollback {
			copy(out[span.Start:span.End], text[span.Start:span.End])
		}
		fillDelimiters(out, set.section.Start, set.section.End, changesetAttribute(set.mark, "rollbackEndDelimiter"))
	}
	return plainText(maskDollarBraces(out))
}

// hasBack says whether there is a way back that says something.
func (c *changeset) hasBack(text []byte) bool {
	back := strings.ToLower(strings.TrimSpace(c.backText(text)))
	return back != "" && !strings.HasPrefix(back, "empty") && !strings.HasPrefix(back, "not required")
}

// backText is the changeset's way back as SQL.
func (c *changeset) backText(text []byte) string {
	var out strings.Builder
	for _, span := range c.rollback {
		out.WriteString(strings.TrimRight(span.Text(text), "\r\n") + "\n")
	}
	return out.String()
}
