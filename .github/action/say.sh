#!/usr/bin/env bash
# What the scripts of the action say to GitHub; sourced by them.
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

# annotate KIND TEXT: error, warning or notice.
annotate() {
	local text=${2//'%'/%25}
	text=${text//$'\r'/%0D}
	echo "::$1 title=safemig::${text//$'\n'/%0A}"
}

# refuse TEXT ends the step without a verdict.
refuse() {
	annotate error "$1"
	exit 2
}

# output NAME VALUE
output() { echo "$1=${2//$'\n'/ }" >>"$GITHUB_OUTPUT"; }

# flag NAME VALUE is an input that is true or false.
flag() {
	case $2 in
	true) return 0 ;;
	false) return 1 ;;
	*) refuse "the input $1 is \"$2\"; it must be true or false" ;;
	esac
}
