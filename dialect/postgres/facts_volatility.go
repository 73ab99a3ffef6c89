package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// volatilityHere is an expression's volatility, with the functions that the
// migrations themselves created: those are as volatile as their CREATE FUNCTION says.
func volatilityHere(c *fact.Ctx, e *change.Expr) change.Volatility {
	if e.Volatility != change.VolatilityUnknown {
		return e.Volatility
	}
	worst, declared := change.Constant, false
	for _, f := range e.Funcs {
		schema, name, qualified := strings.Cut(f, ".")
		if !qualified {
			schema, name = "", f
		}
		v := volatilityOf(schema, name)
		if v == change.VolatilityUnknown {
			if own, ok := c.State.FunctionVolatility(change.Name{Schema: schema, Name: name}); ok {
				v, declared = own, true
			}
		}
		worst = max(worst, v)
	}
	if !declared {
		return e.Volatility // the doubt is about something else, such as an operator
	}
	return worst
}
