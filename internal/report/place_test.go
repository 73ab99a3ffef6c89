package report

import "testing"

func TestPathsFromTheRepositorysRoot(t *testing.T) {
	below := Place{Root: "/src/shop", Dir: "/src/shop/services/billing"}
	for _, c := range []struct {
		place      Place
		path, want string
	}{
		{Place{}, "./db/1.sql", "db/1.sql"},
		{Place{Root: "/src", Dir: "/src"}, "db/1.sql", "db/1.sql"},
		{Place{Root: "/", Dir: "/"}, "db/1.sql", "db/1.sql"},
		{below, "db/1.sql", "services/billing/db/1.sql"},
		{below, "../../db/1.sql", "db/1.sql"},
		{below, "/src/shop/db/1.sql", "db/1.sql"},
		{below, "../..", "."},
		{below, "/src/shopping/1.sql", "/src/shopping/1.sql"},
		{below, "../../../other/1.sql", "/src/other/1.sql"},
	} {
		if got := c.place.inRepository(c.path); got != c.want {
			t.Errorf("%s in %+v is %s, want %s", c.path, c.place, got, c.want)
		}
	}
}
