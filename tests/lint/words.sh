#!/bin/sh
# Words that must not stand in the project: unfinished work, paths of one
# machine, addresses of package registries; and // comments in C.
# usage: tests/lint/words.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

if [ -e .git ] && command -v git >/dev/null; then
	list=$(git ls-files)
else
	list=$(find . -type f ! -path './build/*' ! -path '*/node_modules/*' \
		| sed 's,^\./,,' | sort)
fi
# Data is not prose; this script and its test must name what they refuse.
list=$(printf '%s\n' "$list" | grep -Ev \
	-e '\.(png|jpg|ico|woff2|der|bin|gz|pdf|pwg|db)$' \
	-e '^tests/(vectors|hostile|fuzz/corpus)/' \
	-e '^tests/lint/(words|selftest)\.sh$' || true)
[ -n "$list" ] || { echo "words: no files here"; exit 1; }

status=0
look() { # look WHAT PATTERN FILES
	found=$(printf '%s\n' "$3" | while IFS= read -r file; do
		[ -f "$file" ] && grep -HnIE -e "$2" -- "$file" || true
	done)
	if [ -n "$found" ]; then
		printf '%s:\n%s\n' "$1" "$found"
		status=1
	fi
}

look "unfinished work" \
	'(^|[^A-Za-z_])(TODO|FIXME|XXX|HACK)($|[^A-Za-z_X])' "$list"
look "a path of one machine" \
	'(^|[^A-Za-z0-9._-])/(work|farm|home/[a-z]+|Users/[A-Za-z]+)/' "$list"
look "the address of a package registry" \
	'(registry\.(npmjs|yarnpkg)\.[a-z]+|deb\.debian\.org|pypi\.org/simple|static\.crates\.io|proxy\.golang\.org)' \
	"$list"
# docs/architecture.md, Words. The maker of the device mends and supports it.
pages=$(printf '%s\n' "$list" | grep -E '^www/.*\.html$' || true)
look "what leaves goes to the vendor, not to the maker" \
	'(its|your) maker|[Tt]he maker([^ ]|$| [^o])' "$pages"
c_files=$(printf '%s\n' "$list" | grep -E '^(src|cgi|tests)/.*\.[ch]$' || true)
if [ -n "$c_files" ]; then
	# shellcheck disable=SC2086 # file names of this project have no spaces
	slashes=$("${AWK:-awk}" '
	FNR == 1 { inside = 0 }
	{
		line = $0
		gsub(/\\\\/, "", line)
		gsub(/\\"/, "", line)
		gsub(/"[^"]*"/, "\"\"", line)
		gsub(/\/\*.*\*\//, "", line)
		if (inside) {
			if (line !~ /\*\//) next
			sub(/.*\*\//, "", line)
			inside = 0
		}
		if (line ~ /\/\*/) { inside = 1; sub(/\/\*.*/, "", line) }
		if (line ~ /\/\//) print FILENAME ":" FNR ":" $0
	}' $c_files)
	if [ -n "$slashes" ]; then
		printf '%s:\n%s\n' "a // comment" "$slashes"
		status=1
	fi
fi
exit $status
