package catalog

import (
	"context"
	"database/sql"
)

// ReadIn reads within a transaction that a test looks into.
func ReadIn(ctx context.Context, tx *sql.Tx) error { return (&reader{tx: tx}).read(ctx) }
