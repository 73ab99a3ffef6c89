package mysql

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/safemig/safemig/dialect/change"
)

// Quote is an identifier as it must be written: in backticks, which no sql_mode takes
// for anything else, where it is a word that some supported version of the server
// reserves (what is written now is also run after an upgrade), or is not made of the
// letters that stand without quotes.
// https://dev.mysql.com/doc/refman/8.4/en/identifiers.html
func (t Text) Quote(ident string) string {
	if isPlain(ident) && !t.parser.needsQuotes(ident) {
		return ident
	}
	return backquoted(ident)
}

func backquoted(ident string) string { return "`" + strings.ReplaceAll(ident, "`", "``") + "`" }

// QuoteName is a name with its database, where it has one.
func (t Text) QuoteName(n change.Name) string {
	if n.Schema == "" {
		return t.Quote(n.Name)
	}
	return t.Quote(n.Schema) + "." + t.Quote(n.Name)
}

// Literal is a string constant that means the same whether or not sql_mode has
// NO_BACKSLASH_ESCAPES. A backslash in quotes does not: such a text is written in
// hexadecimal, which stands wherever a value may, DEFAULT among them, but not
// behind COMMENT.
// https://dev.mysql.com/doc/refman/8.4/en/hexadecimal-literals.html
func (Text) Literal(s string) string {
	if strings.Contains(s, `\`) {
		return "_utf8mb4 X'" + strings.ToUpper(hex.EncodeToString([]byte(s))) + "'"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// DollarQuote is a string constant too: neither server has one without escapes for
// bodies, and no body has to stand in one.
func (t Text) DollarQuote(body string) string { return t.Literal(body) }

// isPlain says whether an identifier means itself without quotes, reserved words aside.
// One that begins with a digit may be read as a number, and one that begins with a
// dollar sign is deprecated.
func isPlain(ident string) bool {
	if ident == "" || isDigit(ident[0]) || ident[0] == '$' || !utf8.ValidString(ident) {
		return false
	}
	for _, c := range ident {
		if c > 0xFFFF || c < 0x80 && !isIdent(byte(c)) {
			return false
		}
	}
	return true
}

// needsQuotes says whether a word has to be quoted to be a name anywhere.
func (p *Parser) needsQuotes(word string) bool {
	upper := strings.ToUpper(word)
	if isReserved(upper) || isCalled(upper) || isIntroducer(upper) {
		return true
	}
	if p.opt.MariaDB {
		return isReservedByMariaDB(upper)
	}
	return isReservedByMySQL(upper)
}

// isReservedByMySQL are the words that a version of MySQL from 5.7 on reserves and
// MariaDB does not.
// https://dev.mysql.com/doc/refman/5.7/en/keywords.html, https://dev.mysql.com/doc/refman/9.7/en/keywords.html
func isReservedByMySQL(upper string) bool {
	switch upper {
	case "CUBE", "CUME_DIST", "DATABASE", "DENSE_RANK", "EMPTY", "EXCEPT", "EXTERNAL", "FIRST_VALUE", "FUNCTION", "GENERATED",
		"GET", "GROUPING", "GROUPS", "INTERSECT", "IO_AFTER_GTIDS", "IO_BEFORE_GTIDS", "JSON_TABLE", "LAG", "LAST_VALUE",
		"LATERAL", "LEAD", "LIBRARY", "MANUAL", "MASTER_BIND", "MASTER_SSL_VERIFY_SERVER_CERT", "NTH_VALUE", "NTILE", "OF",
		"OPTIMIZER_COSTS", "OPTION", "OVER", "PARALLEL", "PERCENT_RANK", "QUALIFY", "RANK", "RECURSIVE", "ROW", "ROWS",
		"ROW_NUMBER", "SCHEMA", "SQL_BUFFER_RESULT", "SQL_NO_CACHE", "STORED", "SYSTEM", "TABLESAMPLE", "VIRTUAL", "WINDOW":
		return true
	}
	return false
}

// isReservedByMariaDB are the words that a version of MariaDB from 10.6 on reserves and
// MySQL does not, two that cannot be columns behind ADD, and one that no table can be
// behind INSERT INTO.
// https://mariadb.com/kb/en/reserved-words/
func isReservedByMariaDB(upper string) bool {
	switch upper {
	case "CURRENT_ROLE", "DELETE_DOMAIN_ID", "DO_DOMAIN_IDS", "EXCEPT", "IGNORE_DOMAIN_IDS", "INTERSECT",
		"MASTER_DEMOTE_TO_REPLICA", "MASTER_DEMOTE_TO_SLAVE", "MASTER_SSL_VERIFY_SERVER_CERT", "OFFSET", "OVER",
		"PAGE_CHECKSUM", "PARSE_VCOL_EXPR", "PORTION", "RECURSIVE", "REF_SYSTEM_ID", "RETURNING", "ROWS", "ROW_NUMBER",
		"SQL_AFTER_GTIDS", "SQL_BEFORE_GTIDS", "SQL_BUFFER_RESULT", "SQL_CACHE", "SQL_NO_CACHE", "STATS_AUTO_RECALC",
		"STATS_PERSISTENT", "STATS_SAMPLE_PAGES", "VECTOR",
		"PERIOD", "SYSTEM", "VALUE":
		return true
	}
	return false
}

// isCalled are the functions whose name right before a bracket is no other name:
// KEY (count(10)), CREATE TABLE count(..).
// https://dev.mysql.com/doc/refman/8.4/en/function-resolution.html
func isCalled(upper string) bool {
	switch upper {
	case "ADDDATE", "BIT_AND", "BIT_OR", "BIT_XOR", "CAST", "COUNT", "CURDATE", "CURTIME", "DATE_ADD", "DATE_SUB", "EXTRACT",
		"GROUP_CONCAT", "JSON_ARRAYAGG", "JSON_OBJECTAGG", "MAX", "MID", "MIN", "NOW", "POSITION", "SESSION_USER", "STD",
		"STDDEV", "STDDEV_POP", "STDDEV_SAMP", "ST_COLLECT", "SUBDATE", "SUBSTR", "SUBSTRING", "SUM", "SYSDATE",
		"SYSTEM_USER", "TRIM", "VARIANCE", "VAR_POP", "VAR_SAMP":
		return true
	}
	return false
}

// isIntroducer says whether the word is what sets a character set before a literal.
// https://dev.mysql.com/doc/refman/8.4/en/charset-introducer.html
func isIntroducer(upper string) bool {
	switch strings.TrimPrefix(upper, "_") {
	case upper:
		return false
	case "ARMSCII8", "ASCII", "BIG5", "BINARY", "CP1250", "CP1251", "CP1256", "CP1257", "CP850", "CP852", "CP866", "CP932",
		"DEC8", "EUCJPMS", "EUCKR", "GB18030", "GB2312", "GBK", "GEOSTD8", "GREEK", "HEBREW", "HP8", "KEYBCS2", "KOI8R",
		"KOI8U", "LATIN1", "LATIN2", "LATIN5", "LATIN7", "MACCE", "MACROMAN", "SJIS", "SWE7", "TIS620", "UCS2", "UJIS",
		"UTF16", "UTF16LE", "UTF32", "UTF8", "UTF8MB3", "UTF8MB4":
		return true
	}
	return false
}
