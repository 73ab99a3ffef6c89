package fact_test

import (
	"strings"
	"testing"

	"github.com/safemig/safemig/dialect/fact"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want fact.Version
	}{
		{"16", fact.V(16)},
		{"16.3", fact.V(16, 3)},
		{"v18.4", fact.V(18, 4)},
		{"8.0.36", fact.V(8, 0, 36)},
		{"15.18 (Debian 15.18-0+deb12u1)", fact.V(15, 18)},
		{"18beta1", fact.V(18)},
		{"10.11.19-MariaDB", fact.V(10, 11, 19)},
		{"5.5.5-10.6.12-MariaDB-log", fact.V(10, 6, 12)},
		{"8.0.35-27", fact.V(8, 0, 35)},
		{"8.0.mysql_aurora.3.05.2", fact.V(8, 0)},
		{"26.7.0", fact.V(26, 7)},
	} {
		got, err := fact.Parse(c.text)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %v, %v; want %v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "latest", "postgres16", "."} {
		if v, err := fact.Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", text, v)
		}
	}
}

func TestLess(t *testing.T) {
	order := []fact.Version{fact.V(5, 7), fact.V(8, 0, 11), fact.V(8, 0, 12), fact.V(8, 4), fact.V(9, 7), fact.V(26, 7)}
	for i, a := range order {
		for j, b := range order {
			if a.Less(b) != (i < j) {
				t.Errorf("%v.Less(%v) = %v", a, b, a.Less(b))
			}
		}
	}
}

func TestNewTarget(t *testing.T) {
	for dialect, oldest := range map[string]string{"postgres": "12", "mysql": "5.7", "mariadb": "10.6"} {
		got, err := fact.NewTarget(dialect, "")
		if err != nil || !got.Assumed || got.Version.String() != oldest {
			t.Errorf("NewTarget(%q) = %+v, %v; want %s, assumed", dialect, got, err, oldest)
		}
	}
	if _, err := fact.NewTarget("postgres", "9.6"); err == nil || !strings.Contains(err.Error(), "oldest version") {
		t.Errorf("PostgreSQL 9.6: %v, want it refused as too old", err)
	}
	if got, err := fact.NewTarget("mysql", "8.0.29"); err != nil || got.Assumed {
		t.Errorf("NewTarget(mysql 8.0.29) = %+v, %v", got, err)
	}
}
