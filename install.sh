#!/bin/sh
# Installs a release of safemig: downloads the archive for this machine, checks
# its SHA-256 against the release's checksums, and puts the program into a folder.
#
#   install.sh [-b FOLDER] [-v VERSION] [-c SHA256]
#
#   -b  where the program goes; ./bin without it
#   -v  which release, such as v1.2.3; the latest without it
#   -c  what the SHA-256 of the archive must be, instead of what the release says
#
# SAFEMIG_RELEASES is the address of a mirror of the releases.
set -eu

die() { echo "install.sh: $1" >&2; exit 1; }

usage() { sed -n '/^# Installs/,/^# SAFEMIG/s/^# \{0,1\}//p' "$0"; }

# fetch URL FILE
fetch() {
	if command -v curl >/dev/null; then
		curl -fsSL --retry 2 -o "$2" "$1" || die "cannot download $1"
	elif command -v wget >/dev/null; then
		wget -q -O "$2" "$1" || die "cannot download $1"
	else
		die "neither curl nor wget is installed"
	fi
}

# latest is the name of the newest release: where its page redirects to.
latest() {
	if command -v curl >/dev/null; then
		page=$(curl -fsSL -o /dev/null -w '%{url_effective}' "$releases/latest") || die "cannot ask $releases/latest for the latest release; name one with -v"
	else
		page=$(wget -S -O /dev/null "$releases/latest" 2>&1 | sed -n 's/^ *[Ll]ocation: *\([^ ]*\).*/\1/p' | tail -n 1)
	fi
	echo "${page##*/}"
}

# platform is what the release calls this machine.
platform() {
	case $(uname -s) in
	Linux) os=linux ;;
	Darwin) os=darwin ;;
	MINGW* | MSYS* | CYGWIN* | Windows_NT) os=windows ;;
	*) die "there is no release for $(uname -s); with Go: go install github.com/safemig/safemig/cmd/safemig@latest" ;;
	esac
	case $(uname -m) in
	x86_64 | amd64) arch=amd64 ;;
	aarch64 | arm64) arch=arm64 ;;
	*) die "there is no release for $os on $(uname -m); with Go: go install github.com/safemig/safemig/cmd/safemig@latest" ;;
	esac
	echo "${os}_$arch"
}

# sha256 FILE
sha256() {
	if command -v sha256sum >/dev/null; then
		sum=$(sha256sum "$1")
	elif command -v shasum >/dev/null; then
		sum=$(shasum -a 256 "$1")
	else
		die "neither sha256sum nor shasum is installed: the download cannot be checked"
	fi
	echo "${sum%% *}"
}

# expected ARCHIVE is what the release says its SHA-256 is.
expected() {
	fetch "$releases/download/$version/checksums.txt" "$work/checksums.txt"
	awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$work/checksums.txt"
}

unpack() {
	case $1 in
	*.zip) unzip -q -o "$1" "$2" -d "$work" ;;
	*) tar -xzf "$1" -C "$work" "$2" ;;
	esac || die "$1 holds no $2"
}

main() {
	folder=./bin version='' checksum=''
	while getopts b:v:c:h option; do
		case $option in
		b) folder=$OPTARG ;;
		v) version=$OPTARG ;;
		c) checksum=$OPTARG ;;
		h) usage && exit ;;
		*) exit 2 ;;
		esac
	done
	releases=${SAFEMIG_RELEASES:-https://github.com/safemig/safemig/releases}
	machine=$(platform)
	[ -n "$version" ] || version=$(latest)
	case $version in
	v[0-9]*.[0-9]*.[0-9]*) ;;
	[0-9]*.[0-9]*.[0-9]*) version=v$version ;;
	*) die "$version is no release such as v1.2.3" ;;
	esac
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	program=safemig archive=safemig_${version#v}_$machine.tar.gz
	case $machine in windows_*) program=safemig.exe archive=${archive%.tar.gz}.zip ;; esac
	fetch "$releases/download/$version/$archive" "$work/$archive"
	[ -n "$checksum" ] || checksum=$(expected "$archive")
	[ -n "$checksum" ] || die "the checksums of $version do not name $archive"
	got=$(sha256 "$work/$archive")
	[ "$got" = "$checksum" ] || die "$archive is not what it must be: its SHA-256 is $got, not $checksum; nothing is installed"
	unpack "$work/$archive" "$program"
	mkdir -p "$folder"
	# Renamed into its place, so that nobody starts half a program.
	cp "$work/$program" "$folder/.$program.new"
	chmod 755 "$folder/.$program.new"
	mv -f "$folder/.$program.new" "$folder/$program"
	echo "installed safemig $version as $folder/$program"
}

main "$@"
