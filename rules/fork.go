package rules

import (
	"maps"

	"github.com/safemig/safemig/dialect/schema"
)

// Fork is a checker with the same rules that knows what this one knows now, and
// goes its own way from here.
func (c *Checker) Fork() *Checker {
	out := *c
	out.state, out.orders = c.state.Clone(), maps.Clone(c.orders)
	out.unknown, out.suppressed = nil, 0
	out.marks, out.marksFor, out.misplaced, out.part, out.notes = nil, markIndex{}, nil, filePart{}, nil
	return &out
}

// OnlyJudge tells that nobody will ask for the definitions of what the files make:
// their texts are not kept.
func (c *Checker) OnlyJudge() { c.state.KeepNoTexts() }

// State is a copy of what is known now.
func (c *Checker) State() *schema.State { return c.state.Clone() }
