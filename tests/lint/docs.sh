#!/bin/sh
# What the documents name is there: files and folders of this tree, and the
# heading that a link leads to. A file is meant where `src/...` and the like
# stand in backticks, without a blank, a * or a word in capitals.
# usage: tests/lint/docs.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

status=0
told() {
	echo "$1"
	status=1
}

# anchors FILE: of its headings, as the hosts of such pages make them
anchors() {
	sed -n 's/^##* //p' "$1" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9_\n-'
}

# The rest of the words are no options: files of this project have no spaces.
set -- $(find . -maxdepth 1 -name '*.md') $(find docs -name '*.md' 2>/dev/null)
[ $# -gt 0 ] || { echo "docs: no documents here"; exit 1; }
for file; do
	for path in $(grep -Eo '`(src|cgi|www|tests|tools|docs|systemd)/[^ `*]+`' \
		"$file" | tr -d '`' | sed 's/[.,:]*$//' | sort -u); do
		case $path in
		*[A-Z]*) [ "${path##*/}" = LAYERS ] || continue ;;
		esac
		# a stem stands for the files of that name
		for found in "$path" "$path".*; do
			[ -e "$found" ] && continue 2
		done
		told "$file: there is no $path"
	done
	for link in $(grep -Eo '\]\([^ )]+\)' "$file" | sed 's/^](//; s/)$//' |
		grep -v '^[a-z]*:' | sort -u); do
		to=${link%%#*}
		case $to in
		'') to=$file ;;
		*) to=$(dirname "$file")/$to ;;
		esac
		if [ ! -e "$to" ]; then
			told "$file: there is no $link"
			continue
		fi
		case $link in
		*#*)
			anchors "$to" | grep -qx -- "${link#*#}" ||
				told "$file: there is no heading for $link"
			;;
		esac
	done
done
exit $status
