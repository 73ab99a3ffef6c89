package synth

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// cluster are checks that have columns in common, and those columns.
type cluster struct {
	checks  []check
	columns []string
}

func (c cluster) names() string {
	var out []string
	for _, k := range c.checks {
		out = append(out, k.name)
	}
	return strings.Join(out, ", ")
}

// clusters sorts the checks of a table by the columns that they have in common.
func clusters(t *table) []cluster {
	var out []cluster
	for _, k := range t.checks {
		grown := cluster{checks: []check{k}, columns: slices.Clone(k.columns)}
		out = slices.DeleteFunc(out, func(c cluster) bool {
			if !slices.ContainsFunc(c.columns, func(name string) bool { return slices.Contains(grown.columns, name) }) {
				return false
			}
			grown.checks = append(c.checks, grown.checks...)
			for _, name := range c.columns {
				if !slices.Contains(grown.columns, name) {
					grown.columns = append(grown.columns, name)
				}
			}
			return true
		})
		out = append(out, grown)
	}
	return out
}

const (
	mostCombinations = 4000
	mostFound        = 200
	mostTurns        = 6 // values that a column takes turns with
)

// candidates are the values that are tried for a column.
func (f *filler) candidates(t *table, c *column, group cluster, most int) []value {
	list := f.flavour.values(c)
	var texts []string
	for _, k := range group.checks {
		if slices.Contains(k.columns, c.name) {
			texts = append(texts, k.sql)
		}
	}
	if t.referring(c.name) != nil {
		list = list[:min(1, len(list))] // it stands for the other table's value
	} else {
		literals := f.flavour.literals(c, texts)
		if len(list) > 1 {
			list = slices.Concat(list[:1], literals, list[1:])
		} else {
			list = slices.Concat(list, literals)
		}
	}
	if !c.notNull {
		at := min(len(list), 2)
		if len(group.columns) > 1 {
			at = min(len(list), 1)
		}
		list = slices.Insert(slices.Clone(list), at, value{sql: null})
	}
	return list[:min(len(list), most)]
}

// solve tries the candidates of all columns with each other, for some rows, and
// returns those that satisfy the checks; nil where none do.
func (f *filler) solve(ctx context.Context, t *table, group cluster) (map[string][]value, error) {
	var columns []*column
	for _, name := range group.columns {
		if c := t.column(name); c != nil && !c.left {
			columns = append(columns, c)
		} else {
			return map[string][]value{}, nil // the server fills it: nothing can be chosen
		}
	}
	most := 60
	for n := len(columns); power(most, n) > mostCombinations && most > 2; {
		most--
	}
	lists := make([][]value, len(columns))
	for i, c := range columns {
		if lists[i] = f.candidates(t, c, group, most); len(lists[i]) == 0 {
			return nil, nil
		}
	}
	_, rows, err := livedb.Texts(ctx, f.session, f.question(columns, lists, group))
	if err != nil {
		return nil, err
	}
	var found [][]int
	for _, r := range rows {
		picks := make([]int, len(columns))
		for i := range columns {
			if picks[i], err = strconv.Atoi(r[i].String); err != nil {
				return nil, fmt.Errorf("which values satisfy the checks: %w", err)
			}
		}
		found = append(found, picks)
	}
	return assigned(columns, lists, found), nil
}

func power(base, exponent int) int {
	out := 1
	for range exponent {
		if out *= base; out > mostCombinations {
			return out
		}
	}
	return out
}

// samples are the numbers of rows for which values are tried: some, the last, and those
// where numbers that a type limits begin anew.
func (f *filler) samples() []int64 {
	last := max(f.options.Rows, 3)
	out := []int64{1, 2, 13, 49, 50, 99, 100, 7777, last}
	for _, n := range []int64{127, 128, 10_000, 30_000, 32_767, 32_768, 100_000, 1_000_000, 8_388_608} {
		if n < last {
			out = append(out, n)
		}
	}
	return out
}

// question asks which candidates satisfy the checks, for the rows of some numbers.
func (f *filler) question(columns []*column, lists [][]value, group cluster) string {
	var from, picks, sum []string
	for i, c := range columns {
		var rows []string
		for k, v := range lists[i] {
			for _, n := range f.samples() {
				rows = append(rows, fmt.Sprintf("SELECT %d AS safemig_k%d, %d AS safemig_i%d, %s AS %s", k, i, n, i, f.flavour.cast(v.at(strconv.FormatInt(n, 10)), c), f.flavour.quote(c.name)))
			}
		}
		text := fmt.Sprintf("(%s) safemig_c%d", strings.Join(rows, " UNION ALL "), i)
		if i > 0 {
			text += fmt.Sprintf(" ON safemig_i%d = safemig_i0", i)
		}
		from = append(from, text)
		picks = append(picks, fmt.Sprintf("safemig_k%d", i))
		sum = append(sum, fmt.Sprintf("safemig_k%d", i))
	}
	var holds []string
	for _, k := range group.checks {
		holds = append(holds, f.flavour.holds(k.sql))
	}
	return fmt.Sprintf("SELECT %s FROM %s GROUP BY %s HAVING %s ORDER BY %s LIMIT %d", strings.Join(picks, ", "), strings.Join(from, " JOIN "),
		strings.Join(picks, ", "), strings.Join(holds, " AND "), strings.Join(sum, " + "), mostFound)
}

// assigned are the values of the best answers: the first, and others that keep to
// distinct values where a key needs them.
func assigned(columns []*column, lists [][]value, found [][]int) map[string][]value {
	if len(found) == 0 {
		return nil
	}
	rank := func(picks []int) (bad int) {
		for i, c := range columns {
			if c.unique && !lists[i][picks[i]].distinct {
				bad++
			}
			if lists[i][picks[i]].sql == null && len(columns) == 1 {
				bad++
			}
		}
		return bad
	}
	slices.SortStableFunc(found, func(a, b []int) int { return rank(a) - rank(b) })
	best := found[0]
	turns := found[:1]
	if slices.ContainsFunc(best, func(k int) bool { return k > 0 }) {
		for _, picks := range found[1:] {
			if rank(picks) == rank(best) && len(turns) < mostTurns {
				turns = append(turns, picks)
			}
		}
	}
	out := map[string][]value{}
	for i, c := range columns {
		for _, picks := range turns {
			out[c.name] = append(out[c.name], lists[i][picks[i]])
		}
	}
	return out
}
