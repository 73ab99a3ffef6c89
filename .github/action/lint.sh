#!/usr/bin/env bash
# Lints, and gives the reports to GitHub: annotations, the job's summary, outputs.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=.github/action/say.sh
. "$here/say.sh"
# shellcheck source=.github/action/base.sh
. "$here/base.sh"

# option NAME VALUE passes what is set.
option() { if [ -n "$2" ]; then arguments+=("$1" "$2"); fi; }

# split fills words: a line each, or between blanks where there is one line.
split() {
	words=()
	local line
	if [[ $1 == *$'\n'* ]]; then
		while IFS= read -r line; do
			if [ -n "$line" ]; then words+=("$line"); fi
		done <<<"$1"
	else
		read -r -a words <<<"$1"
	fi
}

# only_new says whether only new migrations count.
only_new() {
	case $INPUT_ONLY_NEW in
	auto) case $GITHUB_EVENT_NAME in pull_request | pull_request_target | merge_group) return 0 ;; *) return 1 ;; esac ;;
	*) flag only-new "$INPUT_ONLY_NEW" ;;
	esac
}

# number NAME is a number of the report's last line, which is the summary.
number() { tail -n 1 "$reports/report.jsonl" | sed -n "s/.*\"type\":\"summary\".*\"$1\":\([0-9][0-9]*\).*/\1/p"; }

# hand_over gives GitHub what safemig wrote.
hand_over() {
	output exit-status "$status"
	if [ ! -s "$reports/report.jsonl" ]; then return; fi
	local errors warnings infos
	errors=$(number errors) warnings=$(number warnings) infos=$(number infos)
	output findings "$((errors + warnings + infos))"
	output errors "$errors"
	output warnings "$warnings"
	output infos "$infos"
	output report "$reports/report.md"
	if flag summary "$INPUT_SUMMARY"; then cat "$reports/report.md" >>"$GITHUB_STEP_SUMMARY"; fi
	if [ -n "$INPUT_SARIF_FILE" ]; then output sarif "$sarif"; fi
}

cd "$INPUT_WORKING_DIRECTORY" || refuse "there is no working-directory \"$INPUT_WORKING_DIRECTORY\""
flag summary "$INPUT_SUMMARY" || true # a mistake is said before the work
flag comment "$INPUT_COMMENT" || true
reports=$(mktemp -d "$RUNNER_TEMP/safemig-report.XXXXXX")
arguments=(lint --output "jsonl=$reports/report.jsonl" --output "markdown=$reports/report.md")
if flag annotations "$INPUT_ANNOTATIONS"; then
	option --format github
fi
option --config "$INPUT_CONFIG"
option --dialect "$INPUT_DIALECT"
option --server-version "$INPUT_SERVER_VERSION"
option --fail-on "$INPUT_FAIL_ON"
if only_new; then
	find_base
	option --new-from-merge-base "$since"
fi
if [ -n "$INPUT_SARIF_FILE" ]; then
	mkdir -p "$(dirname "$INPUT_SARIF_FILE")"
	option --output "sarif=$INPUT_SARIF_FILE"
	sarif=$INPUT_SARIF_FILE
	if [[ $sarif != /* && $INPUT_WORKING_DIRECTORY != . ]]; then sarif=${INPUT_WORKING_DIRECTORY%/}/$sarif; fi
fi
split "$INPUT_ARGS"
arguments+=(${words[@]+"${words[@]}"}) # bash 3 of macOS takes an empty array for an unset one
split "$INPUT_PATHS"
arguments+=(-- ${words[@]+"${words[@]}"})

status=0
"$SAFEMIG" "${arguments[@]}" || status=$?
hand_over
if [ "$status" -gt 1 ]; then annotate error "safemig gave no verdict (exit status $status): the log of this step says why"; fi
exit "$status"
