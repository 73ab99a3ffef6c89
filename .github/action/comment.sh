#!/usr/bin/env bash
# Keeps one comment on the pull request: written at the first finding, from then
# on brought up to date, also when nothing is found any more.
set -euo pipefail
# shellcheck source=.github/action/say.sh
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# GitHub takes 65,536 characters.
most=60000

# api ARGUMENTS... calls GitHub; the token comes by a pipe, where no list of processes shows it.
api() {
	curl -fsS --retry 2 -H 'Accept: application/vnd.github+json' -H 'X-GitHub-Api-Version: 2022-11-28' \
		--config <(printf 'header = "Authorization: Bearer %s"\n' "$TOKEN") "$@"
}

# marker is what our comment begins with. Jobs that lint other things have comments of their own.
marker() {
	local key
	key=$(printf '%s\n' "$GITHUB_WORKFLOW" "$GITHUB_JOB" "$INPUT_WORKING_DIRECTORY" "$INPUT_CONFIG" "$INPUT_PATHS" "$INPUT_ARGS" | git hash-object --stdin)
	echo "<!-- safemig:report $key -->"
}

# ours is the number of the comment that an earlier run wrote. Whoever may not
# write to the repository can copy the marker, and is passed over.
ours() {
	local page=1 comments number
	while :; do
		comments=$(api "$comments_of_request?per_page=100&page=$page") || return
		number=$(jq -r --arg marker "$1" 'map(select((.body // "" | startswith($marker)) and
			(.user.type == "Bot" or (.author_association | IN("OWNER", "MEMBER", "COLLABORATOR"))))) |
			first | .id // empty' <<<"$comments") || return
		if [ -n "$number" ] || [ "$(jq 'length < 100' <<<"$comments")" != false ]; then break; fi
		page=$((page + 1))
	done
	echo "$number"
}

# fitting is the report, cut between two findings where it is too long.
fitting() {
	LC_ALL=C awk -v most="$most" '
		function keep() { if (!cut && size + length(block) <= most) { printf "%s", block; size += length(block) } else { cut = 1; if (block ~ /^<details>/) left++ } block = "" }
		/^<details>/ { keep() }
		{ block = block $0 "\n" }
		END { keep(); if (left) print "\nThere is no room for " left " more here: see the summary of the job." }' "$REPORT"
}

write_comment() {
	local marker number body
	marker=$(marker) || return
	number=$(ours "$marker") || return
	if [ -z "$number" ] && [ "$FINDINGS" = 0 ] && [ "$EXIT_STATUS" = 0 ]; then
		echo "nothing is found and there is no comment to bring up to date"
		return
	fi
	body=$(printf '%s\n%s\n' "$marker" "$(fitting)" | jq -Rs '{body: .}') || return
	if [ -n "$number" ]; then
		api -X PATCH --data-binary @- "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/comments/$number" <<<"$body" >/dev/null
	else
		api -X POST --data-binary @- "$comments_of_request" <<<"$body" >/dev/null
	fi
}

if [ -z "$PULL_NUMBER" ]; then
	echo "no comment: $GITHUB_EVENT_NAME is not about a pull request"
	exit
fi
for program in curl jq; do
	command -v "$program" >/dev/null || { annotate warning "no comment: $program is not installed on this runner"; exit; }
done
comments_of_request=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$PULL_NUMBER/comments
# The comment is news, not the gate: that the token may not write it fails nothing.
write_comment || annotate warning "the pull request has no up-to-date comment: the token may not write it (it needs pull-requests: write, which pull requests from forks never have)"
