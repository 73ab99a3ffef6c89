package ledger

import (
	"errors"
	"fmt"
	"strings"
)

// Mark begins the file of a job.
const Mark = "-- safemig:backfill "

// Text is the file of a job: what it is about in its first line, then the
// statement as it would be run at once.
//
//	-- safemig:backfill table=public.users key=id
//	UPDATE public.users SET mail = email WHERE mail IS DISTINCT FROM email;
func (j *Job) Text(about []string) string {
	var out strings.Builder
	out.WriteString(Mark + "table=" + j.Table)
	if len(j.Key) > 0 {
		out.WriteString(" key=" + strings.Join(j.Key, ","))
	}
	out.WriteString("\n")
	for _, line := range about {
		out.WriteString("-- " + oneLine(line) + "\n")
	}
	out.WriteString(j.Comments)
	if j.SQL != "" {
		out.WriteString(strings.TrimRight(j.SQL, "; \n") + ";\n")
		return out.String()
	}
	out.WriteString("UPDATE " + j.Table + "\nSET " + j.Set)
	if j.Where != "" {
		out.WriteString("\nWHERE " + j.Where)
	}
	out.WriteString(";\n")
	return out.String()
}

// Heading is what a job's first line says: the table, and the columns to walk along.
func Heading(text string) (table string, key []string, err error) {
	line, _, _ := strings.Cut(text, "\n")
	rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), Mark)
	if !ok {
		return "", nil, fmt.Errorf("the first line of a backfill begins with %q", Mark)
	}
	if table, key, err = HeadingWords(rest); err != nil {
		return "", nil, err
	}
	if table == "" {
		return "", nil, errors.New("a backfill says table=NAME")
	}
	return table, key, nil
}

// HeadingWords reads what stands behind the mark: table=NAME key=COLUMN,COLUMN, both
// as they are written, either of which may be missing.
func HeadingWords(rest string) (table string, key []string, err error) {
	for _, word := range splitOutside(rest, ' ') {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case word == "":
		case name == "table" && table == "" && value != "":
			table = value
		case name == "key" && key == nil && value != "":
			key = splitOutside(value, ',')
		default:
			return "", nil, fmt.Errorf("%q is neither table=NAME nor key=COLUMN,COLUMN", word)
		}
	}
	return table, key, nil
}

// splitOutside cuts at a byte that stands outside of the quotes of a name.
func splitOutside(text string, at byte) []string {
	var out []string
	from, quoted := 0, byte(0)
	for i := range len(text) {
		switch {
		case text[i] == quoted:
			quoted = 0
		case quoted == 0 && (text[i] == '"' || text[i] == '`'):
			quoted = text[i]
		case text[i] == at && quoted == 0:
			out = append(out, text[from:i])
			from = i + 1
		}
	}
	return append(out, text[from:])
}
