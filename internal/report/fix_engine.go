package report

import "fmt"

type engineJSON struct {
	Name     string   `json:"name"`
	Command  string   `json:"command"`
	Try      string   `json:"try,omitempty"`
	Rollback string   `json:"rollback,omitempty"`
	Files    []string `json:"files"`
	Before   []string `json:"before"` // queries that must give nothing
	Done     string   `json:"done"`   // SQL: true when the work is done
	Notes    []string `json:"notes"`
}

func engineOf(e *FixEngine) *engineJSON {
	if e == nil {
		return nil
	}
	return &engineJSON{
		Name: e.Name, Command: e.Command, Try: e.Try, Rollback: e.Back, Files: list(e.Files), Before: list(e.Before), Done: e.Done, Notes: list(e.Notes),
	}
}

// How is what the step's own file does when the engine has worked, and before.
func (e *FixEngine) How() string {
	rows := "without rows"
	if e.Few > 0 {
		rows = fmt.Sprintf("of up to %d rows", e.Few)
	}
	return fmt.Sprintf("the work is %s's, which copies %s while it is read and written; the file finds it done. A table %s the file alters itself; on a bigger one that is as it was it fails",
		e.Name, tableName(e.Table), rows)
}

// engine tells what somebody has to do before the step's file may run.
func (t *fixText) engine(indent int, e *FixEngine) {
	for _, q := range e.Before {
		t.line(indent, "must give nothing: ", q)
	}
	t.line(indent, "by ", e.Files[0]+": read it, then run it")
	for _, n := range e.Notes {
		t.line(indent, "to know: ", n)
	}
}
