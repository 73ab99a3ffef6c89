package layout

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// atlas is https://atlasgo.io, and what writes its format (Ent): forward only, a file in
// one transaction unless its header renounces it, statements sent one by one. It is
// asked last, because it also keeps a sum over the files of other tools.
func atlas() Layout {
	return Layout{
		Name: "atlas",
		Shape: func(d *Dir) string {
			if d.holds(atlasSum) {
				return atlasSum
			}
			return ""
		},
		List:       listAtlas,
		Tx:         change.TxFile,
		Send:       change.SendStatement,
		OptOut:     atlasOptOut,
		OptOutSend: change.SendStatement,
		Again:      againAtlas(),
		Unbreak:    maskAtlas,
		Mask:       func(text []byte) []byte { return maskAtlas(maskTemplates(text)) },
	}
}

// listAtlas is in the order of the names. A checkpoint sums up what is before it, and
// runs only on a database that has none of it.
// https://atlasgo.io/versioned/checkpoint
func listAtlas(d *Dir) Listing {
	first, sums := true, d.holds(atlasSum) // every directory is asked, also those of other tools
	return listBy(func(rel string) (Entry, error) {
		if folder(rel) != "" || !strings.HasSuffix(rel, ".sql") {
			return Entry{}, errors.New("Atlas only loads .sql files of the directory itself")
		}
		if sums && !first {
			if _, is := atlasDirective(d.beginning(rel), "checkpoint"); is {
				return Entry{}, errors.New("an Atlas checkpoint only runs on a database without the migrations before it")
			}
		}
		first = false
		return Entry{Version: rel}, nil
	}, strings.Compare)(d)
}

// atlasDirective is the value of a directive of the file. Such stand in comments at the
// very top, with an empty line behind them; elsewhere they are about a statement.
// https://github.com/ariga/atlas/blob/master/sql/migrate/dir.go
func atlasDirective(text []byte, name string) (value string, found bool) {
	rest := string(text)
	for strings.HasPrefix(rest, "#") || strings.HasPrefix(rest, "--") {
		head, behind, more := strings.Cut(rest, "\n")
		if of, v := readAtlasDirective(head); of == name && !found {
			value, found = v, true
		}
		if rest = behind; !more {
			return value, found
		}
	}
	return value, found && (rest == "" || strings.HasPrefix(strings.TrimLeft(rest, " \t"), "\n"))
}

// readAtlasDirective reads "-- atlas:name value".
func readAtlasDirective(line string) (name, value string) {
	_, directive, ok := strings.Cut(strings.TrimSpace(line), "atlas:")
	if !ok {
		return "", ""
	}
	end := 0
	for end < len(directive) && isNameByte(directive[end]) {
		end++
	}
	return directive[:end], strings.TrimSpace(directive[end:])
}

// atlasOptOut reads -- atlas:txmode.
// https://atlasgo.io/versioned/apply#transaction-configuration
func atlasOptOut(s *Source, _ Part) (bool, error) {
	switch mode, found := atlasDirective(s.Text, "txmode"); {
	case !found, mode == "file":
		return false, nil
	case mode == "none":
		return true, nil
	default:
		return false, fmt.Errorf("Atlas refuses the txmode %q in a file: it may be none or file", mode)
	}
}

// atlasDelimiter is what ends statements where the file's first line says so.
func atlasDelimiter(text []byte) string {
	head, _, _ := strings.Cut(string(text), "\n")
	value, found := strings.CutPrefix(strings.TrimRight(head, "\r"), "-- atlas:delimiter ")
	if !found {
		return ""
	}
	return strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(strings.TrimLeft(value, " "))
}

// maskAtlas writes semicolons where the file has a delimiter of its own.
func maskAtlas(text []byte) []byte {
	delimiter := atlasDelimiter(text)
	if delimiter == "" {
		return text
	}
	return maskDelimiter(text, bytes.IndexByte(text, '\n')+1, len(text), delimiter)
}
