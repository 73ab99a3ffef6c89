package schema

// CharBytes is the most bytes that one character of a MySQL character set
// takes; 0 where the character set is not known.
// https://dev.mysql.com/doc/refman/8.4/en/charset-charsets.html
func CharBytes(charset string) int {
	switch charset {
	case "":
		return 0
	case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030":
		return 4
	case "utf8mb3", "ujis", "eucjpms":
		return 3
	case "ucs2", "big5", "sjis", "cp932", "gbk", "gb2312", "euckr":
		return 2
	}
	return 1
}
