#!/bin/bash
# make install into a folder, and the main job with what was installed.
. "$(dirname "$0")/lib.sh"
need lighttpd make
root=$flow_dir/root
make -s -C "$parts_build" install DESTDIR="$root" AUTOMAKE=: AUTOCONF=: \
	ACLOCAL=: AUTOHEADER=: >"$flow_dir/install.log" 2>&1 || {
	tail -n 20 "$flow_dir/install.log"
	fail "make install"
}
find_one() {
	find "$root" -path "$1" | head -n 1
}
parts_sluice=$(find_one '*/bin/sluice')
parts_server=$(find_one '*/bin/sluice-server')
parts_collectors=$(dirname "$(find_one '*/sluice-collect-sim')")
parts_static=$(find_one '*/share/sluice/static')
check "sluice is installed" test -x "$parts_sluice"
check "sluice-server is installed" test -x "$parts_server"
check "the simulated engine is installed" \
	test -x "$parts_collectors/sluice-collect-sim"
check "the style sheet is installed" test -f "$parts_static/sluice.css"
check "the man pages are installed" test -n "$(find_one '*/man1/sluice.1')" -a \
	-n "$(find_one '*/man5/sluice.conf.5')"

flow_make
check "the server starts" parts_server_start
check "the pages start" parts_pages_start
flow_allow metering
check_code 0 "a send" sluice send metering
check_says "receipt ok" "ends with the receipt"
web_get somebody /
check "the set-up page comes" test "$web_status" = 200
web_get somebody /static/sluice.css
check "the style sheet comes" test "$web_status" = 200

make -s -C "$parts_build" uninstall DESTDIR="$root" AUTOMAKE=: AUTOCONF=: \
	ACLOCAL=: AUTOHEADER=: >>"$flow_dir/install.log" 2>&1 || fail "make uninstall"
check "uninstall leaves no file" test -z "$(find "$root" -type f)"
