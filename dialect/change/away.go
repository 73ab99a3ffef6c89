package change

// Routine is the code of a function or procedure, which its CREATE keeps so
// that the calls of later files can be followed.
type Routine interface {
	// Run are the statements that a call runs, with places in Text.
	Run(call *Call) []*Stmt
	// Text is the script that made the routine, as the user wrote it.
	Text() []byte
}

// Call is a call of a routine that the script does not make before it.
type Call struct {
	Routine Name
	Args    []Arg
	// Conditional is a call that may not be run.
	Conditional bool
}

// Arg is an argument: its value, where that is constant.
type Arg struct {
	Value string
	Known bool
}

// away is a text of another script that a statement of this one runs. Its
// places begin where those of the texts before it end.
type away struct {
	start int
	text  []byte
	at    Span // the statement that runs it
}

// Borrow takes up another script's text that the statement at a place runs, and
// returns how far its places move: they lie behind the script's own.
func (s *Script) Borrow(text []byte, at Span) (shift int) {
	shift = len(s.Src)
	if n := len(s.away); n > 0 {
		shift = s.away[n-1].start + len(s.away[n-1].text)
	}
	s.away = append(s.away, away{start: shift, text: text, at: at})
	return shift
}

// Text is what stands at a place, as the user wrote it.
func (s *Script) Text(at Span) string {
	if a := s.awayAt(at); a != nil {
		return Span{Start: at.Start - a.start, End: at.End - a.start}.Text(a.text)
	}
	return at.Text(s.Raw)
}

// Place is where in this script a place is shown: for what stands in another
// script's text that is the statement which runs it.
func (s *Script) Place(at Span) Span {
	if a := s.awayAt(at); a != nil {
		return a.at
	}
	return at
}

func (s *Script) awayAt(at Span) *away {
	for i := range s.away {
		if a := &s.away[i]; at.Start >= a.start && at.Start < a.start+len(a.text) {
			return a
		}
	}
	return nil
}
