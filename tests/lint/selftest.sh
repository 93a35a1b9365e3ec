#!/bin/sh
# Each lint takes a good tree and refuses a bad one: a rule that refuses
# nothing would go unnoticed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/lint-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
failed=0
passed=0

# fresh: an empty tree to put samples into
fresh() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/src/base" "$work/tree/src/net" \
		"$work/tree/cgi/device" "$work/tree/www/device" \
		"$work/tree/tests/unit/base" "$work/tree/tests/pages" \
		"$work/tree/src/documents"
	cd "$work/tree" || exit 99
	printf '# comment\nbase:\nnet: base\ncgi/device: base\n' >src/LAYERS
	printf '#include "base/err.h"\n\nint f(void)\n{\n\treturn 0;\n}\n' \
		>src/base/err.c
	printf 'int test;\n' >tests/unit/base/err.c
}

verdict() { # verdict NAME EXPECTED GOT OUTPUT
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		echo "FAILED: $1: expected $2, got $3: $4"
		failed=$((failed + 1))
	fi
}

takes() { # takes LINT WHY
	said=$("$here/$1.sh" "$work/tree" 2>&1)
	verdict "$1 takes $2" 0 $? "$said"
}

refuses() { # refuses LINT WHY TOLD
	said=$("$here/$1.sh" "$work/tree" 2>&1)
	verdict "$1 refuses $2" 1 $? "$said"
	case $said in
	*"$3"*) passed=$((passed + 1)) ;;
	*)
		echo "FAILED: $1 does not say \"$3\" but: $said"
		failed=$((failed + 1))
		;;
	esac
}

# layers
fresh
printf '#include "net/tcp.h"\n#include "base/err.h"\n' >src/net/tcp.c
printf '#include "net/tcp.h"\n' >src/main.c
takes layers "what is allowed, and all for main.c"
printf '#include "net/tcp.h"\n' >src/base/buf.c
refuses layers "base that includes net" "src/base/buf.c:1: base may not include net"
fresh
printf ' #  include "net/tcp.h"\n' >cgi/device/home.c
refuses layers "a page that includes net" "cgi/device/home.c:1"
fresh
printf 'base/lock.h: base\n' >>src/LAYERS
printf '#include "base/lock.h"\n' >src/base/buf.c
takes layers "a header for few, in one of them"
printf '#include "base/lock.h"\n' >src/net/tcp.c
refuses layers "it elsewhere" "src/net/tcp.c:1: net may not include base/lock.h"
fresh
printf '#include "err.h"\n' >src/net/tcp.c
refuses layers "a path without folder" "without folder"
fresh
mkdir src/util
printf 'int x;\n' >src/util/x.c
refuses layers "a folder that is not listed" "not in src/LAYERS"
rm -rf "$work/tree/src" "$work/tree/cgi"
mkdir -p src cgi
refuses layers "an empty tree" "no sources"

# size
fresh
takes size "small files"
{ printf 'int g(void)\n{\n'; yes '	f();' | head -n 59; printf '}\n'; } >src/base/a.c
takes size "a function of 59 lines"
{ printf 'int g(void)\n{\n'; yes '	f();' | head -n 60; printf '}\n'; } >src/base/a.c
refuses size "a function of 60 lines" "src/base/a.c:2: a function of 60 lines"
fresh
yes '/* line */' | head -n 600 >src/base/a.h
refuses size "a file of 600 lines" "src/base/a.h: 600 lines"
fresh
{ printf 'static const int t[] =\n{\n'; yes '	1,' | head -n 80; printf '};\n'; } >src/base/a.c
takes size "a long table"

# html
fresh
printf 'void f(void)\n{\n\tbuf_printf(b, "usage: %%s <id>", "a < b");\n}\n' >cgi/device/a.c
takes html "angle brackets that are no element"
printf 'void f(void)\n{\n\tbuf_printf(b,\n\t\t"<b>%%s", x);\n}\n' >cgi/device/a.c
refuses html "a format with an element" "cgi/device/a.c:4"
printf 'void f(void)\n{\n\tbuf_printf(b, "</table>");\n}\n' >cgi/device/a.c
refuses html "an element in a format without values" "cgi/device/a.c:3"

# globals
fresh
if command -v "${CC:-cc}" >/dev/null && command -v objdump >/dev/null; then
	cat >src/base/a.c <<'END'
static const char *const names[] = { "a", "b" };
const char *name(int i)
{
	return names[i];
}
END
	compile() { "${CC:-cc}" -fPIE -c src/base/a.c -o src/base/a.o; }
	unset abs_top_builddir
	compile && takes globals "constant tables with pointers"
	for bad in 'int counter;' 'static int counter = 3;' \
		'static const char *counter = "x";' '_Thread_local int counter;'; do
		printf '%s\nvoid *f(void)\n{\n\treturn &counter;\n}\n' "$bad" >src/base/a.c
		compile && refuses globals "$bad" "counter is mutable"
	done
	printf 'int f(void)\n{\n\tstatic int counter;\n\treturn counter++;\n}\n' >src/base/a.c
	compile && refuses globals "a static in a function" "is mutable"
