package catalog

import (
	"context"
	"database/sql"
	"fmt"
)

// pgClass is the oid of the catalogue of tables.
// https://www.postgresql.org/docs/current/system-catalog-initial-data.html
const pgClass = 1259

// maxAliases is how often a row may stand for another that stands for another:
// an array's type, the type of a row, the table.
const maxAliases = 8

// dependencies tells every object what it needs.
func (r *reader) dependencies(ctx context.Context) error {
	alias := map[ref]ref{}
	if err := r.pairs(ctx, "aliases", func(from, to ref) { alias[from] = to }); err != nil {
		return err
	}
	find := func(at ref) *node {
		for range maxAliases {
			if n := r.graph.byRef[at]; n != nil {
				return n
			}
			at = alias[at]
		}
		return nil
	}
	err := r.pairs(ctx, "dependencies", func(from, to ref) {
		if n := find(from); n != nil {
			n.need(find(to))
		}
	})
	if err != nil {
		return err
	}
	return r.family(ctx)
}

// pairs calls a function for every row of a query that names two rows of catalogues.
func (r *reader) pairs(ctx context.Context, query string, pair func(from, to ref)) error {
	return r.rows(ctx, query, func(values []sql.NullString) error {
		var oids [4]uint32
		for i := range oids {
			var err error
			if oids[i], err = oidOf(values[i].String); err != nil {
				return err
			}
		}
		pair(ref{catalog: oids[0], oid: oids[1]}, ref{catalog: oids[2], oid: oids[3]})
		return nil
	})
}

// rows calls a function for every row of one of our queries.
func (r *reader) rows(ctx context.Context, query string, row func([]sql.NullString) error) error {
	text, err := queryText(query, r.major)
	if err != nil {
		return err
	}
	return r.each(ctx, text, func(_ []string, values []sql.NullString) error { return row(values) })
}

// family puts the parts of a table behind the table and all that inherit from
// it: made on the parent, they come to these too.
func (r *reader) family(ctx context.Context) error {
	children := map[uint32][]uint32{}
	err := r.pairs(ctx, "children", func(parent, child ref) { children[parent.oid] = append(children[parent.oid], child.oid) })
	if err != nil {
		return err
	}
	for _, n := range r.graph.nodes {
		if n.sub > 0 {
			n.need(r.graph.byRef[ref{catalog: n.catalog, oid: n.oid}])
		}
		if n.relation == 0 {
			continue
		}
		seen := map[uint32]bool{}
		for waiting := []uint32{n.relation}; len(waiting) > 0; waiting = waiting[1:] {
			if oid := waiting[0]; !seen[oid] {
				seen[oid] = true
				n.need(r.graph.byRef[ref{catalog: pgClass, oid: oid}])
				waiting = append(waiting, children[oid]...)
			}
		}
	}
	return nil
}

// comments adds the comments and security labels of the objects.
func (r *reader) comments(ctx context.Context) error {
	return r.rows(ctx, "comments", func(v []sql.NullString) error {
		on, err := refOf(v)
		if err != nil {
			return err
		}
		n := r.graph.byRef[on]
		if n == nil || n.target == "" {
			return nil // of the server's, or of an extension's
		}
		c := &node{rank: rankComment, Object: Object{
			Class: v[3].String, Name: n.Class + " " + n.Name, Value: valueOf([]property{{"text", v[5].String}}),
			SQL: []string{fmt.Sprintf("%s ON %s IS %s", v[4].String, n.target, v[6].String)},
		}}
		c.need(n)
		r.graph.add(c)
		return nil
	})
}

// refOf reads what the first three columns of a row name.
func refOf(v []sql.NullString) (ref, error) {
	var oids [3]uint32
	for i := range oids {
		var err error
		if oids[i], err = oidOf(v[i].String); err != nil {
			return ref{}, err
		}
	}
	return ref{catalog: oids[0], oid: oids[1], sub: oids[2]}, nil
}
