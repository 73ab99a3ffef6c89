#!/usr/bin/env bash
# Tries an archive of the release on the system that it is for: the program starts,
# knows its version, judges the sample, and completes.
#
#   try.sh FOLDER VERSION PLATFORM      such as: try.sh dist v1.2.3 linux_amd64
set -euo pipefail
folder=$1 version=$2 platform=$3

die() { echo "try.sh: $1" >&2; exit 1; }

archive=safemig_${version#v}_$platform
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $platform in
windows_*) unzip -q "$folder/$archive.zip" -d "$work" ;;
*) tar -xzf "$folder/$archive.tar.gz" -C "$work" ;;
esac
said=$("$work/safemig" version)
echo "$said"
case $said in "safemig $version"*) ;; *) die "that is not $version" ;; esac
status=0
"$work/safemig" lint testdata/sample --format concise || status=$?
[ "$status" -eq 1 ] || die "lint of the sample: exit $status, not 1"
for file in LICENSE THIRD_PARTY_LICENSES.txt README.md completions/safemig.bash completions/safemig.zsh completions/safemig.fish; do
	[ -s "$work/$file" ] || die "the archive has no $file"
done
