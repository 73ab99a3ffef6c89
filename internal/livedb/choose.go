package livedb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/fact"
)

// Choose is the newest server program of a dialect that is found, of the release
// line that is wanted: "16" or "16.3" is any 16, "8.0.36" is any 8.0. The error says
// which were found instead.
func Choose(ctx context.Context, dialect, wanted string) (Server, error) {
	found, err := Find(ctx, dialect)
	if err != nil {
		return Server{}, err
	}
	all := slices.Clone(found)
	if wanted != "" {
		v, err := fact.Parse(wanted)
		if err != nil {
			return Server{}, err
		}
		byMinor := dialect != "postgres" && strings.Contains(wanted, ".")
		found = slices.DeleteFunc(found, func(s Server) bool {
			return s.Version.Major != v.Major || byMinor && s.Version.Minor != v.Minor
		})
	}
	if len(found) == 0 {
		return Server{}, fmt.Errorf("no server of %s is found on this machine%s", strings.TrimSpace(fact.DialectName(dialect)+" "+wanted), others(all))
	}
	return found[len(found)-1], nil
}

// others are the versions that were found instead.
func others(found []Server) string {
	if len(found) == 0 {
		return ""
	}
	var versions []string
	for _, s := range found {
		versions = append(versions, s.Version.String())
	}
	return ", only " + strings.Join(versions, ", ")
}
