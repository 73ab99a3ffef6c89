// Package oracle holds tests alone: safemig with each of PostgreSQL's parsers (see
// dialect/postgres/pgparse), side by side on the same SQL. What they find, which locks
// they name and what they write must be the same, byte for byte.
//
// The SQL is that of testdata. SAFEMIG_CORPUS names a folder with more: each folder in
// it is a project. SAFEMIG_MUTANTS is how many statements to make by moving the words
// of those that are there.
package oracle
