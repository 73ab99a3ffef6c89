package layout

import (
	"bytes"
	"errors"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// goose is https://github.com/pressly/goose. Both directions are in one file,
// and the tool cuts statements by its own rules.
func goose() Layout {
	return Layout{
		Name:    "goose",
		Content: isGooseUp,
		List:    listBy(parseGoose, compareNumbers),
		Cut:     cutGoose,
		Tx:      change.TxFile,
		Send:    change.SendStatement,
		OptOut:  gooseNoTransaction,
		// Out of the transaction it matters that goose sends what stands on one
		// line, or in one StatementBegin block, in one query.
		OptOutSend: change.SendChunk,
		Mask:       maskGoose,
	}
}

// parseGoose reads 001_name.sql: https://github.com/pressly/goose/blob/main/migration.go
func parseGoose(rel string) (Entry, error) {
	version, _, ok := strings.Cut(rel, "_")
	switch {
	case folder(rel) != "" || !ok || version == "" || digits(version) != version:
		return Entry{}, errors.New("goose only loads <number>_<name>.sql")
	case !fitsBits(version, 63) || strings.Trim(version, "0") == "":
		return Entry{}, errors.New("the version must be greater than 0 and fit the 64 bits of goose")
	}
	return Entry{Version: version}, nil
}

// gooseMark is one of the annotations of goose.
type gooseMark string

const (
	gooseUp      gooseMark = "up"
	gooseDown    gooseMark = "down"
	gooseBegin   gooseMark = "statementbegin"
	gooseEnd     gooseMark = "statementend"
	gooseNoTx    gooseMark = "no transaction"
	gooseEnvOn   gooseMark = "envsub on"
	gooseEnvOff  gooseMark = "envsub off"
	gooseNothing gooseMark = ""
)

// readGooseMark reads an annotation as goose does: in column 0, in any case. It
// is an error for goose too when there is +goose and nothing it knows.
func readGooseMark(l line) (gooseMark, error) {
	if !strings.HasPrefix(strings.TrimSpace(l.text), "--") || !strings.Contains(l.text, "+goose") {
		return gooseNothing, nil
	}
	if strings.TrimLeft(l.text, " \t") != l.text {
		return gooseNothing, l.errorf("goose refuses an annotation that is not at the start of the line: %q", l.text)
	}
	text := strings.Replace(strings.ReplaceAll(l.text, "--", ""), "+goose", "", 1)
	mark := gooseMark(strings.ToLower(strings.TrimSpace(text)))
	switch mark {
	case gooseUp, gooseDown, gooseBegin, gooseEnd, gooseNoTx, gooseEnvOn, gooseEnvOff:
		return mark, nil
	}
	return gooseNothing, l.errorf("goose does not know the annotation %q", l.text)
}

func isGooseUp(text string) bool {
	mark, err := readGooseMark(line{text: text})
	return err == nil && mark == gooseUp
}

// gooseNoTransaction looks through the whole file, because the annotation
// holds for both directions wherever it stands.
func gooseNoTransaction(s *Source, _ Part) (bool, error) {
	for l := range lines(s.Text) {
		if mark, err := readGooseMark(l); err == nil && mark == gooseNoTx {
			return true, nil
		}
	}
	return false, nil
}

// maskGoose masks environment variables, only where ENVSUB is on.
func maskGoose(text []byte) []byte {
	if !bytes.Contains(bytes.ToUpper(text), []byte("ENVSUB")) {
		return text
	}
	out := bytes.Clone(text)
	on, from := false, 0
	maskTo := func(end int) {
		if on {
			copy(out[from:end], maskEnvironment(text[from:end:end]))
		}
	}
	for l := range lines(text) {
		mark, err := readGooseMark(l)
		if err == nil && (mark == gooseEnvOn || mark == gooseEnvOff) {
			maskTo(l.start)
			on, from = mark == gooseEnvOn, l.end
		}
	}
	maskTo(len(text))
	return out
}
