package rewrite

import (
	"fmt"

	"github.com/safemig/safemig/dialect/change"
)

// shadowMat is a materialized view that reads the old column. Another one that reads
// the new column is made and filled beside it, and the two swap names: the server
// has no CREATE OR REPLACE for them.
// https://www.postgresql.org/docs/current/sql-creatematerializedview.html
type shadowMat struct {
	name, made, aside change.Name
	indexes           []shadowMatIndex
	create            string
	options           []string // what other statements set, on the one that is made
	clustered         []string // CLUSTER ON, which is said again under the names
	readers           []shadowText
	old               []string // names of the old one's indexes
	own               bool     // the migration itself makes it again
	empty             bool     // WITH NO DATA, where it does
}

type shadowMatIndex struct {
	name   string
	create string
}

// takeMaterialized takes a materialized view along.
func (s *shadow) takeMaterialized(d *dependent) error {
	if !d.names {
		return nil
	}
	m := newMat(s.c.State.Resolve(d.Name))
	after, err := s.renamed(d.piece)
	if err != nil {
		return err
	}
	if after.Text, err = s.c.Text.WithName(after, m.made.Name); err != nil {
		return asRefusal(err)
	}
	m.create = s.withNoData(after.Text)
	for _, take := range []func(*shadowMat) error{s.matIndexes, s.matOptions, s.matReaders} {
		if err := take(m); err != nil {
			return err
		}
	}
	s.addMat(m)
	return nil
}

func newMat(name change.Name) *shadowMat {
	return &shadowMat{
		name: name, made: change.Name{Schema: name.Schema, Name: MadeName(name.Name, "new")},
		aside: change.Name{Schema: name.Schema, Name: MadeName(name.Name, "old")},
	}
}

func (s *shadow) addMat(m *shadowMat) {
	s.known = append(s.known, "rule _RETURN on "+bare(m.name))
	s.extras = append(s.extras, s.guardMat(m))
	s.mats = append(s.mats, m)
	s.note("The materialized view %s is filled anew beside the old one, as by REFRESH: do not refresh it between these two steps, which would be forgotten. The old one is kept as %s until the last step, and is refreshed by nobody.",
		s.c.Text.QuoteName(m.name), s.c.Text.QuoteName(m.aside))
}

// matSteps make each materialized view beside the old one, where it may take its
// time, and swap the names.
func (s *shadow) matSteps() (build, swap []Step) {
	deploy := s.deploy
	if s.Swap {
		deploy = s.swapDeploy()
	}
	for _, m := range s.mats {
		shown, made := s.c.Text.QuoteName(m.name), s.c.Text.QuoteName(m.made)
		gate := &Gate{Backfill: true, Deploy: deploy}
		build = append(build, Step{
			Phase: Contract, Gate: gate, InTx: true, DownInTx: true, keepAll: true, StatementTimeout: NoLimit, LockTimeout: s.c.Options.LongLockTimeout,
			Accept: []Accept{{Rule: "statement-after-access-exclusive", Reason: "nobody reads the new one yet"}},
			Title:  "make the materialized view " + shown + " anew beside the old one, reading " + s.at + "." + s.kept, Slug: Slug("build", m.name.Name),
			SQL: s.buildMat(m), Down: []string{"DROP MATERIALIZED VIEW IF EXISTS " + made},
		})
		swap = append(swap, Step{
			Phase: Contract, Gate: gate, InTx: true, DownInTx: true, keepAll: true, LockTimeout: s.c.Options.LockTimeout,
			Title: "swap the materialized view " + shown + " for the one that reads " + s.at + "." + s.kept, Slug: Slug("swap", m.name.Name),
			SQL: s.retried(s.swapMat(m)), Down: s.backMat(m),
			Accept: []Accept{{Rule: "rename-object", Reason: "two swap names in one transaction, so that the name is never away"}},
		})
	}
	return build, swap
}

func (s *shadow) buildMat(m *shadowMat) []string {
	made := s.c.Text.QuoteName(m.made)
	sql := append([]string{m.create}, m.options...)
	if !m.own {
		sql = append(sql, s.takeAlongMat(m))
	}
	sql = append(sql, s.fillMat(m)...)
	for _, ix := range m.indexes {
		sql = append(sql, ix.create)
	}
	if m.own {
		return append(sql, "ANALYZE "+made)
	}
	sql = append(sql, s.commentMatIndexes(m)...)
	return append(sql, "ANALYZE "+made, s.guardMade(m))
}

// swapMat swaps the names. A rename takes readers to nothing: they wait, and then
// find the name again.
func (s *shadow) swapMat(m *shadowMat) []string {
	var out []string
	for _, r := range m.readers {
		out = append(out, r.after...)
	}
	out = append(out, s.renameMat(m.name, m.aside), s.renameMat(m.made, m.name))
	for _, name := range m.old {
		out = append(out, s.renameMatIndex(m, name, MadeName(name, "old")))
	}
	for _, ix := range m.indexes {
		out = append(out, s.renameMatIndex(m, MadeName(ix.name, "new"), ix.name))
	}
	return append(out, m.clustered...)
}

// backMat does nothing where it is done already.
func (s *shadow) backMat(m *shadowMat) []string {
	var sql []string
	for _, r := range m.readers {
		sql = append(sql, r.before...)
	}
	sql = append(sql, s.renameMat(m.name, m.made), s.renameMat(m.aside, m.name))
	for _, ix := range m.indexes {
		sql = append(sql, s.renameMatIndex(m, ix.name, MadeName(ix.name, "new")))
	}
	for _, name := range m.old {
		sql = append(sql, s.renameMatIndex(m, MadeName(name, "old"), name))
	}
	first := fmt.Sprintf("  IF to_regclass(%s) IS NULL THEN\n    RETURN; -- done already\n  END IF;\n", s.c.Text.Literal(s.c.Text.QuoteName(m.aside)))
	return []string{inTries(s.c.Text, first, lines(sql), max(1, s.c.Options.Tries))}
}

func (s *shadow) renameMat(from, to change.Name) string {
	return "ALTER MATERIALIZED VIEW " + s.c.Text.QuoteName(from) + " RENAME TO " + s.c.Q(to.Name)
}

func (s *shadow) renameMatIndex(m *shadowMat, from, to string) string {
	return "ALTER INDEX " + s.c.Text.QuoteName(change.Name{Schema: m.name.Schema, Name: from}) + " RENAME TO " + s.c.Q(to)
}

// dropMats are the old ones, which the old column goes with.
func (s *shadow) dropMats() []string {
	var out []string
	for _, m := range s.mats {
		out = append(out, ignoring("drop-view", "another one has its name", "DROP MATERIALIZED VIEW "+s.c.Text.QuoteName(m.aside)))
	}
	return out
}
