package gate

import (
	"slices"
	"strings"
	"testing"
)

func TestMayAsk(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_NAME = 'into')": "",
		"SELECT `into`, count(*) FROM `a;b` GROUP BY 1":                                      "semicolon",
		"SELECT * FROM t WHERE NOT (substring(a FROM 1 FOR 3) <> 'update') LIMIT 10":         "",
		"SELECT 1; DROP TABLE users":                                                         "semicolon",
		"COMMIT":                                                                             "no SELECT",
		"DROP TABLE users":                                                                   "no SELECT",
		"SELECT 1 INTO OUTFILE '/tmp/x'":                                                     "INTO",
		"SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */":                                         "comment",
		"SELECT load_file('/etc/passwd')":                                                    "LOAD_FILE",
		"SELECT id FROM t FOR UPDATE":                                                        "UPDATE",
		"SELECT id FROM t FOR SHARE":                                                         "SHARE",
		"SELECT 'a":                                                                          "not understood",
		"":                                                                                   "no SELECT",
	} {
		err := mayAsk("mysql", query)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
	if mayAsk("postgres", "SELECT 1") == nil {
		t.Error("an engine's query is asked of PostgreSQL")
	}
}

func TestCommandsDoNotGetOurDSNs(t *testing.T) {
	got := withoutDSNs([]string{"PATH=/bin", "SAFEMIG_DSN=a", "SAFEMIG_TO_DSN=b", "SAFEMIG_WITH_DSN=c", "SAFEMIG_PG_BINS=d", "MY_DSN=e"})
	if want := []string{"PATH=/bin", "SAFEMIG_PG_BINS=d", "MY_DSN=e"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
