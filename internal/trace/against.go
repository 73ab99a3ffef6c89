package trace

import (
	"fmt"
	"strings"
	"time"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/dialect/fact"
)

// Verdict is what a statement did, held against what the facts claim of it.
type Verdict struct {
	Contradictions []string
	Remarks        []string // what could not be compared, and why
}

// Against holds the facts to what the statement did. mayDoLess: it runs others in
// branches and loops, so that it need not do all that is claimed.
func (s Step) Against(dialect string, claimed fact.Result, mayDoLess bool) Verdict {
	var v Verdict
	if s.Err != nil {
		return v
	}
	if claimed.Unknown {
		v.Remarks = append(v.Remarks, "not understood: the facts do not say all that it does")
	}
	if !s.TxAllowed && !claimed.NoTx {
		v.contradict("the facts say that it can run in a transaction block, the server refuses")
	}
	c := comparison{step: s, verdict: &v, less: mayDoLess, claimed: claimed.Effects}
	known := map[change.Name]bool{}
	for _, e := range claimed.Effects {
		name := nameOn(dialect, e.Table)
		known[name] = true
		if dialect == "postgres" {
			c.postgres(name, e)
		} else {
			c.mysql(name, e)
		}
	}
	for _, o := range s.Tables {
		if !known[o.Name] {
			c.unclaimed(dialect, o, claimed.Unknown)
		}
	}
	return v
}

func (v *Verdict) contradict(format string, args ...any) {
	v.Contradictions = append(v.Contradictions, fmt.Sprintf(format, args...))
}

// nameOn is a table's name as it is observed: on MySQL without its database.
func nameOn(dialect string, n change.Name) change.Name {
	if dialect != "postgres" {
		n.Schema = ""
	}
	return n
}

// comparison is that of one statement.
type comparison struct {
	step    Step
	verdict *Verdict
	less    bool
	claimed []change.Effect
}

func (c *comparison) differ(name change.Name, e change.Effect, what string, claimed, seen any) {
	c.verdict.contradict("%s: %s: the facts say %s, the server did %s (fact %s)", name, what, named(claimed), named(seen), e.Fact)
}

// named is what is shown of a value: nothing is "none".
func named(v any) string {
	if text := fmt.Sprint(v); text != "" {
		return text
	}
	return "none"
}

func (c *comparison) postgres(name change.Name, e change.Effect) {
	pages, there := c.step.pages[name]
	if !there {
		return // the transaction made it itself, or it is not there
	}
	o, _ := c.step.Table(name)
	tooLittle := o.Lock < e.Lock && !c.step.earlier[name].has(e.Lock) && !c.step.Sampled && !c.less
	if o.Lock > e.Lock || tooLittle {
		c.differ(name, e, "lock", e.Lock, o.Lock)
	}
	if e.Work == change.Rows || pages <= smallTable && e.Work < change.Scan {
		o.Scan = false // how many rows it reads is its own affair, and of a few pages nobody can tell
	}
	switch {
	case o.Partitioned: // the work is done on its partitions
	case pages == 0:
		c.empty(name, e)
	default:
		c.work(name, e, seenWork(e.Work), o.Work())
	}
}

func (c *comparison) empty(name change.Name, e change.Effect) {
	if e.Work.Grows() {
		c.verdict.Remarks = append(c.verdict.Remarks, fmt.Sprintf("%s has no rows: work of the kind %s cannot show (--rows, --data)", name, e.Work))
	}
}

func (c *comparison) work(name change.Name, e change.Effect, claimed, seen change.Work) {
	if claimed == change.Scan && seen == change.NoWork && c.partnerScanned(name, e) {
		c.verdict.Remarks = append(c.verdict.Remarks, fmt.Sprintf("%s was not read: no row of the other table refers to it, or an index was enough", name))
		return
	}
	if claimed == change.Scan && seen == change.NoWork && strings.HasPrefix(e.Fact, "analyze") && c.step.pages[name] > sampledPages {
		c.verdict.Remarks = append(c.verdict.Remarks, fmt.Sprintf("of %s a sample was read: ANALYZE reads no more than %d pages of a large table", name, sampledPages))
		return
	}
	if seen > claimed || seen < claimed && !c.less && !c.step.Sampled {
		c.differ(name, e, "work", claimed, seen)
	}
}

