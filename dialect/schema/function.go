package schema

import "github.com/safemig/safemig/dialect/change"

// FunctionVolatility is what the files declared a function to be, and whether
// one of that name was seen. Of several functions of one name it is the worst.
// https://www.postgresql.org/docs/current/xfunc-volatility.html
func (s *State) FunctionVolatility(name change.Name) (change.Volatility, bool) {
	v, ok := s.functions[s.key(name)]
	return v, ok
}

// applyFunction follows the functions' volatility. A function that replaces
// another of its name may be one with other parameters beside it.
func (s *State) applyFunction(op *change.Object) {
	k := s.key(op.Name)
	old, known := s.functions[k]
	switch {
	case op.Verb == "create" && op.OrReplace:
		s.functions[k] = op.Volatility
	case op.Verb == "create":
		s.functions[k] = max(old, op.Volatility)
	case op.Verb == "alter" && op.Volatility != change.Constant:
		s.functions[k] = op.Volatility
	case op.Verb == "drop":
		delete(s.functions, k)
	case op.Verb == "rename" && op.To != "" && known:
		delete(s.functions, k)
		s.functions[change.Name{Schema: k.Schema, Name: op.To}] = old
	}
}
