package report

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Online is how MySQL or MariaDB carries a step out: each of its statements commits
// by itself.
type Online struct {
	Tables []change.Name // that it needs for itself for a moment
	Effect change.Effect // the worst of it
}

// how is it in words.
func (o *Online) how(limit string) string {
	if len(o.Tables) == 0 {
		return "keeps nobody waiting"
	}
	var names []string
	for _, t := range o.Tables {
		names = append(names, tableName(t))
	}
	tables := several(names)
	parts := []string{o.work(tables)}
	if limit != "" {
		parts = append(parts, "waits for its metadata lock up to "+limit+", and can be run again where that was in vain")
	}
	return strings.Join(parts, "; ")
}

func (o *Online) work(tables string) string {
	e := o.Effect
	switch {
	case e.Blocks.Has(change.Writes) && e.Work.Grows():
		return e.Algorithm.String() + ": " + tables + " is read but not written until it is done"
	case e.Work.Grows():
		return e.Algorithm.String() + ": works while " + tables + " is read and written, and needs it for itself for a moment at the end"
	case e.Algorithm == change.NoAlgorithm:
		return "needs " + tables + " for a moment"
	}
	return e.Algorithm.String() + ": needs " + tables + " for a moment"
}
