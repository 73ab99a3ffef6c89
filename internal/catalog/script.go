package catalog

import (
	"bytes"
	"strings"
)

// preamble makes the statements mean what they say whatever the session has set.
// Bodies of functions are not checked: they name what is made after them.
const preamble = `SET check_function_bodies = false;
SET standard_conforming_strings = on;
SET default_tablespace = '';
SET default_table_access_method = heap;
SET client_min_messages = warning;
SELECT pg_catalog.set_config('search_path', '', false);
`

// Script is the SQL that makes the objects in an empty database, where the roles
// and tablespaces that it names exist. The objects are in the order that
// Postgres gave them. What cannot be written is named in a comment.
func Script(objects []Object) []byte {
	var b bytes.Buffer
	b.WriteString(preamble)
	for _, o := range objects {
		if o.Unwritten != "" {
			b.WriteString("\n-- " + oneLine(o.Class+" "+o.Name) + " is not written: " + o.Unwritten + "\n")
		}
		for i, statement := range o.SQL {
			if i == 0 {
				b.WriteByte('\n')
			}
			b.WriteString(strings.TrimRight(statement, "; \t\r\n") + ";\n")
		}
	}
	return b.Bytes()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
