// Package pgparse is the parser of PostgreSQL's SQL, one of two: PostgreSQL's
// own in C (pg_query_go), and where the build has no C compiler, or the tag
// purego, one that is written in Go (oliphant). Both have the same trees, but
// register the same protobuf messages: a program can hold only one of them.
//
// names_cgo.go and names_purego.go list the types and constants that
// dialect/postgres reads trees with. go test -update writes them.
package pgparse
