package layout

import "testing"

// TestPlaceholders: those of schemas can be put back; others leave a file without a plan.
func TestPlaceholders(t *testing.T) {
	for _, c := range []struct {
		name, text string
		others     []string
		ok         bool
	}{
		{"schema", "ALTER TABLE {$NAMESPACE}_user.`user` ADD a int;", nil, true},
		{"quoted schema", "ALTER TABLE `{$NAMESPACE}_user`.`user` ADD a int;", nil, true},
		{"template", `ALTER TABLE {{ index .Options "Namespace" }}.users ADD a int;`, nil, true},
		{"character set", "ALTER TABLE {$NAMESPACE}_user.user ADD a varchar(9) COLLATE {$COLLATE_TEXT};", nil, true},
		{"type", "ALTER TABLE t ADD a ${type};", nil, false},
		{"value", "UPDATE t SET a = ${value};", nil, false},
		{"steering", "{{ if .X }}ALTER TABLE t ADD a int;{{ end }}", nil, false},
		{"two of one mask", "ALTER TABLE ${a.b}.t ADD a int;", []string{"db/0_x.sql", "ALTER TABLE ${a_b}.t ADD b int;"}, false},
		{"the mask is a name", "ALTER TABLE ${ab}.t ADD a int;", []string{"db/0_x.sql", "ALTER TABLE p_ab_.t ADD b int; ALTER TABLE ${ab}.t ADD c int;"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, g := project(t, "plain", append(c.others, "db/1_x.sql", c.text)...)
			s := scriptOf(t, g, "db/1_x.sql")
			p, ok := g.Placeholders(s)
			if ok != c.ok {
				t.Fatalf("%t: %s", ok, s.Src)
			}
			if ok && !p.Charsets && p.Respell(string(s.Src)) != c.text {
				t.Errorf("%s", p.Respell(string(s.Src)))
			}
			if p.Charsets && (!p.Guesses("COLLATE utf8mb4_bin", s.Raw) || p.Guesses("COLLATE utf8mb4_bin", []byte("COLLATE utf8mb4_bin")) || p.Guesses("int", s.Raw)) {
				t.Error("the character set that masks a placeholder is taken for the user's")
			}
		})
	}
}
