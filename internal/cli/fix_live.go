package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/safemig/safemig/dialect/change"
	"github.com/safemig/safemig/internal/catalog"
	"github.com/safemig/safemig/internal/livedb"
)

// liveSchema reads the schema of the server that --dsn names, as SQL; nil where
// none is named. The server's version counts unless another is asked for.
func (s *settings) liveSchema(ctx context.Context) (sql []byte, err error) {
	dsn := s.cli.String(flagDSN)
	switch {
	case dsn == "":
		return nil, nil
	case s.text(flagSchema) != "":
		return nil, usage(s.cli.Command, "the schema comes from --%s or from %s, not from both", flagDSN, s.name(flagSchema))
	}
	db, err := livedb.Attach(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagDSN, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if db.Dialect != "postgres" {
		return nil, fmt.Errorf("--%s: the schema of %s cannot be read yet, only that of PostgreSQL", flagDSN, db)
	}
	s.server = map[string]string{flagServerVersion: db.Version.String(), flagDialect: db.Dialect}
	objects, err := catalog.Postgres(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagDSN, err)
	}
	return catalog.Script(objects), nil
}

// replayLive makes a server's schema the one before the first migration.
func (w *work) replayLive(sql []byte) error {
	if sql == nil {
		return nil
	}
	script := &change.Script{
		Path: "--" + flagDSN, Src: sql, Raw: sql, Section: change.Span{End: len(sql)}, Tx: change.TxNone, Send: change.SendStatement,
	}
	for _, g := range w.groups {
		if g.settings.text(flagSchema) != "" {
			return usage(w.cli.Command, "the schema comes from --%s or from %s, not from both", flagDSN, g.settings.name(flagSchema))
		}
	}
	if err := guarded(func() { w.replayDump(script, w.groups) }); err != nil {
		return fmt.Errorf("--%s: %w", flagDSN, err)
	}
	return nil
}
