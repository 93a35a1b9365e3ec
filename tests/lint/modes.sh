#!/bin/sh
# What begins with "#!" is run as a program and has its run bits.
# usage: tests/lint/modes.sh [TREE]
set -eu
cd "${1:-$(dirname "$0")/../..}"

bad=$(find tests tools .ci docs -name node_modules -prune -o -type f \
	! -perm -100 -print 2>/dev/null | while read -r file; do
	[ "$(head -c 2 "$file" | tr -d '\0')" != '#!' ] || echo "$file"
done)
[ -z "$bad" ] && exit 0
printf '%s\n' "$bad" | sed 's/$/: has no run bit; chmod +x/'
exit 1
