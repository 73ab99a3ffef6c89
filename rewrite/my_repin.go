package rewrite

import (
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// repin asks anew how the server carries a step out, now that the order of all steps
// is known: an index that is dropped later than the migration has it is still there
// when its column goes. What the server could only do by blocking stays as it was
// written, for the server to refuse.
func (in *Input) repin(state *schema.State, s *Step) error {
	if !s.Commits || len(s.SQL) != 1 || len(s.Session) > 0 { // settings change how it is carried out
		return nil
	}
	sql, pin := cutPin(s.SQL[0])
	if pin == "" {
		return nil
	}
	o, err := in.online(state, sql)
	if err != nil {
		return err
	}
	if o.pin() == pin || o.pin() == "" {
		return nil
	}
	s.SQL[0] = o.pinned()
	const rebuilds = "alter-rebuilds-table"
	if o.effect.Rebuild && !slices.ContainsFunc(s.Accept, func(a Accept) bool { return a.Rule == rebuilds }) {
		s.Accept = append(s.Accept, Accept{Rule: rebuilds, Reason: "the server has no quicker way, and writes go on"})
	}
	return nil
}

// cutPin takes the ALGORITHM and LOCK off that a plan has written behind a statement.
func cutPin(sql string) (bare, pin string) {
	for _, sep := range []string{", ", " "} {
		for _, a := range []change.Algorithm{change.Instant, change.NoCopy, change.Inplace} {
			for _, lock := range []string{sep + "LOCK=NONE", ""} {
				pin = sep + "ALGORITHM=" + a.String() + lock
				if bare, found := strings.CutSuffix(sql, pin); found {
					return bare, pin
				}
			}
		}
	}
	return sql, ""
}
