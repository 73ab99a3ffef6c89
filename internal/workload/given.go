package workload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
)

// placeholder stands for {i} and {r} where a statement is only parsed: a number of the
// same length.
const placeholder = "901"

// Read reads the statements of an application, each closed by a semicolon. {i} in them is
// a number that no other statement has, {r} one from 1 to rows. A comment above a
// statement says which version sends it, and how often: "-- safemig:workload new
// weight=5". Without one both send it, as often as any other.
func Read(d *dialect.Dialect, path string, text []byte, rows int64) (before, after *App, err error) {
	filled := []byte(strings.NewReplacer("{i}", placeholder, "{r}", placeholder).Replace(string(text)))
	script := &change.Script{Path: path, Src: filled, Raw: filled, Section: change.Span{End: len(filled)}, Tx: change.TxNone, Send: change.SendStatement}
	d.Parse(script)
	before, after = &App{Side: "old"}, &App{Side: "new"}
	for n, stmt := range script.Stmts {
		line := 1 + strings.Count(string(text[:stmt.Span.Start]), "\n")
		if stmt.Err != nil {
			return nil, nil, fmt.Errorf("%s:%d: %w", path, line, stmt.Err)
		}
		if controls(stmt) {
			return nil, nil, fmt.Errorf("%s:%d: each statement is sent by itself, in no order: there can be no %s", path, line, firstWord(text[stmt.Span.Start:]))
		}
		marked, err := marksOf(stmt)
		if err != nil {
			return nil, nil, fmt.Errorf("%s:%d: %w", path, line, err)
		}
		sql := string(text[stmt.Span.Start:stmt.Span.End])
		name := marked.name
		if name == "" {
			name = fmt.Sprintf("%d: %s", n+1, describe(stmt))
		}
		for _, app := range []*App{before, after} {
			if marked.side == "" || marked.side == app.Side {
				app.kinds = append(app.kinds, &kind{side: app.Side, name: name, write: writes(stmt), weight: marked.weight, run: given(sql, rows)})
				app.total += marked.weight
			}
		}
	}
	if before.Empty() && after.Empty() {
		return nil, nil, fmt.Errorf("%s has no statement", path)
	}
	return before, after, nil
}

// marks are what a comment says of a statement.
type marks struct {
	side, name string
	weight     int
}

// mostWeight keeps a slip of the pen from leaving the others out.
const mostWeight = 1000

func marksOf(stmt *change.Stmt) (m marks, err error) {
	m.weight = 1
	for _, c := range stmt.Comments {
		found := regexp.MustCompile(`safemig:workload\b(.*)`).FindStringSubmatch(c.Text)
		if found == nil {
			continue
		}
		for _, word := range strings.Fields(strings.TrimSuffix(found[1], "*/")) {
			key, value, pair := strings.Cut(word, "=")
			switch {
			case !pair && (word == "old" || word == "new"):
				m.side = word
			case key == "name" && value != "":
				m.name = value
			case key == "weight":
				if m.weight, err = strconv.Atoi(value); err != nil || m.weight < 1 || m.weight > mostWeight {
					return m, fmt.Errorf("weight=%s is not a number from 1 to %d", value, mostWeight)
				}
			default:
				return m, fmt.Errorf("safemig:workload knows old, new, name=.. and weight=.., not %q", word)
			}
		}
	}
	return m, nil
}

// describe is what a statement does, and to which table.
func describe(stmt *change.Stmt) string {
	if len(stmt.Ops) > 0 {
		table := stmt.Ops[0].Head().Table
		if query, is := stmt.Ops[0].(*change.Select); is && len(query.Sources) > 0 {
			table = query.Sources[0]
		}
		if !table.IsZero() {
			return stmt.Kind + " " + table.Name
		}
	}
	return stmt.Kind
}

// controls says whether a statement begins or ends a transaction, or holds locks beyond
// its end.
func controls(stmt *change.Stmt) bool {
	return slices.ContainsFunc(stmt.Ops, func(op change.Op) bool {
		return op.Kind() == change.KindTxControl || op.Kind() == change.KindLockTable
	})
}

func firstWord(text []byte) string {
	word := strings.FieldsFunc(string(text[:min(len(text), 40)]), func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.ToUpper(strings.Join(word[:min(len(word), 1)], ""))
}

func writes(stmt *change.Stmt) bool {
	for _, op := range stmt.Ops {
		if _, is := op.(*change.Select); !is {
			return true
		}
	}
	return false
}

func given(sql string, rows int64) action {
	return func(ctx context.Context, s *session) error {
		text := strings.NewReplacer("{i}", s.next(), "{r}", strconv.FormatInt(1+rand.Int64N(max(rows, 1)), 10)).Replace(sql)
		_, err := s.query(ctx, text)
		if errors.Is(err, context.Canceled) {
			return ctx.Err()
		}
		if err == nil && s.kind.write {
			s.ledger.wrote()
		}
		return err
	}
}
