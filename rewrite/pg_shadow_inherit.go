package rewrite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/schema"
)

// findHeirs lists the tables that inherit, which get the columns of the table and
// its CHECKs, but neither its triggers nor its indexes.
// https://www.postgresql.org/docs/current/ddl-inherit.html
func (s *shadow) findHeirs(of *schema.Table) error {
	for _, n := range of.Inheritors {
		heir := s.c.State.Table(n)
		switch {
		case heir == nil || !heir.Complete:
			return Refuse("the migrations do not show how %s, which inherits from %s, was made: run fix with --dsn, or give it a dump with --schema", s.c.Text.QuoteName(n), s.c.Table())
		case len(heir.Inherits) > 1 || heir.Foreign:
			return Refuse("%s inherits from several tables, or is a foreign one: its column cannot follow that of %s alone; do it in a window", s.c.Text.QuoteName(n), s.c.Table())
		}
		if err := s.fitHeir(heir); err != nil {
			return err
		}
		s.heirs = append(s.heirs, heir.Name)
		if err := s.findHeirs(heir); err != nil {
			return err
		}
	}
	return nil
}

// fitHeir refuses where a table that inherits has something of its own on the column.
func (s *shadow) fitHeir(heir *schema.Table) error {
	for _, d := range s.c.State.Defs(heir.Name) {
		text, err := s.c.Text.Current(d)
		if err != nil {
			text = d.Text
		}
		piece := d.Piece()
		piece.Text, piece.Of = text, d.Of
		refs, err := s.c.Text.ColumnRefs(piece, heir.Name)
		named := slices.ContainsFunc(refs, func(r schema.Ref) bool { return r.Column == s.Old })
		if err != nil {
			named = wordsOf(text)[strings.ToLower(s.Old)]
		}
		if d.Inline && d.Of == heir.Name && d.Column == s.Old {
			named = true
		}
		if named && d.Class != "column" && d.Class != "table" {
			return Refuse("%s inherits from %s, and its own %s %s is about %s too: do it in a window", s.c.Text.QuoteName(heir.Name), s.c.Table(), d.Class, s.c.Text.QuoteName(d.Name), s.old)
		}
	}
	return nil
}

// bearers are the tables below that need a trigger of their own.
func (s *shadow) bearers() []change.Name {
	if s.t.Partitioned && !s.firesFromParent() {
		return s.leaves
	}
	return s.heirs
}

// tables are the tables that have the trigger, as they are written.
func (s *shadow) tables() []string {
	out := []string{s.at}
	if s.t.Partitioned && !s.firesFromParent() {
		out = nil
	}
	for _, h := range s.bearers() {
		out = append(out, s.c.Text.QuoteName(h))
	}
	return out
}

// guardHeirs finds tables that inherit and are not known, and what those that are
// known have of their own.
func (s *shadow) guardHeirs() string {
	text, known := s.c.Text, make([]string, len(s.heirs))
	for i, h := range s.heirs {
		known[i] = text.Literal(text.QuoteName(h)) + "::regclass"
	}
	list := "ARRAY[" + strings.Join(known, ", ") + "]::regclass[]"
	out := fmt.Sprintf("    UNION SELECT 'table ' || replace(inhrelid::regclass::text, '\"', '') FROM pg_inherits\n     WHERE (inhparent = %s::regclass OR inhparent = ANY (%s)) AND inhrelid <> ALL (%[2]s)", text.Literal(s.at), list)
	if len(s.heirs) == 0 {
		return out
	}
	return out + fmt.Sprintf(`
    UNION SELECT 'column ' || replace(attrelid::regclass::text, '"', '') || '.' || attname
      FROM pg_attribute WHERE attrelid = ANY (%[1]s) AND attname = %[2]s AND (attislocal OR attinhcount > 1)
    UNION SELECT %[4]s
      FROM pg_attribute a
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
      LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
     WHERE a.attrelid = ANY (%[1]s) AND a.attname = %[2]s AND coalesce(k.coninhcount, 0) = 0 AND (d.classid <> 'pg_attrdef'::regclass OR NOT %[3]v)`,
		list, text.Literal(s.Old), s.parts.Default != "" || s.isSerial(), identified)
}
