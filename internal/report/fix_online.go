package report

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// Online is how MySQL or MariaDB carries a step out: each of its statements commits
// by itself.
type Online struct {
	Tables []change.Name // that it needs for itself for a moment
	Held   []change.Name // that nobody writes to, or reads, until it is done
	Effect change.Effect // the worst of it
}

// Add adds what a step does to one table.
func (o *Online) Add(e change.Effect) {
	if len(o.Tables) == 0 || e.Work > o.Effect.Work {
		o.Effect = e
	}
	o.Tables = append(o.Tables, e.Table)
	if e.Blocks.Has(change.Writes) && e.Work.Grows() {
		o.Held = append(o.Held, e.Table)
	}
}

// Left says of a step that the server can only carry out by keeping others waiting
// what it does to whom; else nothing.
func (o *Online) Left() string {
	if len(o.Held) == 0 {
		return ""
	}
	does := "works on the whole of"
	if o.Effect.Algorithm == change.Copy {
		does = "copies"
	}
	blocks := "writes"
	if o.Effect.Blocks.Has(change.Reads) {
		blocks = "reads and writes"
	}
	return does + " " + tableName(o.Effect.Table) + ", and blocks " + blocks + " of " + tableNames(o.Held) + " until it is done"
}

func tableNames(list []change.Name) string {
	var names []string
	for _, t := range list {
		names = append(names, tableName(t))
	}
	return Several(names)
}

// how is it in words.
func (o *Online) how(limit string) string {
	if len(o.Tables) == 0 {
		return "keeps nobody waiting"
	}
	parts := []string{o.work(tableNames(o.Tables))}
	if limit != "" {
		parts = append(parts, "waits for its metadata lock up to "+limit+", and can be run again where that was in vain")
	}
	return strings.Join(parts, "; ")
}

func (o *Online) work(tables string) string {
	e := o.Effect
	switch {
	case len(o.Held) > 0:
		return "left as it is: " + o.Left()
	case e.Work.Grows():
		return e.Algorithm.String() + ": works while " + tables + " is read and written, and needs it for itself for a moment at the end"
	case e.Algorithm == change.NoAlgorithm:
		return "needs " + tables + " for a moment"
	}
	return e.Algorithm.String() + ": needs " + tables + " for a moment"
}
