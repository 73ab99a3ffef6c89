package rules

import "github.com/safemig/safemig/dialect/change"

// reportRewrite reports a statement that holds ACCESS EXCLUSIVE while it writes
// the table anew: such statements differ in what to do instead.
func reportRewrite(p *Pass, help, what string) {
	e, ok := longestBlock(p)
	if !ok {
		return
	}
	p.Report(help, "%s blocks reads and writes of %s: %s", what, p.Display(e.Table), e.Why)
}

// tableOptionIs says whether the change sets one of the options.
func tableOptionIs(p *Pass, names ...string) (*change.TableOption, bool) {
	op, ok := p.Op.(*change.TableOption)
	if !ok {
		return nil, false
	}
	for _, n := range names {
		if op.Option == n {
			return op, true
		}
	}
	return nil, false
}
