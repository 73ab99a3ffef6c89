package postgres

import (
	"strings"

	"github.com/safemig/safemig/dialect/change"
)

// volatilityOf is what is known of a function by its name. A function of an
// unknown schema is unknown, unless it is one of a well-known extension: those
// may be installed in any schema.
// https://www.postgresql.org/docs/current/xfunc-volatility.html
func volatilityOf(schema, name string) change.Volatility {
	if schema == "" || schema == "pg_catalog" {
		if v := builtinVolatility(name); v != change.VolatilityUnknown {
			return v
		}
	}
	return extensionVolatility(name)
}

func builtinVolatility(name string) change.Volatility {
	switch {
	case isVolatileBuiltin(name):
		return change.Volatile
	case isStableBuiltin(name):
		return change.Stable
	case isImmutableBuiltin(name):
		return change.Immutable
	}
	return change.VolatilityUnknown
}

// extensionVolatility knows uuid-ossp, pgcrypto, citext, unaccent, pg_trgm, hstore and ltree.
// https://www.postgresql.org/docs/current/contrib.html
func extensionVolatility(name string) change.Volatility {
	switch name {
	case "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "gen_random_bytes", "gen_salt",
		"pgp_sym_encrypt", "pgp_sym_encrypt_bytea", "pgp_pub_encrypt", "pgp_pub_encrypt_bytea":
		return change.Volatile
	case "unaccent":
		return change.Stable
	case "uuid_generate_v3", "uuid_generate_v5", "uuid_nil", "uuid_ns_dns", "uuid_ns_url", "uuid_ns_oid", "uuid_ns_x500",
		"crypt", "digest", "hmac", "encrypt", "decrypt", "armor", "dearmor", "show_trgm", "similarity",
		"word_similarity", "strict_word_similarity", "hstore", "akeys", "avals",
		"slice", "nlevel", "subpath", "subltree", "text2ltree", "ltree2text":
		return change.Immutable
	}
	return change.VolatilityUnknown
}

// readsClock says whether a literal of a date or time type stands for the
// moment at which it is read.
// https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-SPECIAL-VALUES
func readsClock(typeName, literal string) bool {
	if !isDateTime(typeName) {
		return false
	}
	for _, word := range strings.Fields(strings.ToLower(literal)) {
		switch word {
		case "now", "today", "tomorrow", "yesterday":
			return true
		}
	}
	return false
}
