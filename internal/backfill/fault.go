package backfill

// Fault is what an error means for the batch that got it.
type Fault uint8

// The kinds of faults.
const (
	Fatal     Fault = iota // the statement or the set-up is wrong: trying again is of no use
	Collision              // deadlock, serialization: the same again
	Timeout                // it took or waited too long: less of it
	Lost                   // the connection is gone: whether the batch was done is not known
	Data                   // a row cannot take its new value
	Full                   // no room: wait until somebody makes some
)

func (f Fault) String() string {
	return [...]string{"error", "collision", "timeout", "lost connection", "bad row", "no room"}[f]
}
