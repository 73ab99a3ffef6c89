package layout

import (
	"path"
	"strings"
)

// Stem is what the names of all files of a migration that waits have in common, which
// the numbers in its folder make its own: 02_drop_users_email.
func Stem(rel string) string {
	before, stem := stemAt(rel)
	return strings.TrimPrefix(stem, before)
}

// stemAt is a name up to the end of its stem, and what of that is Sqitch's folder.
func stemAt(rel string) (before, whole string) {
	for _, dir := range []string{sqitchDeploy, sqitchRevert, sqitchVerify} {
		if strings.HasPrefix(rel, dir) {
			before = dir
		}
	}
	name := rel[len(before):]
	if at := strings.IndexAny(name, "./"); at >= 0 {
		name = name[:at]
	}
	return before, before + name
}

// slugOf is a stem without its number in the folder of what waits.
func slugOf(stem string) string {
	if n := len(digits(stem)); n > 0 && strings.HasPrefix(stem[n:], "_") && len(stem) > n+1 {
		return stem[n+1:]
	}
	return stem
}

// moved is the name of a file of a migration that waited, under another stem: what
// Sqitch keeps in three folders stays in them.
func movedTo(rel, stem string) string {
	before, whole := stemAt(rel)
	name := path.Base(stem)
	if before == "" {
		return stem + rel[len(whole):]
	}
	return before + name + rel[len(whole):]
}
