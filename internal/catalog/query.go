package catalog

import (
	"embed"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

//go:embed queries/*.sql
var queries embed.FS

// queryNames are the queries that find objects, in the order in which these had
// best be made; where one needs another, that comes first whatever this order says.
func queryNames() []string {
	return []string{
		"schemas", "extensions", "collations", "foreign_data_wrappers", "servers", "user_mappings",
		"types", "domains", "functions", "aggregates", "operators", "casts", "text_search", "domain_constraints",
		"tables", "columns", "sequences", "defaults", "constraints", "indexes", "index_columns",
		"views", "rules", "statistics", "triggers", "policies", "foreign_keys",
		"publications", "publication_parts", "subscriptions", "unwritten",
	}
}

// lateQueries find what is made when all else is there.
func lateQueries() []string { return []string{"refreshes", "event_triggers"} }

// ranks of what is not found by a query of its own.
const (
	rankComment = 1000 + iota
	rankSequenceValue
	rankGrant
	rankDefaultPrivileges
	rankLate
)

// queryText is a query as a server of that version understands it; empty where it
// has nothing of the kind.
func queryText(name string, major int) (string, error) {
	text, err := queryFile(name, major)
	if err != nil || strings.TrimSpace(text) == "" {
		return "", err
	}
	common, err := queryFile("common", major)
	return common + text, err
}

// queryFile leaves out the lines that are marked for other versions, with
// "-- since 14", "-- before 17" or "-- since 14 before 17" at their end.
func queryFile(name string, major int) (string, error) {
	file, err := queries.ReadFile("queries/" + name + ".sql")
	if err != nil {
		return "", fmt.Errorf("query %s: %w", name, err)
	}
	marker := regexp.MustCompile(` *-- (?:since (\d+))? ?(?:before (\d+))?$`)
	var kept []string
	for _, line := range strings.Split(string(file), "\n") {
		mark := marker.FindStringSubmatch(line)
		if mark == nil {
			kept = append(kept, line)
			continue
		}
		since, before := bound(mark[1], 0), bound(mark[2], math.MaxInt)
		if since <= major && major < before {
			kept = append(kept, strings.TrimSuffix(line, mark[0]))
		}
	}
	return strings.Join(kept, "\n"), nil
}

// bound is a number that a marker names, or what counts where it names none.
func bound(digits string, none int) int {
	if n, err := strconv.Atoi(digits); err == nil {
		return n
	}
	return none
}