fi

# docs
fresh
mkdir docs
printf '# Top\n`src/base/err.c` [so](docs/a.md#of-it) `src/LAYER/x.c`\n' >README.md
printf '## Of it\n[up](../README.md) `src/base/err` [web](https://x.example/#y)\n' >docs/a.md
takes docs "what is there"
printf '`src/base/gone.c`\n' >README.md
refuses docs "a file that is not there" "./README.md: there is no src/base/gone.c"
printf '[so](docs/b.md)\n' >README.md
refuses docs "a link to nothing" "there is no docs/b.md"
printf '[so](docs/a.md#of-all)\n' >README.md
refuses docs "a link to no heading" "no heading for docs/a.md#of-all"

# words
fresh
printf '/* see https://example.org/ */\nconst char *u = "http://x"; /* a //b */\n' >src/base/a.c
takes words "addresses in comments and strings"
printf '/* %s: later */\n' "TO""DO" >src/base/a.c
refuses words "unfinished work" "src/base/a.c:1"
fresh
printf 'dir=/%s/somebody/x\n' home >src/base/run.sh
refuses words "a path of one machine" "src/base/run.sh:1"
fresh
printf '"resolved": "https://registry.%s.org/x"\n' npmjs >package.json
refuses words "the address of a registry" "package.json:1"
fresh
printf 'int a; // comment\n' >src/base/a.c
refuses words "a // comment" "src/base/a.c:1"
fresh
mkdir -p www/device
printf '<p>Ask the maker of this device.</p>\n' >www/device/a.html
takes words "whom people ask about the machine itself"
printf '<p>It is sent to the maker.</p>\n' >www/device/a.html
refuses words "data that goes to the maker" "www/device/a.html:1"

# modes
fresh
printf '#!/bin/sh\n' >tests/pages/home.sh
refuses modes "a script that cannot run" "tests/pages/home.sh: has no run bit"
chmod +x tests/pages/home.sh
takes modes "a script that can"

# tested
fresh
printf 'int g(void)\n{\n}\n' >src/base/err_more.c
printf 'static const int table[] = { 1 };\n' >src/base/table.c
takes tested "a family and a table"
printf 'int g(void)\n{\n}\n' >src/base/buf.c
refuses tested "a source without test" "src/base/buf.c: no test"
fresh
printf 'int g(void)\n{\n}\n' >cgi/device/home.c
refuses tested "a page without test" "cgi/device/home.c: no test"
touch tests/pages/home.c
takes tested "a page with a page test"

# pages
page() { # page ROW: a tree with one page
	fresh
	printf 'const struct page device_pages[] = {\n\t%s\n\t{ .path = NULL },\n};\n' \
		"$1" >cgi/device/pages.c
	touch cgi/device/home.c www/device/home.html tests/pages/home.sh
}
good='{ .path = "/", .methods = GET | POST, .role = ROLE_ANYBODY,
	  .writes = true, .show = s, .act = a, .template = "home" },'
page "$good"
takes pages "a whole row"
page "$(printf '%s' "$good" | sed 's/ROLE_ANYBODY/ROLE_UNSET/')"
refuses pages "an unset role" "cgi/device/pages.c:2: role is unset"
page "$(printf '%s' "$good" | sed 's/ \.role = ROLE_ANYBODY,//')"
refuses pages "no role" "no role"
page "$(printf '%s' "$good" | sed 's/\.methods = GET | POST,//')"
refuses pages "no methods" "no methods"
page "$(printf '%s' "$good" | sed 's/\.act = a,//')"
refuses pages "POST without handler" "POST without .act"
page "$(printf '%s' "$good" | sed 's/\.show = s,//')"
refuses pages "GET without handler" "GET without .show"
page "$(printf '%s' "$good" | sed 's/\.writes = true,//')"
refuses pages "a writing page that does not say so" "POST without .writes"
for part in www/device/home.html cgi/device/home.c tests/pages/home.sh; do
	page "$good"
	rm "$part"
	refuses pages "a row without $part" "${part%.sh}"
done
field() {
	page "$good"
	printf 'static const struct field fields[] = {\n\t%s\n};\n' "$1" >src/documents/billing.c
}
field '{ .path = "Total", .class = CLASS_MACHINE },'
takes pages "a field with a class"
field '{ .path = "Total", .class = CLASS_UNSET },'
refuses pages "a field with class unset" "src/documents/billing.c:2: class is unset"
field '{ .path = "Total" },'
refuses pages "a field without class" "no class"
fresh
refuses pages "a tree without tables" "no table"

# format
fresh
said=$("$here/format.sh" "$work/tree" 2>&1)
if [ $? -ne 77 ]; then
	cp "$here/../../.clang-format" .
	printf 'int test(void);\n' >tests/unit/base/err.c
	takes format "formatted files"
	printf 'int  f( void ){return 0;}\n' >src/base/a.c
	refuses format "other formats" "a.c:1"
	FIX=1 "$here/format.sh" "$work/tree"
	takes format "what it has rewritten"
else
	echo "not tried: $said"
fi

cd /
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
