#!/bin/bash
# Runs the browser tests on a demo of their own. Needs node, Chromium and the
# packages of package.json ("npm ci", done by tools/setup); without them it is
# skipped. Screenshots stand in tests/browser/screenshots of the build folder.
set -u
. "$abs_top_srcdir/tests/flows/circumstances.sh"
here=$abs_top_srcdir/tests/browser
skip() {
	echo "skipped: $1"
	exit 77
}
command -v node >/dev/null || skip "node is not installed"
[ -x "${CHROMIUM:=/usr/bin/chromium}" ] || skip "$CHROMIUM is not installed"
[ -d "$here/node_modules/playwright-core" ] ||
	skip "run 'npm ci' in tests/browser first"
command -v java >/dev/null || skip "java (for the HTML checker) is not installed"
grep -qs ' lo$' /proc/net/if_inet6 || skip "the virtual printer wants IPv6"
export CHROMIUM
shots=$abs_top_builddir/tests/browser/screenshots
rm -rf "$shots"
mkdir -p "$shots"
export HOME="${HOME:-$shots}"
exec node "$here/all.mjs" "$abs_top_srcdir" "$abs_top_builddir" "$shots"
