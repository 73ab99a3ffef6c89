#!/bin/sh
# Writes the scripts with which shells complete safemig into completions/, for the archives.
set -eu
mkdir -p completions
for shell in bash zsh fish; do
	# For this machine, whatever the release is built for.
	env -u GOOS -u GOARCH -u CC go run ./cmd/safemig completion "$shell" >"completions/safemig.$shell"
done
