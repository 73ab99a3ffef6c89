#!/usr/bin/env bash
# Gets safemig: a release by its checksum, or built from the action's checkout.
set -euo pipefail
# shellcheck source=.github/action/say.sh
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

folder=$RUNNER_TEMP/safemig
mkdir -p "$folder"
if [ "$VERSION" = source ]; then
	cd "$GITHUB_ACTION_PATH"
	revision=${ACTION_REF:-$(git rev-parse HEAD 2>/dev/null || echo source)}
	go build -ldflags "-X github.com/safemig/safemig/internal/cli.version=$revision" -o "$folder/" ./cmd/safemig ||
		refuse "safemig could not be built; name a release with the input version to have it downloaded"
else
	arguments=(-b "$folder" -v "$VERSION")
	if [ -n "$INPUT_CHECKSUM" ]; then arguments+=(-c "$INPUT_CHECKSUM"); fi
	said=$(sh "$GITHUB_ACTION_PATH/install.sh" "${arguments[@]}" 2>&1) || refuse "$said"
	echo "$said"
fi
output program "$folder/safemig"