// sampledPages is how many pages ANALYZE reads of a table that has more: one for each of
// 300 rows to a unit of the statistics target, which is 100 unless somebody has set it.
// https://www.postgresql.org/docs/current/sql-analyze.html
const sampledPages = 300 * 100

// partnerScanned says whether the other table of a foreign key was read. Where none of its
// rows has a value, or the values are looked up in an index alone, the table that it
// refers to need not be.
func (c *comparison) partnerScanned(name change.Name, e change.Effect) bool {
	for _, other := range c.claimed {
		if o, _ := c.step.Table(other.Table); strings.Contains(e.Fact, "foreign-key") && other.Table != name && other.Work == change.Scan && o.Scan {
			return true
		}
	}
	return false
}

// longEnough is a time for which a lock does not last unless work is done under it.
const longEnough = 200 * time.Millisecond

func (c *comparison) mysql(name change.Name, e change.Effect) {
	o, _ := c.step.Table(name)
	want := claimedAccess(e)
	switch {
	case o.Access == ExclusiveMetadataLock && want != ExclusiveMetadataLock:
		c.differ(name, e, "metadata lock", want, o.Access)
	case o.Access != ExclusiveMetadataLock && want == ExclusiveMetadataLock && c.step.keptBack[name.Name] && !c.less:
		c.differ(name, e, "metadata lock", want, o.Access)
	}
	switch {
	case o.Unseen:
	case o.Empty:
		c.empty(name, e)
	default:
		if e.Rebuild != o.Rewrite && !(c.less && e.Rebuild) {
			c.differ(name, e, "rebuild", e.Rebuild, o.Rewrite)
		}
		if !e.Rebuild && !o.Rewrite {
			claimed := seenMySQLWork(e.Work)
			if seen := o.Work(); seen != claimed && !(c.less && seen < claimed) {
				c.differ(name, e, "work", claimed, seen)
			}
		}
	}
	c.shut(name, e)
}

// shut compares whether others could write while the statement worked.
func (c *comparison) shut(name change.Name, e change.Effect) {
	took, shut := c.step.To-c.step.From, c.step.writesShut[name.Name]
	if took < longEnough || !e.Work.Grows() || c.step.writesShut == nil {
		return
	}
	switch {
	case shut > took/2 && !e.Blocks.Has(change.Writes):
		c.verdict.contradict("%s: the facts say that writes go on, the server kept them waiting for %s of %s (fact %s)",
			name, shut.Round(time.Millisecond), took.Round(time.Millisecond), e.Fact)
	case shut < took/10 && e.Blocks.Has(change.Writes) && !c.less && c.step.keptBack[name.Name]:
		c.verdict.contradict("%s: the facts say that writes wait while it works, the server let them go on (fact %s)", name, e.Fact)
	}
}

// unclaimed is a table that the facts do not name. What keeps nobody from reading
// and writing may be a trigger's doing, or a function's.
func (c *comparison) unclaimed(dialect string, o Observed, unknown bool) {
	harm := o.Rewrite || o.IndexBuild || o.Lock.Blocks().Has(change.Writes) || o.Access == ExclusiveMetadataLock
	if !harm {
		return
	}
	text := fmt.Sprintf("%s: the facts say nothing, the server did %s", o.Name, describe(dialect, o))
	if unknown {
		c.verdict.Remarks = append(c.verdict.Remarks, strings.Replace(text, "the facts say nothing, ", "", 1))
		return
	}
	c.verdict.Contradictions = append(c.verdict.Contradictions, text)
}
