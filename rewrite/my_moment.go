package rewrite

// isMoment says whether the column is one of MySQL's timestamps. A trigger there reads it as
// a time by the clock of the session, so that in a time zone with summer time a moment of
// the hour that comes twice becomes the other one (measured on 9.7). MariaDB keeps it.
// https://dev.mysql.com/doc/refman/8.4/en/datetime.html
func (w *twin) isMoment() bool {
	return w.oldType.Name == "timestamp" && w.newType.Name == "timestamp" && w.c.Target.Dialect == "mysql"
}

// momentOf is a moment that all time zones read alike, of seconds since 1970.
func momentOf(seconds string) string {
	return "CONCAT('1970-01-01 00:00:00.000000' + INTERVAL " + seconds + " SECOND, '+00:00')"
}
