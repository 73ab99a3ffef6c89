package rules

import (
	"slices"
	"strings"
)

// atlasRules says which of our rules find what a check of Atlas' finds, by its
// code and by the name of its analyzer.
// https://atlasgo.io/lint/analyzers
func atlasRules() map[string][]string {
	out := atlasCodes()
	for analyzer, prefixes := range map[string][]string{
		"destructive": {"DS"}, "data_depend": {"MF", "MY"}, "condrop": {"CD"}, "incompatible": {"BC"}, "concurrent_index": {"PG10"}, "nestedtx": {"TX"}, "naming": nil,
	} {
		var ids []string
		for code, list := range atlasCodes() {
			if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(code, prefix) }) {
				ids = append(ids, list...)
			}
		}
		slices.Sort(ids)
		out[analyzer] = slices.Compact(ids)
	}
	return out
}

func atlasCodes() map[string][]string {
	return map[string][]string{
		"BC101": {"rename-table"},
		"BC102": {"rename-column"},
		"CD101": {"drop-constraint", "drop-foreign-key"},
		"CD102": {"drop-constraint", "drop-foreign-key"},
		"CD103": {"drop-constraint", "left-without-primary-key"},
		"DS101": {"drop-schema", "drop-database"},
		"DS102": {"drop-table"},
		"DS103": {"drop-column", "drop-column-drops-more"},
		"MF101": {"add-unique", "add-unique-not-using-index"},
		"MF102": {"add-unique", "add-unique-not-using-index"},
		"MF103": {"add-column-required"},
		"MF104": {"set-not-null-scan", "modify-to-not-null"},
		"MY101": {"add-column-required"},
		"MY102": {"constraint-ignored"},
		"MY110": {"enum-member-removed", "enum-set-reorder"},
		"MY111": {"enum-member-removed"},
		"MY112": {"enum-set-reorder"},
		"MY113": {"enum-set-reorder"},
		"MY120": {"enum-member-removed", "enum-set-reorder"},
		"MY121": {"enum-member-removed"},
		"MY122": {"enum-set-reorder"},
		"MY123": {"enum-set-reorder"},
		"MY130": {"alter-copies-table", "lossy-type-change"},
		"MY131": {"alter-copies-table"},
		"MY132": {"alter-rebuilds-table"},
		"MY133": {"alter-copies-table", "left-without-primary-key"},
		"MY134": {"alter-blocks-writes"},
		"MY135": {"alter-blocks-writes"},
		"MY136": {"convert-charset"},
		"MY137": {"alter-rebuilds-table"},
		"MY138": {"alter-copies-table", "engine-not-transactional"},
		"MY139": {"alter-copies-table", "truncate"},
		"MY140": {"alter-copies-table"},
		"MY141": {"alter-rebuilds-table"},
		"MY142": {"alter-rebuilds-table"},
		"PG101": {"index-not-concurrent"},
		"PG102": {"drop-index-not-concurrent"},
		"PG103": {"concurrently-in-transaction"},
		"PG104": {"add-primary-key-not-using-index"},
		"PG105": {"add-unique-not-using-index", "add-column-unique"},
		"PG301": {"change-column-type"},
		"PG302": {"add-column-volatile-default"},
		"PG303": {"set-not-null-scan"},
		"PG304": {"add-primary-key-not-using-index", "set-not-null-scan"},
		"PG305": {"add-check-validated"},
		"PG306": {"add-foreign-key-validated", "add-column-references"},
		"PG307": {"set-logged-unlogged"},
		"PG308": {"create-trigger"},
		"PG309": {"add-column-generated-stored"},
		"PG310": {"add-column-identity"},
		"PG311": {"set-access-method"},
		"TX101": {"concurrently-in-transaction"},
		"TX201": {"transaction-nesting"},
	}
}
