#!/bin/sh
# No mutable data outside functions: what is in .data or .bss of our objects
# is state that two requests would share. Needs a built tree without the
# sanitizers, which add such data of their own.
# usage: tests/lint/globals.sh [TREE [BUILD]]
set -eu
tree=${1:-$(dirname "$0")/../..}
build=${2:-${abs_top_builddir:-$tree}}

command -v objdump >/dev/null || { echo "globals: no objdump"; exit 77; }
objects=$(find "$build/src" "$build/cgi" -name '*.o' 2>/dev/null | sort)
[ -n "$objects" ] || { echo "globals: no objects in $build; build first"; exit 1; }
if grep -q '^#define SLUICE_SANITIZERS' "$build/config.h" 2>/dev/null; then
	echo "globals: the sanitizers add data of their own; skipped"
	exit 77
fi

# shellcheck disable=SC2086 # file names of this project have no spaces
objdump -t $objects | "${AWK:-awk}" '
/file format/ { file = $1; sub(/:$/, "", file) }
{
	for (i = 2; i < NF; i++) {
		if ($i ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)(\.|$)/ &&
		    $i !~ /^\.data\.rel\.ro/ && $NF !~ /^\./ &&
		    $(i + 1) !~ /^0+$/) {
			print file ": " $NF " is mutable (" $i ")"
			bad = 1
		}
	}
}
END { exit bad }
'
