package gate

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// backedUp asks for the time of the newest backup, before a step that cannot be undone.
func (c *checker) backedUp(ctx context.Context, step int) Result {
	b := c.Options.Backup
	if c.DB == nil {
		return found(Unknown, "what gates: backup: names is asked together with the server: give its --dsn")
	}
	if why := c.Options.Untrusted; why != "" {
		return found(Unknown, "what gates: backup: names is not run: "+why)
	}
	a := c.runCommand(ctx, b.Command, step, "backup")
	if a.err != nil {
		return found(Unknown, oneLine(a.err.Error()))
	}
	if a.status != 0 {
		return found(Unknown, fmt.Sprintf("%s ended with %d: %s", b.Command[0], a.status, oneLine(a.out)))
	}
	at, err := whenSaid(a.out)
	if err != nil {
		return found(Unknown, fmt.Sprintf("%s printed %q, which is neither a time such as 2026-01-31T12:00:00Z nor seconds since 1970", b.Command[0], oneLine(a.out)))
	}
	age := c.Now.Sub(at)
	switch {
	case age < -time.Minute:
		return found(Unknown, fmt.Sprintf("the newest backup is said to be of %s, which is yet to come", moment(at)))
	case age > b.NewerThan:
		return found(Closed, fmt.Sprintf("the newest backup is %s old, of %s; it must be newer than %s: make one", inWords(age), moment(at), inWords(b.NewerThan)))
	}
	return found(Passed, fmt.Sprintf("the newest backup is of %s", moment(at)))
}

// whenSaid reads a time.
func whenSaid(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 && seconds < 1e11 {
		return time.Unix(int64(seconds), 0), nil
	}
	return time.Parse(time.RFC3339, text)
}
