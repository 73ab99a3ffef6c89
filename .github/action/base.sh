#!/usr/bin/env bash
# Since which commit migrations are new; sourced by lint.sh.

# find_base sets since to the commit to compare with. It is there with the
# history that it has in common with HEAD, or the step ends: a gate that
# compares with nothing would pass everything.
find_base() {
	git rev-parse --git-dir >/dev/null || refuse "the job's folder is no git repository that git reads: run actions/checkout first, or set only-new: false"
	wanted_base
	if ! common "$since"; then
		deepen "$since" || true
		common "$since" || refuse "the history is too shallow to tell which migrations are new since $since: give actions/checkout fetch-depth: 0, or set only-new: false"
	fi
}

# wanted_base names the commit that the event compares with. Of a pull request
# GitHub checks out a merge into its base, which may be younger than what the event says.
wanted_base() {
	if [ -n "$INPUT_BASE" ]; then
		since=$INPUT_BASE
	elif [ -n "$EVENT_BASE" ]; then
		since=$EVENT_BASE
		if is_merge_of_request; then since=$(parents | head -n 1); fi
	elif [[ $EVENT_BEFORE =~ [1-9a-f] ]]; then
		since=$EVENT_BEFORE
	else
		refuse "only-new: nothing says since when migrations are new on $GITHUB_EVENT_NAME: name a branch or a commit with the input base"
	fi
}

is_merge_of_request() {
	[[ $GITHUB_REF == refs/pull/*/merge ]] && [ "$(git rev-parse HEAD)" = "$GITHUB_SHA" ] && [ "$(parents | wc -l)" -eq 2 ]
}

# parents are those that the commit names, also where a shallow clone hides them.
parents() { git cat-file commit HEAD | sed -n '/^$/q; s/^parent //p'; }

# common says whether HEAD and a commit or branch have a commit in common that is here.
common() { git merge-base HEAD "$1" >/dev/null 2>&1 || git merge-base HEAD "origin/$1" >/dev/null 2>&1; }

# deepen fetches as little as will do: for the merge of a pull request one more
# commit, else the history.
deepen() {
	echo "fetching what tells which migrations are new since $1"
	if parents | grep -qxF -- "$1"; then
		git fetch --quiet --no-tags --deepen=1 origin "$(git rev-parse HEAD)" && return
	fi
	if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
		git fetch --quiet --no-tags --unshallow origin
	fi
	git cat-file -e "$1^{commit}" 2>/dev/null || git fetch --quiet --no-tags origin "$1"
}
