#!/bin/sh
# Writes THIRD_PARTY_LICENSES.txt, for the archives and the image: what each module that is
# linked into safemig asks to be passed on, on any of the systems, and where its source is.
set -eu
out=THIRD_PARTY_LICENSES.txt
modules=$(for os in linux darwin windows; do
	env -u CC GOOS="$os" CGO_ENABLED=1 go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/safemig
done | sort -u)

# section TITLE FILE...
section() {
	printf '%s\n%s\n' '--------------------------------------------------------------------------------' "$1"
	shift
	for file; do
		printf '\n'
		cat "$file"
	done
	printf '\n'
}

{
	echo "safemig is built of the following, besides its own code (see LICENSE)."
	section "Go and its standard library (https://go.dev)" "$(go env GOROOT)/LICENSE"
	echo "$modules" | while read -r path version dir; do
		find "$dir" -maxdepth 1 -type f \( -iname 'licen[sc]e*' -o -iname 'copying*' -o -iname 'notice*' \) | sort | {
			set --
			while read -r file; do
				set -- "$@" "$file"
			done
			[ "$#" -gt 0 ] || { echo "licenses.sh: $path has no licence" >&2; exit 1; }
			section "$path $version (https://pkg.go.dev/$path@$version)" "$@"
		}
	done
} >"$out"
