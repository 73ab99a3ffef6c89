// Package backfill changes the rows of a live database in batches: along a key,
// each batch a short transaction that carries its own checkpoint.
//
// A job is one UPDATE, DELETE or INSERT .. SELECT (Job). Its work is cut into
// lanes, ranges of the key that one worker at a time walks along; what is done of
// a lane is written in the transaction that did it. So a batch is done once or not
// at all, whatever becomes of this process, its connections or the server.
package backfill
