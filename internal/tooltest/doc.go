// Package tooltest holds tests alone: the migration tools themselves apply what
// safemig fix wrote, on throw-away servers. Each script of testdata/tools is one tool
// on one kind of server; .ci/tools installs the tools that can be had.
package tooltest
