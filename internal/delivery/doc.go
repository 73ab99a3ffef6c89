// Package delivery holds tests alone: how safemig comes to those who use it. The scripts of
// testdata/delivery run the GitHub action, the install script and the hooks as their
// users do, on a release server and a GitHub of the test's own.
package delivery
