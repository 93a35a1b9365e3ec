#!/bin/sh
# C sources stand as clang-format 14 writes them with our .clang-format.
# usage: tests/lint/format.sh [TREE]; FIX=1 rewrites instead of refusing.
set -eu
cd "${1:-$(dirname "$0")/../..}"

formatter=$(command -v clang-format-14 || command -v clang-format || true)
case $("${formatter:-false}" --version 2>/dev/null || true) in
*"version 14."*) ;;
*)
	echo "format: clang-format 14 is not here; others write differently"
	exit 77
	;;
esac
list=$(find src cgi tests -name node_modules -prune -o -name '*.[ch]' -print |
	sort)
[ -n "$list" ] || { echo "format: no sources here"; exit 1; }
if [ -n "${FIX:-}" ]; then
	# shellcheck disable=SC2086 # file names of this project have no spaces
	exec "$formatter" -i $list
fi
# shellcheck disable=SC2086
"$formatter" --dry-run -Werror --ferror-limit=1 $list 2>&1 |
	grep -E 'error:' && exit 1
exit 0
