#!/bin/sh
# Refuses an #include of a layer that src/LAYERS does not allow. Each folder
# sees itself; src/main*.c and src/programs.* see everything. A header that
# LAYERS names is for the layers behind it alone.
# usage: tests/lint/layers.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

list=$(find src cgi -name '*.[ch]' | sort)
[ -n "$list" ] || { echo "layers: no sources here"; exit 1; }

# shellcheck disable=SC2086 # file names of this project have no spaces
"${AWK:-awk}" '
function layer_of(path,   parts, count) {
	count = split(path, parts, "/")
	if (parts[1] == "cgi") {
		return count > 2 ? "cgi/" parts[2] : "?"
	}
	return parts[1]
}
FILENAME == "src/LAYERS" {
	if ($0 ~ /^#/ || $0 !~ /:/) {
		next
	}
	split($0, line, ":")
	if (line[1] ~ /\.h$/) {
		few[line[1]] = " " line[2] " "
		next
	}
	known[line[1]] = 1
	allowed[line[1], line[1]] = 1
	count = split(line[2], names, " ")
	for (i = 1; i <= count; i++) {
		allowed[line[1], names[i]] = 1
	}
	next
}
FNR == 1 {
	own = FILENAME
	sub(/^src\//, "", own)
	free = own !~ /\// && own ~ /^(main[a-z_]*\.c|programs\.[ch])$/
	own = layer_of(own)
	if (!free && !(own in known)) {
		print FILENAME ": its folder is not in src/LAYERS"
		bad = 1
	}
}
/^[ \t]*#[ \t]*include[ \t]*"/ && !free {
	path = $0
	sub(/^[^"]*"/, "", path)
	sub(/".*/, "", path)
	other = path ~ /\// ? layer_of(path) : "a path without folder"
	if (path in few && index(few[path], " " own " ") == 0) {
		print FILENAME ":" FNR ": " own " may not include " path
		bad = 1
	}
	if (!((own, other) in allowed)) {
		print FILENAME ":" FNR ": " own " may not include " other \
			" (" path ")"
		bad = 1
	}
}
END { exit bad }
' src/LAYERS $list
