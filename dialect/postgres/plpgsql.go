package postgres

import (
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/token"
)

// runKind says how a part of a PL/pgSQL body is run.
type runKind uint8

const (
	runSQL     runKind = iota // a statement, as it stands
	runQuery                  // PERFORM: a query without its SELECT
	runExpr                   // an expression: the server computes SELECT expression
	runText                   // EXECUTE: a text that an expression makes
	runUnknown                // not understood: why says what
)

// run is a part of a body that the server hands to SQL.
type run struct {
	kind runKind
	toks tokens
	// conditional marks what may not be run: see change.Header.
	conditional bool
	text        madeText // of runText
	why         string
}

// plpgsql reads a body by PL/pgSQL's own grammar and finds what it hands to
// SQL. The order is that of the text.
// https://www.postgresql.org/docs/current/plpgsql-structure.html
type plpgsql struct {
	tokens
	i        int
	vars     variables
	branches int      // how many branches and loops there were
	left     bool     // a RETURN that may be taken stands before
	exits    []string // the labels of the blocks and loops around that an EXIT may have left
	deep     int      // lists of statements around
	runs     []run
	broken   bool
}

// readPLpgSQL finds what a body runs. The variables are the routine's parameters.
func readPLpgSQL(src []byte, vars variables) []run {
	p := &plpgsql{tokens: tokens{src: src}, vars: vars}
	for t := range Tokens(src, change.Span{End: len(src)}) {
		if !t.Trivia() {
			p.list = append(p.list, t)
		}
		if p.len() == token.MostTokens {
			return []run{{kind: runUnknown, toks: p.from(p.len() - 1), why: fmt.Sprintf("the body has more than %d words and signs", token.MostTokens-1)}}
		}
	}
	p.options()
	p.block()
	p.acceptEnd()
	if p.i < p.len() {
		p.fail()
	}
	return p.runs
}

// options moves over #variable_conflict and its like.
// https://www.postgresql.org/docs/current/plpgsql-implementation.html
func (p *plpgsql) options() {
	for p.text(p.i) == "#" {
		p.i += 3
	}
}

// fail gives up: what follows is not understood, and shown as such.
func (p *plpgsql) fail() {
	if p.broken {
		return
	}
	p.broken = true
	rest, why := p.from(p.i), "the body cannot be followed from "+shorten(p.text(p.i))+" on"
	if rest.len() == 0 {
		rest, why = p.from(p.len()-1), "the body ends before its END"
	}
	p.runs = append(p.runs, run{kind: runUnknown, toks: rest, why: why})
	p.i = p.len()
}

// shorten cuts a text to what a message can hold.
func shorten(s string) string {
	const most = 40
	if line, _, more := strings.Cut(s, "\n"); more || len(line) > most {
		return strings.ToValidUTF8(line[:min(len(line), most)], "") + ".."
	}
	return s
}

// add records what is handed to SQL.
func (p *plpgsql) add(kind runKind, t tokens) {
	if t.len() > 0 {
		p.runs = append(p.runs, run{kind: kind, toks: t, conditional: len(p.vars.scope)+len(p.exits) > 0 || p.left})
	}
}

// accept moves over the words if they stand here.
func (p *plpgsql) accept(words ...string) bool {
	if !p.are(p.i, words...) {
		return false
	}
	p.i += len(words)
	return true
}

// expect moves over the words, which must stand here.
func (p *plpgsql) expect(words ...string) {
	if !p.accept(words...) {
		p.fail()
	}
}

// acceptEnd moves over the end of a statement if it stands here.
func (p *plpgsql) acceptEnd() bool {
	if p.i >= p.len() || p.list[p.i].Kind != token.End {
		return false
	}
	p.i++
	return true
}

// upTo moves over the tokens before the next of the words that stands outside
// of brackets, and over that word; without words, up to the statement's end.
// The server too takes the first THEN for the condition's end, even in a CASE.
func (p *plpgsql) upTo(words ...string) tokens {
	start, depth := p.i, 0
	for ; p.i < p.len(); p.i++ {
		if p.list[p.i].Kind == token.End {
			break
		}
		if depth == 0 && p.oneOf(words) {
			t := p.sub(start, p.i)
			p.i++
			return t
		}
		depth += p.nesting(p.i)
	}
	t := p.sub(start, p.i)
	if len(words) > 0 || p.i >= p.len() {
		p.fail()
		return tokens{src: p.src}
	}
	p.i++
	return t
}

func (p *plpgsql) oneOf(words []string) bool {
	for _, w := range words {
		if p.is(p.i, w) {
			return true
		}
	}
	return false
}
