package backfill

import "strings"

// lastOf is a written name without its schema and quotes.
func lastOf(name string) string {
	parts := strings.Split(name, ".")
	return bare(parts[len(parts)-1])
}

// readHeading reads the line "-- safemig:backfill table=NAME key=COLUMN,COLUMN",
// which stands above the statement. A job may have none: its key is then the
// primary key.
func readHeading(text string) (heading, error) {
	var h heading
	at := strings.Index(text, Mark)
	if at < 0 || strings.TrimSpace(lineBefore(text, at)) != "" {
		return h, nil
	}
	line, _, _ := strings.Cut(text[at+len(Mark):], "\n")
	for _, word := range splitOutside(strings.TrimRight(line, "\r"), ' ') {
		name, value, _ := strings.Cut(word, "=")
		switch {
		case word == "":
		case name == "table" && h.table == "" && value != "":
			h.table = value
		case name == "key" && h.key == nil && value != "":
			for _, k := range splitOutside(value, ',') {
				h.key = append(h.key, bare(k))
			}
		default:
			return h, mistake(at, "%q is neither table=NAME nor key=COLUMN,COLUMN", word)
		}
	}
	return h, nil
}

// Mark begins the line that says what a job is.
const Mark = "-- safemig:backfill"

func lineBefore(text string, at int) string {
	return text[strings.LastIndexByte(text[:at], '\n')+1 : at]
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
