package layout

import (
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// prisma is https://www.prisma.io: a folder per migration, forward only. Where its
// version is not known, the file is taken to be sent in one piece, as it was before 7.4
// and still is when Prisma's own parser does not understand it.
func prisma() Layout {
	return Layout{
		Name: "prisma",
		Marker: func(d *Dir) string {
			if d.Folders && d.holds(prismaLock) {
				return prismaLock
			}
			return ""
		},
		Shape: func(d *Dir) string { return d.anyName(isMigrationSQL) },
		List:  listBy(parsePrisma, strings.Compare),
		Tx:    change.TxNone,
		Send:  change.SendFile,
		Again: againPrisma(),

		Versions: true,
		Tune: func(l *Layout, _ *Dir, version string) string {
			if version == "" || compareDotted(version, "7.4") < 0 {
				return ""
			}
			l.Tx, l.Send = change.TxUnknown, change.SendStatement
			return ", which sends a file by the statement since 7.4, or whole where its parser does not understand it"
		},
	}
}

const prismaLock = "migration_lock.toml"

// isMigrationSQL says whether a name is that of a migration folder's migration.sql.
func isMigrationSQL(rel string) bool { return folder(rel) != "" && base(rel) == "migration.sql" }

func parsePrisma(rel string) (Entry, error) {
	if !isMigrationSQL(rel) {
		return Entry{}, errors.New("Prisma only loads <folder>/migration.sql")
	}
	return Entry{Version: folder(rel)}, nil
}
