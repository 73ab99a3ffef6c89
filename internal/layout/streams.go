package layout

import (
	"bytes"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// streams are the tools whose migrations are no SQL, but that print the SQL of them:
// only a text without a place is taken for what they print.
func streams() []Layout { return []Layout{alembic(), django()} }

// alembic is what alembic upgrade a:b --sql prints, BEGIN and COMMIT included.
// https://alembic.sqlalchemy.org/en/latest/offline.html
func alembic() Layout {
	return Layout{
		Name: "alembic",
		Content: func(line string) bool {
			return strings.HasPrefix(line, "-- Running upgrade ") || strings.HasPrefix(line, "-- Running downgrade ")
		},
		List: listPlain,
		Tx:   change.TxNone,
		Send: change.SendStatement,
	}
}

// django is what manage.py sqlmigrate prints, BEGIN and COMMIT included.
// https://docs.djangoproject.com/en/stable/ref/django-admin/#sqlmigrate
func django() Layout {
	return Layout{
		Name:    "django",
		Content: isDjango,
		List:    listPlain,
		Tx:      change.TxNone,
		Send:    change.SendStatement,
		Unbreak: maskDjango,
		Mask:    maskDjango,
	}
}

const (
	djangoNotSQL  = "-- THIS OPERATION CANNOT BE WRITTEN AS SQL"
	djangoNothing = "-- (no-op)"
)

// isDjango knows the titles of operations, each of which stands between two dashes.
func isDjango(line string) bool {
	if line == djangoNotSQL || line == djangoNothing {
		return true
	}
	for _, title := range []string{"Create model ", "Delete model ", "Rename model ", "Add field ", "Remove field ", "Alter field ", "Rename field ", "Raw Python operation", "Raw SQL operation"} {
		if strings.HasPrefix(line, "-- "+title) {
			return true
		}
	}
	return false
}

// maskDjango has what Django cannot write as SQL as a statement that nobody knows,
// which is what it is.
func maskDjango(text []byte) []byte {
	if !bytes.Contains(text, []byte(djangoNotSQL)) {
		return text
	}
	out := bytes.Clone(text)
	for l := range lines(text) {
		if l.text == djangoNotSQL {
			at := l.start + bytes.Index(text[l.start:l.end], []byte(djangoNotSQL))
			unknownStatement(out, at, at+len(djangoNotSQL))
		}
	}
	return out
}

// unknownStatement writes a statement that only a database could explain.
func unknownStatement(out []byte, start, end int) {
	const run = "EXECUTE "
	copy(out[start:], run)
	fillName(out, start+len(run), end-1)
	out[end-1] = ';'
}
