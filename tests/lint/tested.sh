#!/bin/sh
# Every source has its test: src/LAYER/STEM.c a unit test
# tests/unit/LAYER/STEM.c, cgi/SIDE/STEM.c a unit test tests/unit/pages/STEM*
# or a page test tests/pages/STEM*. The parts of a family may share the test
# of its first name: outbox_stage.c is tested by outbox.c. A file without a
# function is a table, which the tests of its readers cover.
# usage: tests/lint/tested.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

status=0
# has_test FOLDER STEM [EXTENSION]: a test of that stem or of its family?
has_test() {
	stem=$2
	while :; do
		for found in "$1/$stem".* "$1/${stem}_"*; do
			[ -f "$found" ] && return 0
		done
		case $stem in
		*_*) stem=${stem%_*} ;;
		*) return 1 ;;
		esac
	done
}

for source in $(find src cgi -name '*.c' | sort); do
	grep -q '^{' "$source" || continue
	file=${source##*/}
	stem=${file%.c}
	case $source in
	src/main*.c) continue ;; # parses nothing, only calls
	src/programs.c) folders=tests/unit/cli ;;
	src/*/*)
		layer=${source#src/}
		folders=tests/unit/${layer%%/*}
		;;
	cgi/*/*)
		side=${source#cgi/}
		side=${side%%/*}
		folders="tests/unit/pages tests/unit/pages/$side tests/pages tests/pages/$side"
		;;
	*) continue ;;
	esac
	for folder in $folders; do
		has_test "$folder" "$stem" && continue 2
	done
	echo "$source: no test in $folders"
	status=1
done
exit $status
