package cli

import (
	"errors"
	"fmt"

	"github.com/safemig/safemig/internal/compare"
	"github.com/safemig/safemig/internal/wholefile"
)

// repairFile is the file of --write-repair while it is written.
type repairFile struct {
	*wholefile.Draft
}

func (p *program) beginRepair(name, dialect string) (r repairFile, err error) {
	if err := p.mayWriteNamed(name); err != nil {
		return r, err
	}
	if r.Draft, err = wholefile.Begin(name, 0o600); err != nil { // it has values of rows
		return r, ofRepair(err)
	}
	head := "-- Written by safemig verify: what would make the second side like the first, as it was read.\n-- Nothing has run it. Read it first, and run it in batches.\n"
	if dialect != "postgres" {
		head += "SET NAMES utf8mb4;\nSET time_zone = '+00:00';\n"
	}
	if _, err = r.WriteString(head); err != nil {
		return r, errors.Join(ofRepair(err), r.Drop())
	}
	return r, nil
}

func (r repairFile) add(fix compare.Repair) error {
	_, err := r.WriteString(fix.SQL + ";\n")
	return ofRepair(err)
}

// finish gives the file its name.
func (r repairFile) finish() error { return ofRepair(r.Keep()) }

func ofRepair(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("--%s: %w", flagWriteRepair, err)
}
