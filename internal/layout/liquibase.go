package layout

import (
	"errors"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// liquibase is the formatted SQL of https://www.liquibase.com: a file holds changesets,
// each in a transaction of its own, with its way back in comments.
func liquibase() Layout {
	return Layout{
		Name:       "liquibase",
		Content:    isLiquibaseHead,
		List:       listLiquibase,
		Cut:        cutLiquibase,
		Tx:         change.TxFile,
		Send:       change.SendStatement,
		OptOut:     liquibaseOptOut,
		OptOutSend: change.SendStatement,
		Mask:       maskLiquibase,
		Unbreak:    unbreakLiquibase,
		Again:      againLiquibase(),
	}
}

// isLiquibaseHead knows the line that a file of formatted SQL begins with.
func isLiquibaseHead(line string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(line, " ", "")), "--")
	return ok && strings.HasPrefix(rest, "liquibaseformatted")
}

// listLiquibase is in the order in which a changelog beside the files, or above them,
// names them, else in that of the names, as includeAll has it.
func listLiquibase(d *Dir) Listing {
	named := d.changelogOrder()
	found := listBy(func(rel string) (Entry, error) {
		if folder(rel) != "" || !strings.HasSuffix(rel, ".sql") {
			return Entry{}, errors.New("Liquibase is read folder by folder")
		}
		return Entry{Version: rel}, nil
	}, strings.Compare)(d)
	at := map[string]int{}
	for i, name := range named {
		at[name] = i - len(named) // what is not named comes last
	}
	slices.SortStableFunc(found.Entries, func(a, b Entry) int { return at[a.Rel] - at[b.Rel] })
	return found
}

// changelogOrder are the SQL files that the nearest changelog names, in its order. It
// may be in XML, YAML or JSON, whose words around a name are not asked for.
func (d *Dir) changelogOrder() []string {
	for _, dir := range []string{d.abs, filepath.Dir(d.abs)} {
		top, err := d.tree.list(dir)
		if err != nil {
			continue
		}
		for _, name := range top.files {
			if !strings.Contains(strings.ToLower(name), "changelog") || !slices.Contains([]string{".xml", ".yaml", ".yml", ".json"}, path.Ext(name)) {
				continue
			}
			if out := d.sqlNamesIn(d.tree.hints(filepath.Join(dir, name))); len(out) > 0 {
				return out
			}
		}
	}
	return nil
}

// sqlNamesIn are the directory's files that a text names.
func (d *Dir) sqlNamesIn(text []byte) []string {
	there := map[string]bool{}
	for _, name := range d.Names {
		there[name] = true
	}
	var out []string
	for _, word := range regexp.MustCompile(`[^\s"'=:<>]+\.sql\b`).FindAllString(string(text), -1) {
		if name := path.Base(word); there[name] {
			out = append(out, name)
			delete(there, name) // the first place counts
		}
	}
	return out
}

// liquibaseOptOut reads runInTransaction on the changeset's own line.
func liquibaseOptOut(s *Source, p Part) (bool, error) {
	mark, _, _ := strings.Cut(p.Section.Text(s.Text), "\n")
	value := changesetAttribute(mark, "runInTransaction")
	return strings.EqualFold(value, "false"), nil
}

// maskLiquibase masks properties, lines that are left out, and delimiters.
func maskLiquibase(text []byte) []byte { return unbreakLiquibase(maskDollarBraces(text)) }

// unbreakLiquibase writes semicolons for the delimiters of changesets, and blanks over
// lines that Liquibase leaves out, and its own: --changeset is no comment to MySQL, which
// wants a blank behind the dashes. https://dev.mysql.com/doc/refman/8.4/en/comments.html
func unbreakLiquibase(text []byte) []byte {
	log := readChangelog(text)
	if len(log.ignored) == 0 {
		return text
	}
	text = slices.Clone(text)
	for _, span := range log.ignored {
		fillBlanks(text, span.Start, span.End)
	}
	for i := range log.sets {
		set := &log.sets[i]
		fillDelimiters(text, set.body, set.section.End, changesetAttribute(set.mark, "endDelimiter"))
	}
	return text
}
