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

// fitMoment refuses where a trigger could not give a moment so.
func (w *twin) fitMoment() error {
	if !w.isMoment() || w.c.Has("timestamp-with-offset") {
		return nil
	}
	return Refuse("%s is a timestamp, which triggers of %s %s copy by the clock of the session: a time in the hour that comes twice in autumn would become the other", w.of(w.old), w.c.Target.Name(), w.c.Target.Version)
}

// zeroDates says what to do about dates that strict mode refuses; empty where the column
// has none.
func (w *twin) zeroDates() string {
	if kindOfType(w.oldType.Name) != "moment" || w.c.Target.Dialect != "mysql" {
		return ""
	}
	q := w.c.Q(w.old)
	return "In strict mode a row that has a zero date (0000-00-00, 2024-00-00) in " + w.of(w.old) + " can neither be copied nor changed while the triggers are there: SELECT count(*) FROM " +
		w.c.Table() + " WHERE " + q + " < '0001-01-01' OR month(" + q + ") = 0 OR day(" + q + ") = 0 must be 0 before the plan begins."
}
