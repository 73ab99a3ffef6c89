package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// dsnFlags are the flags whose values are DSNs.
func dsnFlags() []string { return []string{flagDSN, flagToDSN, flagWith, flagReplica} }

// findDSNs puts DSNs in the place of what only says where they are, and says of those with
// a password on the command line that everybody can see them. args are those behind the
// program's name, with the flags before "--".
func (p *program) findDSNs(args []string) ([]string, error) {
	out := slices.Clone(args)
	for i := range out {
		if out[i] == "--" {
			break
		}
		name, value, joined := strings.Cut(strings.TrimLeft(out[i], "-"), "=")
		if !strings.HasPrefix(out[i], "-") || !slices.Contains(dsnFlags(), name) {
			continue
		}
		if !joined {
			if i+1 == len(out) {
				break
			}
			value = out[i+1]
		}
		found, err := p.dsnAt(value, "--"+name)
		if err != nil {
			return nil, err
		}
		if joined {
			out[i] = "--" + name + "=" + found
		} else {
			out[i+1] = found
		}
		p.warn(name, value, found)
	}
	return out, nil
}

// warn says that a password can be seen. What only says where the DSN is is kept: that is
// what may be shown of it.
func (p *program) warn(name, written, found string) {
	switch {
	case written != found:
		if p.places == nil {
			p.places = map[string]string{}
		}
		p.places[found] = written
	case livedb.HasPassword(found):
		p.logf("everybody on this machine can see the password in --%s (ps shows it): put the DSN into %s, or write --%[1]s '$NAME' for a variable of the environment, --%[1]s @FILE for a file", name, envOf(name))
	}
}

// envOf is the variable that is read where a flag is not given.
func envOf(flag string) string {
	switch flag {
	case flagToDSN:
		return envToDSN
	case flagWith:
		return envWith
	}
	return envDSN
}

// dsnAt is a DSN: itself, $NAME for one in the environment, @FILE for one in a file.
func (p *program) dsnAt(text, from string) (string, error) {
	if name, is := strings.CutPrefix(text, "$"); is {
		dsn := p.getenv(name)
		if dsn == "" {
			return "", fmt.Errorf("%s names $%s, which the environment does not set", from, name)
		}
		return dsn, nil
	}
	name, is := strings.CutPrefix(text, "@")
	if !is || strings.Contains(text, "(") { // MySQL's @tcp(host)/name has no user
		return text, nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", from, err)
	}
	dsn := strings.TrimSpace(string(content))
	if dsn == "" || strings.ContainsAny(dsn, "\n\x00") {
		return "", fmt.Errorf("%s: there is not one DSN on one line in %s", from, name)
	}
	return dsn, nil
}
