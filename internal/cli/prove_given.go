package cli

import (
	"context"
	"os"

	"github.com/safemig/safemig/internal/workload"
)

// givenApps are what the user's own file says that the applications send.
func (d *proving) givenApps(context.Context) error {
	text, err := os.ReadFile(d.options.workload)
	if err != nil {
		return err
	}
	d.old, d.new, err = workload.Read(d.group.dialect, d.options.workload, text, d.mostRows())
	d.report.Remarks = append(d.report.Remarks, "the writes of "+d.options.workload+" are not looked for in the end: nobody knows what they must come to")
	return err
}
