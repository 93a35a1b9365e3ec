#!/bin/sh
# The tables that carry the product are complete. cgi/SIDE/pages.c: each row
# has a role, methods, the handlers that the methods need, and its template
# www/SIDE/STEM.html, source cgi/SIDE/STEM.c and test tests/pages/STEM*. What
# both sides use stands in www/people and cgi/people.
# src/documents: each field has a class. Value 0 ("unset") is refused.
# usage: tests/lint/pages.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

status=0
say() {
	echo "$1"
	status=1
}

# rows FILE START: the rows of the tables whose first line matches START, one
# a line: "LINE<TAB>.member = value, ...". Rows begin with "{ .".
rows() {
	"${AWK:-awk}" -v start="$2" '
	$0 ~ start { inside = 1; next }
	inside && /^\};/ { inside = 0 }
	!inside { next }
	/^[ \t]*\{ *\./ { line = FNR; text = "" }
	{ text = text " " $0 }
	/\},?[ \t]*$/ && line {
		gsub(/[ \t]+/, " ", text)
		print line "\t" text
		line = 0
	}' "$1"
}

# family FOLDERS STEM SUFFIX: a file of that stem, or of the family it is of?
family() {
	stem=$2
	while :; do
		for folder in $1; do
			for found in "$folder/$stem"$3 "$folder/${stem}_"*$3; do
				[ -f "$found" ] && return 0
			done
		done
		case $stem in
		*_*) stem=${stem%_*} ;;
		*) return 1 ;;
		esac
	done
}

check_page() { # check_page SIDE PLACE ROW
	side=$1 place=$2 row=$3
	case $row in *".path = NULL"*) return ;; esac
	case $row in
	*".role = ROLE_UNSET"* | *".role = 0"*) say "$place: role is unset" ;;
	*".role = "*) ;;
	*) say "$place: no role" ;;
	esac
	case $row in *".methods = "*) ;; *) say "$place: no methods" ;; esac
	methods=$(printf '%s' "$row" | sed -n 's/.*\.methods = \([^,}]*\).*/\1/p')
	case $methods in
	*GET*) case $row in *".show = "*) ;; *) say "$place: GET without .show" ;; esac ;;
	esac
	case $methods in
	*POST*)
		case $row in *".act = "*) ;; *) say "$place: POST without .act" ;; esac
		case $row in *".writes = true"*) ;; *) say "$place: POST without .writes" ;; esac
		;;
	esac
	stem=$(printf '%s' "$row" | sed -n 's/.*\.template = "\([^"]*\)".*/\1/p')
	[ -n "$stem" ] || return 0
	[ -f "www/$side/$stem.html" ] || [ -f "www/people/$stem.html" ] ||
		say "$place: no www/$side/$stem.html"
	family "cgi/$side cgi/people" "$stem" .c || say "$place: no cgi/$side/$stem.c"
	family "tests/pages tests/pages/$side tests/unit/pages" "$stem" '.*' ||
		say "$place: no test tests/pages/$stem"
}

tab=$(printf '\t')
seen=0
for file in cgi/*/pages.c; do
	[ -f "$file" ] || continue
	side=${file#cgi/}
	side=${side%/pages.c}
	found=$(rows "$file" '^(static )?const struct page .*\{')
	[ -n "$found" ] || say "$file: no table of pages"
	while IFS=$tab read -r line row; do
		[ -n "$row" ] || continue
		seen=$((seen + 1))
		check_page "$side" "$file:$line" "$row"
	done <<END
$found
END
done

for file in src/documents/*.c; do
	[ -f "$file" ] || continue
	while IFS=$tab read -r line row; do
		case $row in
		"") continue ;;
		*".path = NULL"*) continue ;;
		*".class = CLASS_UNSET"* | *".class = 0"*)
			say "$file:$line: class is unset" ;;
		*".class = "*) ;;
		*) say "$file:$line: no class" ;;
		esac
		seen=$((seen + 1))
	done <<END
$(rows "$file" '^(static )?const struct field .*\{')
END
done
[ "$seen" -gt 0 ] || say "pages: no table here"
exit $status
