package rules

import "github.com/safemig/safemig/dialect/change"

func timestampWithoutTimeZone() *Rule {
	return &Rule{
		ID: "timestamp-without-time-zone", Family: Style, Severity: Warning, Dialects: []string{"postgres"}, Off: true, Kinds: columnKinds(),
		Doc: Doc{
			Title:   "timestamp where timestamptz would do",
			Why:     "timestamp keeps the digits of a clock without saying which clock: a session in another time zone reads another moment, and arithmetic over a change of the clocks is wrong. Changing the type later rewrites the table unless the session's time zone is UTC.",
			Instead: "timestamptz (timestamp with time zone), which takes the same eight bytes.",
			Refs:    []string{"https://www.postgresql.org/docs/current/datatype-datetime.html", "https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_timestamp_.28without_time_zone.29"},
			Aliases: []string{"prefer-timestamp-tz", "preferTimestamptz", "prefer-timestamptz"},
			Bad:     []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY, seen timestamp);"}}},
			Good:    []Example{{Files: []string{"CREATE TABLE users (id bigint PRIMARY KEY, seen timestamptz);"}}},
		},
		Op: func(p *Pass) {
			everyNewColumn(p, func(c *change.Column) {
				if c.Type.Name == "timestamp without time zone" {
					p.ReportAs(Warning, c.Span, "timestamptz", "%s is a timestamp without time zone: it does not say which moment it means", c.Name)
				}
			})
		},
	}
}
