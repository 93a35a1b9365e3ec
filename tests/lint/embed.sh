#!/bin/sh
# tools/embed: what it builds in comes out of the program byte by byte.
set -eu
top=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d "${TMPDIR:-/tmp}/embed-XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir folder
printf 'a "b" \\ \\n %%s\n\ttab ??/ ??= \303\251\n\n' >folder/z.html
printf '/* one */ no line end' >a.sql
: >empty.txt
"$top/tools/embed" files folder/z.html a.sql empty.txt >files.c
cat >main.c <<'END'
#include "base/embedded.h"
#include <stdio.h>
extern const struct embedded files[];
int main(void)
{
	for (const struct embedded *row = files; row->name != NULL; row++) {
		printf("[%s %zu]", row->name, row->len);
		fwrite(row->text, 1, row->len, stdout);
	}
	return 0;
}
END
"${CC:-cc}" -std=c11 -I"$top/src" -o main main.c files.c
./main >got
{
	printf '[a.sql 22]'; cat a.sql; printf '\n'
	printf '[empty.txt 0]'
	printf '[z.html 31]'; cat folder/z.html
} >wanted
cmp wanted got || { cat got; exit 1; }

cp a.sql folder/a.sql
if "$top/tools/embed" files a.sql folder/a.sql >/dev/null 2>said; then
	echo "two files of one name were taken"
	exit 1
fi
grep -q 'two files of one name: a.sql' said
if "$top/tools/embed" files missing.sql >/dev/null 2>&1; then
	echo "a missing file was taken"
	exit 1
fi
"$top/tools/embed" files >empty.c
"${CC:-cc}" -std=c11 -I"$top/src" -c empty.c
