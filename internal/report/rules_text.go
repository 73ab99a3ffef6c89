package report

import (
	"io"
	"strings"

	"github.com/safemig/safemig/rules"
)

// Rules writes a table of rules.
func Rules(w io.Writer, list []*rules.Rule, style Style) error {
	p := newPalette(style.Color)
	id, servers := 0, 0
	for _, r := range list {
		id, servers = max(id, columns(r.ID)), max(servers, columns(shortDialects(r)))
	}
	const severity = len("warning")
	indent := id + 2 + severity + 2 + servers + 2
	for _, r := range list {
		head := p.rule.Sprint(pad(r.ID, id)) + "  " + p.inForce(r, severity) + "  " + pad(shortDialects(r), servers)
		if _, err := io.WriteString(w, beside(head, oneLine(r.Doc.Title), indent, style.width())); err != nil {
			return err
		}
	}
	return nil
}

// beside puts a text beside a head that is indent wide, or below it where the
// room beside it is too narrow to read.
func beside(head, text string, indent, width int) string {
	out := head + "  "
	if width-indent < leastRoom {
		out, indent = strings.TrimRight(head, " ")+"\n"+hanging, len(hanging)
	}
	for i, line := range wrap(text, width-indent) {
		if i > 0 {
			out += strings.Repeat(" ", indent)
		}
		out += line + "\n"
	}
	return out
}

func shortDialects(r *rules.Rule) string {
	if len(r.Dialects) == 0 {
		return "all"
	}
	return strings.Join(r.Dialects, ",")
}
