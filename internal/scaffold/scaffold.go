// Package scaffold writes the migration that somebody would have written who asks
// for a change on the command line.
package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
	"github.com/safemig/safemig/internal/nearest"
	"github.com/safemig/safemig/rewrite"
)

// Ask is a change that is asked for: its kind, and the flags with their values.
type Ask struct {
	Kind  string
	Flags map[string]string
}

// Kind is a kind of change with its flags.
type Kind struct {
	Name           string
	Needs, MayHave []string
	// Recipe is asked for where no rule would ask for it.
	Recipe string
	write  func(*reader) string
}

// Kinds are all kinds.
func Kinds() []Kind {
	return []Kind{
		{Name: "rename-column", Needs: []string{"table", "from", "to"}, write: renameColumn},
		{Name: "rename-table", Needs: []string{"table", "to"}, write: renameTable},
		{Name: "change-type", Needs: []string{"table", "column", "type"}, MayHave: []string{"using", "inverse"}, write: changeType},
		{Name: "not-null", Needs: []string{"table", "column"}, MayHave: []string{"default"}, write: notNull},
		{Name: "split-table", Needs: []string{"table", "columns", "into"}, MayHave: []string{"key"}, Recipe: "split-table", write: splitTable},
	}
}

// Names are the names of all kinds.
func Names() []string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// Flags are the names of all flags, each once.
func Flags() []string {
	var out []string
	for _, k := range Kinds() {
		for _, f := range slices.Concat(k.Needs, k.MayHave) {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// Change is what was asked for, as a migration.
type Change struct {
	Kind     Kind
	SQL      []string // the statements, without semicolons
	Slug     string   // what it does, as a piece of a file's name
	Split    *rewrite.Split
	Inverses map[string]string // as rewrite.Options has them
}

// Write writes the migration. A mistake in the flags is an error that names the flag.
func (a Ask) Write(text rewrite.Text) (*Change, error) {
	k, err := a.kind()
	if err != nil {
		return nil, err
	}
	r := &reader{text: text, flags: a.Flags, change: &Change{Kind: k}}
	r.change.SQL = append(r.change.SQL, k.write(r))
	return r.change, r.err
}

// Check says what is wrong with the kind and its flags, without looking at the values.
func (a Ask) Check() error {
	_, err := a.kind()
	return err
}

// kind is the kind that is asked for, when it has all that it needs.
func (a Ask) kind() (Kind, error) {
	i := slices.IndexFunc(Kinds(), func(k Kind) bool { return k.Name == a.Kind })
	switch {
	case a.Kind == "":
		return Kind{}, fmt.Errorf("no plan is named; plans are %s", strings.Join(Names(), ", "))
	case i < 0:
		return Kind{}, fmt.Errorf("no plan %q%s; plans are %s", a.Kind, nearest.DidYouMean(a.Kind, Names()), strings.Join(Names(), ", "))
	}
	k := Kinds()[i]
	for _, name := range Flags() {
		value, given := a.Flags[name]
		needed := slices.Contains(k.Needs, name)
		switch {
		case !given && needed:
			return k, fmt.Errorf("%s needs --%s", k.Name, name)
		case !given:
		case !needed && !slices.Contains(k.MayHave, name):
			return k, fmt.Errorf("%s has no --%s; it has --%s", k.Name, name, strings.Join(slices.Concat(k.Needs, k.MayHave), ", --"))
		case strings.TrimSpace(value) == "":
			return k, fmt.Errorf("--%s is empty", name)
		}
	}
	return k, nil
}

// Fits says whether the migration, as it was read, is what was written: the SQL of
// a flag may be anything.
func (c *Change) Fits(script *change.Script) error {
	statements := 0
	for _, stmt := range script.Stmts {
		if stmt.Err != nil {
			return fmt.Errorf("%s: %w", stmt.Span.Text(script.Raw), stmt.Err)
		}
		if len(stmt.Ops) == 0 || stmt.Ops[0].Kind() != change.KindTxControl { // BEGIN and COMMIT are the layout's
			statements++
		}
	}
	if statements != len(c.SQL) {
		return fmt.Errorf("%d statements came out of the flags, not %d: %s", statements, len(c.SQL), strings.Join(c.SQL, "; "))
	}
	return nil
}

// Requests ask the kind's own recipe for each change of the migration.
func (c *Change) Requests(script *change.Script) []rewrite.Request {
	var out []rewrite.Request
	if c.Kind.Recipe == "" {
		return nil
	}
	for _, stmt := range script.Stmts {
		for _, op := range stmt.Ops {
			out = append(out, rewrite.Request{Rule: c.Kind.Name, Recipe: c.Kind.Recipe, Span: op.Head().Span})
		}
	}
	return out
}

// Read reads a line such as "split-table --table t --columns a,b --into t2": a value
// goes on up to the next flag.
func Read(line string) (Ask, error) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return Ask{}, fmt.Errorf("no plan is named; plans are %s", strings.Join(Names(), ", "))
	}
	a, flag := Ask{Kind: words[0], Flags: map[string]string{}}, ""
	for _, word := range words[1:] {
		name, is := strings.CutPrefix(word, "--")
		switch {
		case is && slices.Contains(Flags(), name):
			flag = name
			a.Flags[flag] = ""
		case flag == "":
			return Ask{}, fmt.Errorf("%q is behind no flag", word)
		default:
			a.Flags[flag] = strings.TrimSpace(a.Flags[flag] + " " + word)
		}
	}
	return a, nil
}

// reader reads the values of flags. The first mistake is kept.
type reader struct {
	text   rewrite.Text
	flags  map[string]string
	change *Change
	err    error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// parts cuts a value at a mark that stands outside of double quotes, and reads
// each piece as a name: as it stands, or as SQL has it within double quotes.
func (r *reader) parts(flag, value string, mark byte) []string {
	var out []string
	var name strings.Builder
	quoted, closed := false, false
	end := func() {
		if name.Len() == 0 {
			r.fail("--%s %s: a name is empty", flag, value)
		}
		out = append(out, name.String())
		name.Reset()
		closed = false
	}
	value = strings.TrimSpace(value)
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '"' && quoted && i+1 < len(value) && value[i+1] == '"':
			name.WriteByte(c)
			i++
		case c == '"' && (quoted || name.Len() == 0 && !closed):
			closed, quoted = quoted, !quoted
		case c == mark && !quoted:
			end()
		case c == ' ' && !quoted && name.Len() == 0, c == ' ' && closed:
		case c == 0 || closed || c == '"':
			r.fail("--%s %s: a name is written as it is, or whole within double quotes", flag, value)
			return nil
		default:
			name.WriteByte(c)
		}
	}
	if quoted {
		r.fail("--%s %s: a double quote is not closed", flag, value)
	}
	end()
	return out
}

