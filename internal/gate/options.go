package gate

import (
	"errors"
	"time"
)

// Options are the project's own, from its configuration. The zero value is the standard.
type Options struct {
	// Timeout bounds every single check; 10 s.
	Timeout time.Duration
	// Quiet is how long nobody may have used a name that goes; 1 h.
	Quiet time.Duration
	// MaxLag is how far a replica may be behind; 5 s. A negative one looks at none.
	MaxLag time.Duration
	// Replicas are the DSNs of servers that read what goes, and whose lag counts.
	Replicas []string
	Deploys  []Deploy
	Backup   *Backup
	Accept   []Acceptance
	// Dir is where commands run; empty: the working directory.
	Dir string
	// Untrusted says why what the configuration names is not run, asked or connected to;
	// empty: it is.
	Untrusted string
}

// Deploy tells whether the requirements "deploy:WHAT" whose WHAT has Match in it are met:
// an address that answers, or a command that ends with 0.
type Deploy struct {
	Match   string
	URL     string
	Expect  string // the whole answer, but for blanks around it; empty: any with a 2xx
	Command []string
}

// Backup is how the time of the newest backup is asked for.
type Backup struct {
	Command   []string // prints it: RFC 3339, or seconds since 1970
	NewerThan time.Duration
}

// Acceptance lets what is unknown through: requirements whose name is like Match, a
// pattern in which * stands for any text, for a Reason.
type Acceptance struct{ Match, Reason string }

const (
	standardTimeout = 10 * time.Second
	standardQuiet   = time.Hour
)

func (o *Options) timeout() time.Duration {
	if o.Timeout > 0 {
		return o.Timeout
	}
	return standardTimeout
}

func (o *Options) quiet() time.Duration {
	if o.Quiet > 0 {
		return o.Quiet
	}
	return standardQuiet
}

// untrusted is why a server that the configuration names is not connected to.
func (o *Options) untrusted() error {
	if o.Untrusted == "" {
		return nil
	}
	return errors.New("what gates: replicas: names is not connected to: " + o.Untrusted)
}
