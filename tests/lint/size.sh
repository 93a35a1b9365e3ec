#!/bin/sh
# Files stay under 600 lines, C functions under 60.
# usage: tests/lint/size.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

list=$(find src cgi tests tools \( -name node_modules -o -name corpus \) \
	-prune -o -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.mjs' \
	-o -name '*.js' -o -path 'tools/*' \) -print 2>/dev/null | sort)
[ -n "$list" ] || { echo "size: no sources here"; exit 1; }

# shellcheck disable=SC2086 # file names of this project have no spaces
"${AWK:-awk}" '
function end_file() {
	if (lines >= 600) {
		print name ": " lines " lines; split it by idea"
		bad = 1
	}
}
FNR == 1 { end_file(); name = FILENAME; start = 0; head = 0 }
{ lines = FNR }
FILENAME !~ /\.[ch]$/ { next }
/^[a-zA-Z_].*\(/ { head = 1 }
/^(struct|enum|union|static const|const)[^(]*(=)? *\{?$/ && !/\(/ { head = 0 }
/^\{/ && head { start = FNR }
/^\}/ {
	if (start && FNR - start - 1 >= 60) {
		print name ":" start ": a function of " FNR - start - 1 " lines"
		bad = 1
	}
	start = 0
	head = 0
}
END { end_file(); exit bad }
' $list
