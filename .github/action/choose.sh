#!/usr/bin/env bash
# Which safemig runs: the release that is asked for, else the one whose tag the
# action is used by, else what is built from the action's own checkout.
set -euo pipefail
# shellcheck source=.github/action/say.sh
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

release='^v[0-9]+\.[0-9]+\.[0-9]+([-+][-+.0-9A-Za-z]+)?$'
version=$INPUT_VERSION
if [ -z "$version" ]; then
	version=source
	if [[ $ACTION_REF =~ $release ]]; then version=$ACTION_REF; fi
fi
case $version in [0-9]*) version=v$version ;; esac
if [ "$version" != source ] && ! [[ $version =~ $release ]]; then
	refuse "the input version is \"$version\"; it must be a release such as v1.2.3, or source"
fi
output version "$version"
