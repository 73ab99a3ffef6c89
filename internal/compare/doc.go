// Package compare finds what differs between two sets of rows: those of tables or of
// queries, in one database or in two, of PostgreSQL, MySQL or MariaDB. Values are
// written in one form on all servers, ranges of a key are compared by sums over the
// hashes of their rows, and what differs is looked at row by row and field by field.
// Nothing is ever written to a database.
package compare
