package synth

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// row says how the rows of a table are made.
type row struct {
	columns, values []string // quoted names and their expressions; {i} is the row's number
	joins           string
	remark          string // what was left out
}

// plan decides on a value for each column. why says what cannot be made.
func (f *filler) plan(ctx context.Context, t *table) (out row, why string, err error) {
	chosen, remark, why, err := f.choose(ctx, t)
	if err != nil || why != "" {
		return out, why, err
	}
	out.remark = remark
	links, why, err := f.links(ctx, t, &out)
	if err != nil || why != "" {
		return out, why, err
	}
	for _, c := range t.columns {
		if c.left {
			continue
		}
		text := mixed(chosen[c.name])
		if ref, is := links[c.name]; is {
			text = linked(chosen[c.name], ref)
		}
		out.columns, out.values = append(out.columns, f.flavour.quote(c.name)), append(out.values, text)
	}
	return out, "", nil
}

// null is the value that is none.
const null = "NULL"

// mixed takes turns with several values.
func mixed(list []value) string {
	if !slices.ContainsFunc(list, func(v value) bool { return v.sql != list[0].sql }) {
		return list[0].sql // a CASE of nothing but NULL is a text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CASE {i} %% %d", len(list))
	for i, v := range list {
		fmt.Fprintf(&b, " WHEN %d THEN %s", i, v.sql)
	}
	return b.String() + " END"
}

// linked is a foreign key's value where the column is not to be NULL.
func linked(list []value, ref string) string {
	out := slices.Clone(list)
	for i := range out {
		if out[i].sql != null {
			out[i].sql = ref
		}
	}
	if len(out) == 0 {
		return ref
	}
	return mixed(out)
}

// links joins the tables that the foreign keys refer to, by the number of the row.
// Foreign keys that are in one unique key count like the digits of a number, so that
// each pair comes once.
func (f *filler) links(ctx context.Context, t *table, out *row) (refs map[string]string, why string, err error) {
	refs = map[string]string{}
	for k := range t.foreign {
		fk := &t.foreign[k]
		count, err := f.rowsOf(ctx, t, fk)
		if err != nil {
			return nil, "", err
		}
		if count == 0 {
			if fk.coming {
				continue
			}
			if !fk.nullable {
				return nil, fmt.Sprintf("it must refer to %s, which has no rows yet", fk.parent), nil
			}
			for _, c := range fk.columns {
				if !t.column(c).notNull {
					refs[c] = null
				}
			}
			continue
		}
		f.numbers++
		name := "safemig_p" + strconv.Itoa(f.numbers)
		if err := f.flavour.numbered(ctx, f.session, name, fk); err != nil {
			return nil, "", err
		}
		each, err := f.eachBefore(ctx, t, k)
		if err != nil {
			return nil, "", err
		}
		out.joins += fmt.Sprintf(" JOIN %s ON %s.safemig_n = %s %% %d", name, name, each, count)
		for j, c := range fk.columns {
			if _, taken := refs[c]; !taken {
				refs[c] = name + "." + f.flavour.quote(fk.refers[j])
			}
		}
	}
	return refs, "", nil
}

// eachBefore is the number that counts the rows of a foreign key's table.
func (f *filler) eachBefore(ctx context.Context, t *table, k int) (string, error) {
	divide := int64(1)
	for j := range k {
		if !shareKey(t, &t.foreign[j], &t.foreign[k]) {
			continue
		}
		count, err := f.rowsOf(ctx, t, &t.foreign[j])
		if err != nil {
			return "", err
		}
		divide *= max(count, 1)
	}
	if divide == 1 {
		return "({i} - 1)", nil
	}
	return f.flavour.divide("({i} - 1)", divide), nil
}

// shareKey says whether two foreign keys have columns in one unique key.
func shareKey(t *table, a, b *foreignKey) bool {
	in := func(key []string, fk *foreignKey) bool {
		return slices.ContainsFunc(fk.columns, func(c string) bool { return slices.Contains(key, c) })
	}
	return slices.ContainsFunc(t.unique, func(key []string) bool { return in(key, a) && in(key, b) })
}

// rowsOf is how many rows a foreign key may refer to; none where it refers to the
// table itself.
func (f *filler) rowsOf(ctx context.Context, t *table, fk *foreignKey) (n int64, err error) {
	if fk.parent == t.name || fk.parent == t.root {
		return 0, nil
	}
	if err := f.session.QueryRowContext(ctx, "SELECT count(*) FROM "+f.flavour.name(fk.parent)).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting the rows of %s: %w", fk.parent, err)
	}
	return n, nil
}

// choose finds values for each column that its checks allow.
func (f *filler) choose(ctx context.Context, t *table) (chosen map[string][]value, remark, why string, err error) {
	chosen = map[string][]value{}
	for _, c := range t.columns {
		if c.left {
			continue
		}
		list := f.flavour.values(c)
		switch {
		case len(list) > 0:
			chosen[c.name] = list[:1]
		case t.referring(c.name) != nil:
			chosen[c.name] = nil
		case !c.notNull:
			chosen[c.name] = []value{{sql: null}}
		default:
			return nil, "", fmt.Sprintf("no value of type %s is known for %s", c.typ.shown, c.name), nil
		}
	}
	for _, group := range clusters(t) {
		found, err := f.solve(ctx, t, group)
		if err != nil {
			if livedb.ErrorCode(err) == "" {
				return nil, "", "", err
			}
			remark = fmt.Sprintf("CHECK %s could not be tried: %s", group.names(), livedb.Message(err))
			continue
		}
		if found == nil && t.forgetComing() {
			return f.choose(ctx, t)
		}
		if found == nil {
			return nil, "", fmt.Sprintf("no values were found that satisfy CHECK %s", group.names()), nil
		}
		for name, list := range found {
			chosen[name] = list
		}
	}
	return chosen, remark, "", nil
}
