package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/urfave/cli/v2"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/livedb"
)

// comparisonAsked is a comparison as a file of --pairs has it.
type comparisonAsked struct {
	Name    string   `yaml:"name"`
	Table   string   `yaml:"table"`
	ToTable string   `yaml:"to-table"`
	Query   string   `yaml:"query"`
	ToQuery string   `yaml:"to-query"`
	Key     []string `yaml:"key"`
	Columns []string `yaml:"columns"`
	Ignore  []string `yaml:"ignore"`

	here bool // there is only one server
}

// asked are the comparisons that the command line asks for.
func (p *program) asked(c *cli.Context) ([]comparisonAsked, error) {
	what := []string{flagTable, flagToTable, flagQuery, flagToQuery, flagKey, flagColumns, flagIgnore}
	here := c.String(flagToDSN) == "" && p.getenv(envToDSN) == ""
	if name := c.String(flagPairs); name != "" {
		if at := slices.IndexFunc(what, c.IsSet); at >= 0 {
			return nil, usage(c.Command, "--%s stands in the file of --%s, not beside it", what[at], flagPairs)
		}
		return readPairs(name, here)
	}
	a := comparisonAsked{
		Table: c.String(flagTable), ToTable: c.String(flagToTable), Query: c.String(flagQuery), ToQuery: c.String(flagToQuery),
		Key: commas(c.StringSlice(flagKey)), Columns: commas(c.StringSlice(flagColumns)), Ignore: commas(c.StringSlice(flagIgnore)), here: here,
	}
	if err := a.check(); err != nil {
		return nil, usage(c.Command, "%w", err)
	}
	return []comparisonAsked{a}, nil
}

func commas(values []string) (out []string) {
	for _, v := range values {
		for word := range strings.SplitSeq(v, ",") {
			if word = strings.TrimSpace(word); word != "" {
				out = append(out, word)
			}
		}
	}
	return out
}

// readPairs reads a file of comparisons.
func readPairs(name string, here bool) ([]comparisonAsked, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagPairs, err)
	}
	var file struct {
		Comparisons []comparisonAsked `yaml:"comparisons"`
	}
	if guarded(func() { err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&file) }) != nil {
		return nil, fmt.Errorf("%s: it is no YAML of comparisons", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, true))
	}
	if len(file.Comparisons) == 0 {
		return nil, fmt.Errorf("%s: it lists no comparisons", name)
	}
	for i := range file.Comparisons {
		a := &file.Comparisons[i]
		a.here = here
		if err := a.check(); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, a.name(i), err)
		}
	}
	return file.Comparisons, nil
}

func (a *comparisonAsked) name(i int) string {
	for _, n := range []string{a.Name, a.Table} {
		if n != "" {
			return n
		}
	}
	return fmt.Sprintf("comparison %d", i+1)
}

// check says what is missing, or one too many.
func (a *comparisonAsked) check() error {
	if _, err := a.pairs(); err != nil {
		return err
	}
	switch {
	case a.Table == "" && a.Query == "":
		return errors.New("what is to be compared? name a table or a query (--table, --query)")
	case a.Table != "" && a.Query != "":
		return errors.New("the first side is a table or a query, not both")
	case a.ToTable != "" && a.ToQuery != "":
		return errors.New("the second side is a table or a query, not both")
	case a.Query != "" && a.ToQuery == "" && a.ToTable == "" && a.here:
		return errors.New("what is the query compared with? name a second server, table or query (--to-dsn, --to-table, --to-query)")
	case len(a.Columns) > 0 && len(a.Ignore) > 0:
		return errors.New("columns that are not named are left out anyway: --columns or --ignore, not both")
	case a.Table != "" && a.here && a.ToQuery == "" && (a.ToTable == "" || a.ToTable == a.Table) && !a.renames():
		return errors.New("a table is the same as itself: name another server, table or query, or columns of it (--to-dsn, --to-table, --to-query, --columns a=b)")
	}
	return nil
}

// renames: columns of different names stand side by side.
func (a *comparisonAsked) renames() bool {
	pairs, _ := a.pairs() // an error is told by check
	return slices.ContainsFunc(pairs, func(p compare.Pair) bool { return p.A != p.B })
}

func (a *comparisonAsked) pairs() (out []compare.Pair, err error) {
	for _, c := range a.Columns {
		one, two, both := strings.Cut(c, "=")
		if !both {
			two = one
		}
		if one == "" || two == "" {
			return nil, fmt.Errorf("columns %q: a pair is written as one=other", c)
		}
		out = append(out, compare.Pair{A: one, B: two})
	}
	return out, nil
}

func (a *comparisonAsked) spec(one, two *livedb.DB) compare.Spec {
	pairs, _ := a.pairs() // check has looked
	s := compare.Spec{
		Name: a.Name, A: compare.Source{DB: one, Table: a.Table, Query: a.Query}, B: compare.Source{DB: two, Table: a.ToTable, Query: a.ToQuery},
		Key: a.Key, Columns: pairs, Ignore: a.Ignore,
	}
	if s.B.Table == "" && s.B.Query == "" {
		s.B.Table, s.B.Query = a.Table, a.Query
	}
	return s
}
