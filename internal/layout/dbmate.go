package layout

import (
	"errors"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// dbmate is https://github.com/amacneil/dbmate. Each section is sent in one
// piece, in a transaction unless its mark says transaction:false.
func dbmate() Layout {
	return Layout{
		Name: "dbmate",
		Content: func(text string) bool {
			_, up := dbmateMark(text, "up")
			return up
		},
		List:       listBy(parseDbmate, strings.Compare),
		Cut:        cutDbmate,
		Tx:         change.TxFile,
		Send:       change.SendFile,
		OptOut:     dbmateOptOut,
		OptOutSend: change.SendFile,
	}
}

// parseDbmate takes names that start with a digit; dbmate orders them as strings.
func parseDbmate(rel string) (Entry, error) {
	if folder(rel) != "" || digits(rel) == "" || !strings.HasSuffix(rel, ".sql") {
		return Entry{}, errors.New("dbmate only loads .sql files whose names start with a number")
	}
	return Entry{Version: rel}, nil
}

// dbmateMark reads "-- migrate:up transaction:false" and returns the options:
// https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/migration.go
func dbmateMark(text, way string) (options []string, ok bool) {
	rest, ok := strings.CutPrefix(text, "--")
	if !ok {
		return nil, false
	}
	rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), "migrate:"+way)
	if !ok || (rest != "" && !strings.ContainsAny(rest[:1], " \t")) {
		return nil, false
	}
	return strings.Fields(rest), true
}

func cutDbmate(s *Source) ([]Part, error) {
	var parts []Part
	for l := range lines(s.Text) {
		_, up := dbmateMark(l.text, "up")
		_, down := dbmateMark(l.text, "down")
		switch {
		case up || down:
			if down && (len(parts) == 0 || parts[len(parts)-1].Down) {
				return nil, l.errorf(`dbmate refuses a "-- migrate:down" that has no "-- migrate:up" before it`)
			}
			parts = append(parts, Part{Down: down, Section: change.Span{Start: l.start, End: l.end}})
		case len(parts) > 0:
			parts[len(parts)-1].Section.End = l.end
		case !blankOrComment(l.text):
			return nil, l.errorf(`dbmate refuses statements before "-- migrate:up"`)
		}
	}
	if len(parts) == 0 {
		return nil, errors.New(`dbmate refuses a file without "-- migrate:up"`)
	}
	return parts, nil
}

func blankOrComment(text string) bool {
	text = strings.TrimSpace(text)
	return text == "" || strings.HasPrefix(text, "--")
}

// dbmateOptOut reads the options of the section's own mark.
func dbmateOptOut(s *Source, p Part) (bool, error) {
	way := "up"
	if p.Down {
		way = "down"
	}
	mark, _, _ := strings.Cut(string(s.Text[p.Section.Start:p.Section.End]), "\n")
	options, _ := dbmateMark(strings.TrimPrefix(mark, byteOrderMark), way)
	return slices.Contains(options, "transaction:false"), nil
}