// name is a table: name, or schema.name.
func (r *reader) name(flag string) change.Name {
	parts := r.parts(flag, r.flags[flag], '.')
	switch len(parts) {
	case 1:
		return change.Name{Name: parts[0]}
	case 2:
		return change.Name{Schema: parts[0], Name: parts[1]}
	}
	r.fail("--%s %s is neither name nor schema.name", flag, r.flags[flag])
	return change.Name{}
}

// columns are names with commas between them.
func (r *reader) columns(flag string) []string {
	if r.flags[flag] == "" {
		return nil
	}
	out := r.parts(flag, r.flags[flag], ',')
	for i, c := range out {
		if slices.Contains(out[:i], c) {
			r.fail("--%s names %s twice", flag, c)
		}
	}
	return out
}

// column is one name, whatever is in it.
func (r *reader) column(flag string) string {
	if value := strings.TrimSpace(r.flags[flag]); !strings.HasPrefix(value, `"`) {
		return value
	}
	out := r.parts(flag, r.flags[flag], 0)
	if len(out) == 0 {
		return ""
	}
	return out[0]
}

// expression is SQL, which must not end what it stands in: its brackets are
// closed, and it has neither semicolon nor comma outside of them.
func (r *reader) expression(flag string) string {
	value := strings.TrimSpace(r.flags[flag])
	src, depth := []byte(value), 0
	toks := r.text.Tokens(value)
	for _, k := range toks {
		switch {
		case k.IsPunct(src, "("), k.IsPunct(src, "["):
			depth++
		case k.IsPunct(src, ")"), k.IsPunct(src, "]"):
			depth--
		case k.Kind == token.End, k.Kind == token.Broken, depth == 0 && k.IsPunct(src, ","):
			depth = -1
		}
		if depth < 0 {
			r.fail("--%s %s is no SQL that can stand by itself", flag, value)
			return ""
		}
	}
	if len(toks) == 0 || depth != 0 || strings.Contains(value, "--") && toks[len(toks)-1].Span.End < len(value) {
		r.fail("--%s %s is no SQL that can stand by itself", flag, value)
	}
	return value
}

