package backfill

// Lane is a range of a part's key, from a bound that does not belong to it to one
// that does. One worker at a time walks along it; At is the last key that is done.
type Lane struct {
	ID       int64
	Part     string // the part's ID
	PartName string
	From     Bound
	At       Bound
	UpTo     Bound
	Done     bool
	Rows     int64 // changed
	Batches  int64
}

// State is what becomes of a job.
type State string

// The states of a job.
const (
	Running   State = "running"
	Paused    State = "paused"
	Cancelled State = "cancelled"
	Stopped   State = "stopped" // nobody runs it: it was interrupted, or it failed
	Done      State = "done"
)
