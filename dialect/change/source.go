// Package change says what a migration does, in plain structs that know no SQL
// parser and no server. It is the leaf of the house: it imports nothing of ours.
package change

import (
	"bytes"
	"strings"
)

// Span is a range of bytes in Script.Src, the only kind of position in the
// program. Lines and columns are computed by the reports alone. What stands in
// the routine of an earlier script has places behind Src; see Script.Place.
type Span struct{ Start, End int }

// Valid says whether the span holds at least one byte.
func (s Span) Valid() bool { return s.End > s.Start }

// Text is the source that the span covers.
func (s Span) Text(src []byte) string {
	if s.Start < 0 || s.End > len(src) || s.End <= s.Start {
		return ""
	}
	return string(src[s.Start:s.End])
}

// Contains says whether o lies within s.
func (s Span) Contains(o Span) bool { return o.Start >= s.Start && o.End <= s.End }

// Name is an identifier as the server sees it: unquoted and case-folded, with
// its schema when the text gives one.
type Name struct{ Schema, Name string }

func (n Name) String() string {
	if n.Schema == "" {
		return n.Name
	}
	return n.Schema + "." + n.Name
}

// IsZero says whether there is no name.
func (n Name) IsZero() bool { return n.Name == "" }

// TxScope says which transaction the migration tool puts around a script.
type TxScope uint8

// The transactions that migration tools open.
const (
	TxUnknown    TxScope = iota // a plain directory: whoever runs it decides
	TxNone                      // every statement commits by itself, or the file says BEGIN
	TxFile                      // one transaction around the file (or its up section)
	TxAllPending                // one transaction around all files not yet applied
)

func (t TxScope) String() string {
	return [...]string{"unknown", "none", "file", "all pending files"}[t]
}

// SendUnit says how the text reaches the server. On PostgreSQL several
// statements in one simple query are one implicit transaction:
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
type SendUnit uint8

// The units in which migration tools send text.
const (
	SendStatement SendUnit = iota // split, one statement at a time
	SendFile                      // the whole file in one simple query
	SendChunk                     // split on a marker; a chunk may hold several statements
	SendPipeline                  // split, one extended-protocol pipeline
)

func (s SendUnit) String() string {
	return [...]string{"statement", "whole file", "chunk", "pipeline"}[s]
}

// Script is one migration file as it is judged.
type Script struct {
	Path    string
	Src     []byte // UTF-8, placeholders masked by same-length identifiers
	Raw     []byte // the text as the user wrote it; same length and offsets as Src
	Section Span   // the "up" part
	Pragma  Pragma // of Raw, where it was asked already
	Chunks  []Span // the pieces sent one by one, where Send is SendChunk
	Tx      TxScope
	Send    SendUnit
	Stmts   []*Stmt
	// Loose are the comments of no statement: those at the head of the file, and
	// those behind the last statement. They are known only where a comment of
	// the file speaks to a linter.
	Loose []Comment
	// Applied is what is known of it where it may have been run; nil where it is new,
	// or nobody knows.
	Applied *Applied
	// More says that the next script is a further part of the same file.
	More bool

	away []away // texts of other scripts that its statements run
}

// Applied is a migration as it is on the branch that the work is to be merged into.
type Applied struct {
	On        string  // "main"
	Tool      string  // the migration tool
	Checksums bool    // the tool remembers a checksum, and finds that it is another one now, or gone
	Was       *Script // what it was
	Gone      bool    // there is no such file any more
	To        string  // the file that has its text now, where it is gone
}

// Comment is a comment with its text, markers included.
type Comment struct {
	Span Span
	Text string
}

// Stmt is one statement of a script. Exactly one of Ops and Err tells what it
// is: a statement that does not parse has Err and no Ops.
type Stmt struct {
	Index    int    // from 0, in the script
	Span     Span   // first token to last token, without the closing semicolon
	Kind     string // "alter_table", "create_index": for reports
	Ops      []Op
	Comments []Comment // before it (since the last statement), within it, and behind it on its last line
	Err      *SyntaxError
	// Inner are the statements that this one runs where it runs others (DO,
	// CALL, EXECUTE), in order; Ops is all of theirs. They stand within it, or in
	// the body or literal that it names, and each has its own Kind and Span. What
	// one does is known to the next, so they are judged one by one.
	Inner []*Stmt
}

// Steps are the statements to judge one by one: those that it runs, or itself.
func (s *Stmt) Steps() []*Stmt {
	if len(s.Inner) > 0 {
		return s.Inner
	}
	return []*Stmt{s}
}

// SyntaxError is a statement that could not be parsed.
type SyntaxError struct {
	Span    Span // the offending token, or the statement's first token
	Message string
	Help    string // what to do; empty: to correct it
}

func (e *SyntaxError) Error() string { return e.Message }

// Shown is a name as the user wrote it, where a placeholder is in it: what was
// masked for the parser is put back.
func (s *Script) Shown(n Name) Name {
	if len(s.Src) == 0 || len(s.Src) != len(s.Raw) || &s.Src[0] == &s.Raw[0] {
		return n
	}
	return Name{Schema: s.unmask(n.Schema), Name: s.unmask(n.Name)}
}

// unmask looks for a place where the masked text has the name and the user's has something else.
func (s *Script) unmask(name string) string {
	if !strings.Contains(name, "p_") {
		return name
	}
	for at := 0; at+len(name) <= len(s.Src); at++ {
		if masked := s.Src[at : at+len(name)]; bytes.EqualFold(masked, []byte(name)) {
			if raw := string(s.Raw[at : at+len(name)]); !strings.EqualFold(raw, name) {
				return raw
			}
		}
	}
	return name
}