func (r *reader) slug(words ...string) { r.change.Slug = rewrite.Slug(words...) }

func (r *reader) q(name string) string { return r.text.Quote(name) }

func renameColumn(r *reader) string {
	table, from, to := r.name("table"), r.column("from"), r.column("to")
	if from == to {
		r.fail("--from and --to are the same: %s", from)
	}
	r.slug("rename", table.Name, from)
	return "ALTER TABLE " + r.text.QuoteName(table) + " RENAME COLUMN " + r.q(from) + " TO " + r.q(to)
}

func renameTable(r *reader) string {
	table, to := r.name("table"), r.name("to")
	switch {
	case to.Schema != "" && to.Schema != table.Schema:
		r.fail("--to %s: a table is renamed within its schema", r.flags["to"])
	case to.Name == table.Name:
		r.fail("--table and --to are the same: %s", to.Name)
	}
	r.slug("rename", table.Name)
	return "ALTER TABLE " + r.text.QuoteName(table) + " RENAME TO " + r.q(to.Name)
}

func changeType(r *reader) string {
	table, column := r.name("table"), r.column("column")
	sql := "ALTER TABLE " + r.text.QuoteName(table) + " ALTER COLUMN " + r.q(column) + " TYPE " + r.expression("type")
	if r.flags["using"] != "" {
		sql += " USING " + r.expression("using")
	}
	if r.flags["inverse"] != "" {
		r.change.Inverses = map[string]string{
			table.Name + "." + column: r.expression("inverse"), table.String() + "." + column: r.expression("inverse"),
		}
	}
	r.slug("change_type", table.Name, column)
	return sql
}

func notNull(r *reader) string {
	table, column := r.name("table"), r.q(r.column("column"))
	r.slug("not_null", table.Name, r.column("column"))
	sql := "ALTER TABLE " + r.text.QuoteName(table)
	if r.flags["default"] != "" {
		sql += " ALTER COLUMN " + column + " SET DEFAULT " + r.expression("default") + ","
	}
	return sql + " ALTER COLUMN " + column + " SET NOT NULL"
}

func splitTable(r *reader) string {
	table, into, columns := r.name("table"), r.name("into"), r.columns("columns")
	if into == table || into.Schema == "" && into.Name == table.Name {
		r.fail("--into is the table itself: %s", r.flags["into"])
	}
	r.change.Split = &rewrite.Split{Columns: columns, Into: into, Key: r.columns("key")}
	r.slug("split", table.Name, "into", into.Name)
	var drop []string
	for _, c := range columns {
		drop = append(drop, "DROP COLUMN "+r.q(c))
	}
	return "ALTER TABLE " + r.text.QuoteName(table) + " " + strings.Join(drop, ", ")
}
