#!/bin/sh
# HTML comes from templates and web/html alone: a format string that makes an
# element would let a value through that nobody escaped.
# usage: tests/lint/html.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

list=$(find src cgi -name '*.c' | sort)
[ -n "$list" ] || { echo "html: no sources here"; exit 1; }

# shellcheck disable=SC2086 # file names of this project have no spaces
"${AWK:-awk}" '
BEGIN {
	split("a abbr b body br button code dd details div dl dt em fieldset " \
		"footer form h1 h2 h3 head header hr html i img input label " \
		"legend li link main meta nav ol option p path pre script " \
		"section select small span strong style summary svg table " \
		"tbody td textarea th thead time title tr ul use", list, " ")
	for (i in list) {
		names = names (names == "" ? "" : "|") list[i]
	}
	element = "<\\/?(" names ")([ >\\/%]|$)"
}
{
	rest = $0
	formats = rest ~ /(printf|_set|_prefix|log_[a-z]+)[ \t]*\(/
	while (match(rest, /"([^"\\]|\\.)*"/)) {
		text = substr(rest, RSTART + 1, RLENGTH - 2)
		rest = substr(rest, RSTART + RLENGTH)
		if (text ~ element && (formats || text ~ /%[-0-9.*]*[a-z]/)) {
			print FILENAME ":" FNR ": HTML in a format string: " text
			bad = 1
		}
	}
}
END { exit bad }
' $list
