package leftover_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/safemig/safemig/internal/leftover"
)

// TestMerge: the server says what there is, the migrations say where it comes from.
func TestMerge(t *testing.T) {
	history := []leftover.Leftover{
		{Kind: leftover.NotValid, Object: "orders.total", Path: "2.sql", Line: 3, Since: "2.sql"},
		{Kind: leftover.TwinColumn, Object: "users.mail_new", Path: "1.sql", Line: 1, Since: "1.sql"},
		{Kind: leftover.NotValid, Object: "bills.sum", Path: "4.sql", Line: 1},
		{Kind: leftover.RenameView, Object: "people", Path: "5.sql", Line: 1},
	}
	server := []leftover.Leftover{
		{Kind: leftover.TwinColumn, Object: "users.mail_new", Guess: true},
		{Kind: leftover.InvalidIndex, Object: "orders.idx"},
		{Kind: leftover.NotValid, Object: "orders.total", Since: "2026-01-02 03:04:05"},
	}
	want := []leftover.Leftover{
		{Kind: leftover.InvalidIndex, Object: "orders.idx"},
		{Kind: leftover.NotValid, Object: "orders.total", Path: "2.sql", Line: 3, Since: "2026-01-02 03:04:05"},
		{Kind: leftover.RenameView, Object: "people", Path: "5.sql", Line: 1},
		{Kind: leftover.TwinColumn, Object: "users.mail_new", Path: "1.sql", Line: 1, Since: "1.sql"},
	}
	got, gone := leftover.Merge(history, server)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(leftover.Leftover{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(history[2:3], gone, cmpopts.IgnoreUnexported(leftover.Leftover{})); diff != "" {
		t.Errorf("gone (-want +got)\n%s", diff)
	}
}
