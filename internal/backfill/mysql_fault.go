package backfill

import (
	"errors"
	"strings"

	"github.com/safemig/safemig/internal/livedb"
)

// fault reads the error's number. After a deadlock (1213) the server has rolled the
// transaction back, after a lock's timeout (1205) only the statement: batch rolls
// back either way.
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
func (mysqlFlavour) fault(err error) Fault {
	var w *Warning
	if errors.As(err, &w) {
		if dataError(w.Number) {
			return Data
		}
		return Fatal
	}
	if errors.Is(err, errOverran) {
		return Timeout
	}
	number := livedb.ErrorNumber(err)
	switch {
	case number == 0:
		return faultOfClient(err)
	case number >= 2000 && number < 3000:
		return Lost // a client's error, as proxies hand it on
	}
	if number == 1030 && engineFull(err.Error()) {
		return Full
	}
	if f, known := mysqlFault(number); known {
		return f
	}
	if dataError(number) || dataState(livedb.State(err)) {
		return Data
	}
	if saysFull(err) {
		return Full // of a file of which the number does not tell: the binary log, a temporary one
	}
	return Fatal
}

// engineFull reads the error of the storage engine, which is the operating system's
// ENOSPC or EDQUOT, or its own of a file that may not grow: "Got error 28 ..".
func engineFull(text string) bool {
	_, rest, _ := strings.Cut(text, "Got error ")
	number, _, _ := strings.Cut(rest, " ")
	switch strings.Trim(number, "\"'") {
	case "28", "122", "135", "136":
		return true
	}
	return false
}

func mysqlFault(number int) (Fault, bool) {
	switch number {
	case 1052:
		return Fatal, true // an ambiguous column has the SQLSTATE of integrity
	case 1213, 1020, 1412, 1637, 3101, 3572: // deadlock, changed since it was read, certification failed
		return Collision, true
	case 1205, 1317, 3024, 1969: // a lock, KILL QUERY, time limits
		return Timeout, true
	case 1197, 1206, 3100: // too large a transaction for the binary log's cache, the lock table, the group
		return Timeout, true
	case 1290, 1792, 1836: // read only: a primary that no longer is one
		return Lost, true
	case 1040, 1042, 1047, 1053, 1077, 1078, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1927, 3032, 3169, 4031:
		return Lost, true
	case 1021, 1037, 1041, 1114, 1135: // no room on the disk or in memory
		return Full, true
	}
	return Fatal, false
}

// dataState are the classes of SQLSTATE that a row's values give: data, integrity,
// WITH CHECK OPTION, and SIGNAL.
func dataState(state string) bool {
	for _, class := range []string{"22", "23", "44", "45"} {
		if strings.HasPrefix(state, class) {
			return true
		}
	}
	return false
}

// dataError are the errors of a row's values that have no SQLSTATE of their own, or
// are warnings, which have none.
func dataError(number int) bool {
	switch number {
	case 1048, 1062, 1169, 1216, 1217, 1242, 1263, 1264, 1265, 1292, 1300, 1301, 1364, 1365, 1366, 1367, 1369, 1406, 1411, 1416,
		1441, 1451, 1452, 1526, 1557, 1586, 1644, 1690, 1748, 1761, 1762, 3140, 3141, 3156, 3819, 4025, 4036, 4037, 4038:
		return true
	}
	return false
}
