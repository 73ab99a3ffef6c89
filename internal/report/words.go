package report

import (
	"strconv"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// tableName leaves out the schema that everybody leaves out.
func tableName(n change.Name) string {
	if n.Schema == "public" {
		return n.Name
	}
	return n.String()
}

// holds is what a statement holds on a table: the lock, or how MySQL and
// MariaDB carry the change out.
func holds(e change.Effect) string {
	switch {
	case e.Lock != change.NoLock:
		return e.Lock.String()
	case e.Algorithm == change.NoAlgorithm:
		return "metadata lock"
	case e.Rebuild && e.Algorithm != change.Copy:
		return "ALGORITHM=" + e.Algorithm.String() + ", table rebuild"
	}
	return "ALGORITHM=" + e.Algorithm.String()
}

// holdsLabel names what holds says.
func holdsLabel(e change.Effect) string {
	if e.Algorithm != change.NoAlgorithm {
		return "how"
	}
	return "lock"
}

// waiting says who waits, in SQL terms, and for how long. The lock is asked for
// while others use the table, and who comes later waits behind it, however
// short the work.
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
// https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html
func waiting(e change.Effect) string {
	table, used := tableName(e.Table), e.Blocks&(change.Reads|change.Writes) != 0
	switch {
	case e.Work == change.Rows && !used && e.Lock != change.AccessShare:
		return "others that write the same rows, until its transaction ends"
	case e.Blocks == 0 && e.Work.Grows():
		return "nobody, while " + labour(e.Work, " of "+table)
	case e.Blocks == 0:
		return "nobody"
	case e.Work.Grows():
		return e.Blocks.Who() + " until " + labour(e.Work, " of "+table)
	case e.Work != change.Metadata: // DML, or a lock that is asked for by itself
		return e.Blocks.Who() + " until its transaction ends"
	case !used:
		return e.Blocks.Who() + " for a moment"
	}
	return e.Blocks.Who() + " for a moment, but every " + queued(e.Blocks) + " " + table +
		" queues behind it while it waits for its lock"
}

// labour is work that grows with the table; ofTable may name it.
func labour(w change.Work, ofTable string) string {
	switch w {
	case change.Rewrite:
		return "every row" + ofTable + " is written again"
	case change.IndexBuild:
		return "the index over every row" + ofTable + " is built"
	}
	return "every row" + ofTable + " is checked"
}

// reason is why the work is done, where that says more than the work itself
// and than the message.
func reason(e change.Effect, message string) string {
	same := strings.TrimPrefix(e.Why, "an ") == strings.TrimPrefix(labour(e.Work, ""), "the ")
	if same || strings.Contains(message, e.Why) {
		return ""
	}
	return e.Why
}

// queued names those who queue.
func queued(blocks change.Access) string {
	switch {
	case blocks.Has(change.Reads | change.Writes):
		return "query on"
	case blocks.Has(change.Writes):
		return "write to"
	case blocks.Has(change.Reads):
		return "read of"
	}
	return "schema change of"
}

// blocksBriefly is who waits, for lists.
func blocksBriefly(blocks change.Access) string {
	switch {
	case blocks.Has(change.Reads | change.Writes):
		return "reads and writes"
	case blocks.Has(change.Writes):
		return "writes"
	case blocks.Has(change.Reads):
		return "reads"
	case blocks.Has(change.DDL):
		return "schema changes"
	}
	return "nobody"
}

// workBriefly is what is done to the table, for lists.
func workBriefly(w change.Work) string {
	switch w {
	case change.Rewrite:
		return "table rewrite"
	case change.IndexBuild:
		return "index build"
	case change.Scan:
		return "table scan"
	case change.Rows:
		return "rows it names"
	case change.Metadata:
		return "catalogue only"
	}
	return "no work"
}

// worstFirst moves the effect that hurts most to the front.
func worstFirst(effects []change.Effect) []change.Effect {
	worst := 0
	for i := range effects {
		if harm(effects[i]) > harm(effects[worst]) {
			worst = i
		}
	}
	out := make([]change.Effect, 0, len(effects))
	if len(effects) > 0 {
		out = append(out, effects[worst])
		out = append(out, effects[:worst]...)
		out = append(out, effects[worst+1:]...)
	}
	return out
}

// harm orders effects: first whether someone waits while every row is visited,
// then who waits, then the work, then the lock.
func harm(e change.Effect) int {
	access := 0
	if e.Blocks.Has(change.Writes) {
		access++
	}
	if e.Blocks.Has(change.Reads) {
		access += 2
	}
	long := 0
	if access > 0 && e.Work.Grows() {
		long = 1
	}
	return long<<12 | access<<8 | int(e.Work)<<4 | int(e.Lock)
}

// Several joins words: "a", "a and b", "a, b and c".
func Several(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// grouped is a count with its thousands apart, as English has it: 1,204,331.
func grouped[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// counted is a number with its noun, its thousands apart.
func counted[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}
