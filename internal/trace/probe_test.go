package trace_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/safemig/safemig/dialect"
	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
	"github.com/safemig/safemig/dialect/schema"
	"github.com/safemig/safemig/internal/trace"
)

// probe is one file of testdata/probes: what to run, and which facts it proves.
// testdata/probes/README.md explains the format.
type probe struct {
	name         string
	facts        []string
	from, before fact.Version
	fails        string // the error code with which the server refuses the statements
	empty        bool   // the tables without rows are meant to be without
	setup        string
	statements   []statement
}

// statement is one measured file of a probe.
type statement struct{ name, sql string }

var probeSQL = regexp.MustCompile(`^probe[0-9]*\.sql$`)

func readProbes(t *testing.T, dialectName string) []probe {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "probes", dialectName, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no probes for %s (%v)", dialectName, err)
	}
	probes := make([]probe, 0, len(paths))
	for _, path := range paths {
		p, err := readProbe(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		probes = append(probes, p)
	}
	return probes
}

func readProbe(path string) (probe, error) {
	p := probe{name: strings.TrimSuffix(filepath.Base(path), ".txtar")}
	data, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	err = p.parse(data)
	return p, err
}

// parse fills the probe from the text of its file.
func (p *probe) parse(data []byte) error {
	ar := txtar.Parse(data)
	for line := range strings.SplitSeq(string(ar.Comment), "\n") {
		if err := p.header(line); err != nil {
			return err
		}
	}
	for _, f := range ar.Files {
		switch {
		case f.Name == "setup.sql":
			p.setup = string(f.Data)
		case probeSQL.MatchString(f.Name):
			p.statements = append(p.statements, statement{name: f.Name, sql: string(f.Data)})
		default:
			return fmt.Errorf("file %q is neither setup.sql nor probe.sql, probe2.sql ..", f.Name)
		}
	}
	if len(p.facts) == 0 || len(p.statements) == 0 {
		return errors.New("a probe needs a line # fact: and a file probe.sql")
	}
	return nil
}

// header reads one line of a probe's comment; lines without # are prose.
func (p *probe) header(line string) error {
	rest, is := strings.CutPrefix(line, "#")
	if !is {
		return nil
	}
	key, value, _ := strings.Cut(strings.TrimSpace(rest), ": ")
	value = strings.TrimSpace(value)
	var err error
	switch {
	case value == "":
		err = fmt.Errorf("%q is neither prose nor # key: value", line)
	case key == "fact":
		p.facts = append(p.facts, strings.Fields(value)...)
	case key == "from":
		p.from, err = fact.Parse(value)
	case key == "before":
		p.before, err = fact.Parse(value)
	case key == "fails":
		p.fails = value
	case key == "empty":
		p.empty = true
	default:
		err = fmt.Errorf("%q is none of fact, from, before, fails, empty", key)
	}
	return err
}

func (p *probe) runsOn(v fact.Version) bool {
	return !v.Less(p.from) && (p.before.IsZero() || v.Less(p.before))
}

// predict replays the setup and says what the facts claim of the last statement
// of a file, with the run that measures it.
func predict(d *dialect.Dialect, setup, sql string) (fact.Result, trace.Run, error) {
	state := schema.New(d.Target.Dialect)
	run := trace.Run{}
	var err error
	if run.Setup, _, err = replay(d, state, setup); err != nil {
		return fact.Result{}, run, fmt.Errorf("setup.sql: %w", err)
	}
	texts, result, err := replay(d, state, sql)
	if err != nil {
		return result, run, err
	}
	if len(texts) == 0 {
		return result, run, errors.New("there is no statement")
	}
	run.Session, run.SQL = texts[:len(texts)-1], texts[len(texts)-1]
	return result, run, nil
}

func replay(d *dialect.Dialect, state *schema.State, sql string) (texts []string, last fact.Result, err error) {
	script := &change.Script{Src: []byte(sql), Raw: []byte(sql), Section: change.Span{End: len(sql)}, Tx: change.TxNone}
	d.Parse(script)
	state.BeginFile(script)
	for _, stmt := range script.Stmts {
		text := stmt.Span.Text(script.Src)
		if stmt.Err != nil {
			return nil, last, fmt.Errorf("%s: %w", text, stmt.Err)
		}
		state.BeginStmt(stmt)
		last = d.Facts.Statement(stmt, state, d.Target)
		for _, op := range stmt.Ops {
			state.Apply(script, op)
		}
		texts = append(texts, text)
	}
	return texts, last, nil
}

// required says whether it is a failure that no server was found.
func required() bool { return os.Getenv("SAFEMIG_LIVE") == "require" }

func TestProbeFormat(t *testing.T) {
	var p probe
	err := p.parse([]byte("What it shows: locks.\n# fact: add-column drop-column\n# fact: rename-column\n# from: 13\n# before: 18\n# fails: 42601\n" +
		"-- setup.sql --\nCREATE TABLE t ();\n-- probe.sql --\nA\n-- probe2.sql --\nB\n"))
	if err != nil || len(p.facts) != 3 || len(p.statements) != 2 || p.fails != "42601" {
		t.Errorf("%+v, %v", p, err)
	}
	for version, runs := range map[string]bool{"12.5": false, "13": true, "17.9": true, "18": false} {
		v, err := fact.Parse(version)
		if err != nil || p.runsOn(v) != runs {
			t.Errorf("runs on %s: %t, want %t", version, p.runsOn(v), runs)
		}
	}
	for _, text := range []string{
		"-- probe.sql --\nA\n", "# fact: a\n", "# fact: a\n# form: 13\n-- probe.sql --\nA\n", "# fact:\n-- probe.sql --\nA\n",
		"# fact: a\n# from: thirteen\n-- probe.sql --\nA\n", "# fact: a\n-- prob.sql --\nA\n",
	} {
		var p probe
		if err := p.parse([]byte(text)); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}
