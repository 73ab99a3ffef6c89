package layout

import (
	"fmt"
	"iter"
	"strings"
)

// telling counts what speaks for each dialect.
type telling struct {
	postgres, mysql           int
	postgresToken, mysqlToken string // the first that was seen
}

func (t *telling) add(weightPostgres, weightMySQL int, token string) {
	if weightPostgres > 0 && t.postgresToken == "" {
		t.postgresToken = token
	}
	if weightMySQL > 0 && t.mysqlToken == "" {
		t.mysqlToken = token
	}
	t.postgres += weightPostgres
	t.mysql += weightMySQL
}

// dialectOfText scores the text of some files by what only one dialect has.
func dialectOfText(g Group) (name, why string) {
	var t telling
	for text := range g.sampledText() {
		t.score(text)
	}
	switch {
	case t.postgres > t.mysql:
		return postgres, t.postgresToken + " in the text"
	case t.mysql > t.postgres:
		return refineMySQL(g, t.mysqlToken+" in the text")
	case t.mysql > 0:
		return "", fmt.Sprintf("%s speaks for postgres, %s for mysql", t.postgresToken, t.mysqlToken)
	}
	return "", "nothing in the text tells the dialect"
}

// sampledText yields the beginnings of some files, spread over the group.
func (g Group) sampledText() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		const most = 64
		step := max(1, (len(g.Files)+most-1)/most)
		for i := 0; i < len(g.Files); i += step {
			s := g.Files[i].Script
			text := s.Src[s.Section.Start:s.Section.End]
			if !yield(text[:min(len(text), sampledBytes)]) {
				return
			}
		}
	}
}

// score counts each token of a file once, so that one long file does not outvote the others.
func (t *telling) score(text []byte) {
	seen := map[string]bool{}
	previous := ""
	for p := range pieces(string(text)) {
		pg, my, token := weigh(p, previous)
		if (pg > 0 || my > 0) && !seen[token] {
			seen[token] = true
			t.add(pg, my, token)
		}
		if p.kind != commentPiece && p.kind != hashPiece && strings.TrimSpace(p.text) != "" {
			previous = strings.ToUpper(p.text)
		}
	}
}

// weigh says how much a piece speaks for PostgreSQL and for MySQL.
func weigh(p piece, previous string) (postgres, mysql int, token string) {
	switch p.kind {
	case wordPiece:
		return weighWord(strings.ToUpper(p.text), previous)
	case backtickPiece:
		return 0, 3, "a name in backticks"
	case dollarPiece:
		return 3, 0, "a dollar quote"
	case hashPiece:
		return 0, 1, "a # comment"
	case doubledPiece:
		return 1, 0, "a name in double quotes"
	case commentPiece:
		if strings.HasPrefix(p.text, "/*!") {
			return 0, 3, "a /*! comment"
		}
	case otherPiece:
		if p.text == ":" && previous == ":" {
			return 3, 0, "::"
		}
	}
	return 0, 0, ""
}

func weighWord(word, previous string) (postgres, mysql int, token string) {
	switch word {
	case "SERIAL", "BIGSERIAL", "SMALLSERIAL", "JSONB", "TIMESTAMPTZ", "BYTEA", "CONCURRENTLY", "PLPGSQL", "ILIKE", "TSVECTOR", "EXTENSION":
		return 3, 0, word
	case "BOOLEAN", "UUID", "RETURNING":
		return 1, 0, word
	case "AUTO_INCREMENT", "UNSIGNED", "INNODB", "MYISAM", "TINYINT", "MEDIUMTEXT", "LONGTEXT", "DATETIME", "MEDIUMINT", "DELIMITER", "LONGBLOB", "VARBINARY":
		return 0, 3, word
	}
	switch pair := previous + " " + word; pair {
	case "NOT VALID", "ALTER TYPE", "CREATE DOMAIN", "TIME ZONE", "CHARACTER VARYING", "DOUBLE PRECISION":
		return 2, 0, pair
	case "CHANGE COLUMN", "MODIFY COLUMN", "CHARACTER SET", "DEFAULT CHARSET":
		return 0, 3, pair
	}
	return 0, 0, ""
}

// mariadbToken is something in the text that only MariaDB understands.
func mariadbToken(g Group) string {
	for text := range g.sampledText() {
		previous := ""
		for p := range pieces(string(text)) {
			if token := onlyMariaDB(p, previous); token != "" {
				return token
			}
			if p.kind == wordPiece {
				previous = strings.ToUpper(p.text)
			} else if strings.TrimSpace(p.text) != "" {
				previous = ""
			}
		}
	}
	return ""
}

func onlyMariaDB(p piece, previous string) string {
	if p.kind == commentPiece && strings.HasPrefix(p.text, "/*M!") {
		return "/*M!"
	}
	if p.kind != wordPiece {
		return ""
	}
	switch word := strings.ToUpper(p.text); {
	case word == "PAGE_COMPRESSED", word == "ARIA":
		return word
	case previous == "SYSTEM" && word == "VERSIONING":
		return "SYSTEM VERSIONING"
	case previous == "WAIT" && digits(word) == word:
		return "WAIT " + word
	}
	return ""
}
