package layout

import (
	"bytes"
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// bun is https://bun.uptrace.dev/guide/migrations.html (Go). A file's name says
// whether it runs in a transaction, and marks in it cut it into what is sent one by one,
// on one connection.
// https://github.com/uptrace/bun/blob/master/migrate/migration.go
func bun() Layout {
	return Layout{
		Name:       "bun",
		Content:    isBunSplit,
		Shape:      shapeBun,
		List:       listBy(parseBun, strings.Compare),
		Cut:        cutBun,
		Tx:         change.TxFile,
		Send:       change.SendChunk,
		OptOut:     func(s *Source, _ Part) (bool, error) { return !inBunTx(s.Rel), nil },
		OptOutSend: change.SendChunk,
		Again:      againBun(),
		Unbreak:    maskBunSplits,
		Mask:       func(text []byte) []byte { return maskAll(maskBunSplits(text)) },
	}
}

// bunTx is the part of a name by which bun knows a file that it runs in a transaction.
const (
	bunTx    = ".tx"
	bunSplit = "--bun:split"
)

func isBunSplit(line string) bool { return line == bunSplit }

func inBunTx(rel string) bool {
	return strings.HasSuffix(rel, bunTx+".up.sql") || strings.HasSuffix(rel, bunTx+".down.sql")
}

// parseBun reads 20260101000000_name.up.sql, .tx.up.sql, .down.sql and .tx.down.sql, in
// folders too: bun asks for up to 14 digits and small letters, and sorts them as texts.
// https://github.com/uptrace/bun/blob/master/migrate/migrations.go
func parseBun(rel string) (Entry, error) {
	name := base(rel)
	version := digits(name)
	stem, down := strings.CutSuffix(name, ".down.sql")
	stem, up := strings.CutSuffix(stem, ".up.sql")
	stem, _, _ = strings.Cut(stem, ".")
	words, named := strings.CutPrefix(stem, version+"_")
	switch {
	case !up && !down:
		return Entry{}, errors.New("bun only loads <number>_<name>.up.sql, .tx.up.sql, .down.sql and .tx.down.sql")
	case version == "" || len(version) > 14 || !named || words == "" || strings.Trim(words, bunLetters) != "":
		return Entry{}, errors.New("bun wants a number of up to 14 digits, _ and a name of small letters, digits, _ and -, and refuses others")
	}
	return Entry{Version: version, Down: down}, nil
}

const bunLetters = "abcdefghijklmnopqrstuvwxyz0123456789_-"

// shapeBun takes the names that only bun gives a meaning; else go.mod has to name it,
// and no tool that has the same names.
func shapeBun(d *Dir) string {
	forth := func(tail string) string {
		return d.anyName(func(rel string) bool {
			e, err := parseBun(rel)
			return err == nil && !e.Down && strings.HasSuffix(rel, tail)
		})
	}
	if name := forth(bunTx + ".up.sql"); name != "" {
		return name
	}
	name := forth(".up.sql")
	if name != "" && d.manifestNames("go.mod", "github.com/uptrace/bun") && !d.manifestSays("go.mod", "golang-migrate/migrate") {
		return "bun in go.mod, " + name
	}
	return ""
}

// cutBun cuts at the lines that are a mark.
func cutBun(s *Source) ([]Part, error) {
	whole := Part{Down: s.Down, Section: change.Span{End: len(s.Text)}}
	from := 0
	for l := range lines(s.Text) {
		if isBunSplit(l.text) {
			whole.Chunks = append(whole.Chunks, change.Span{Start: from, End: l.start})
			from = l.end
		}
	}
	whole.Chunks = append(whole.Chunks, change.Span{Start: from, End: len(s.Text)})
	return []Part{whole}, nil
}

// maskBunSplits blanks the marks, which are no comments on MySQL.
func maskBunSplits(text []byte) []byte {
	if !bytes.Contains(text, []byte(bunSplit)) {
		return text
	}
	out := bytes.Clone(text)
	for l := range lines(text) {
		if isBunSplit(l.text) {
			copy(out[l.start:], bytes.Repeat([]byte(" "), len(bunSplit)))
		}
	}
	return out
}

// againBun: https://github.com/uptrace/bun/blob/master/migrate/migrator.go
func againBun() Again {
	return Again{
		Failed: "bun notes a file before it runs it: where one has failed, DELETE FROM bun_migrations WHERE name = 'NUMBER', with the file's, and run it again (WithMarkAppliedOnSuccess notes it behind).",
	}
}
