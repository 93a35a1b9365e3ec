#!/bin/sh
# One binary, several programs: by the name it is started under, else by its
# first argument.
set -eu
sluice=${abs_top_builddir:-.}/sluice
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
expect() {
	if ! printf '%s' "$2" | grep -q "$3"; then
		echo "FAILED: $1: no \"$3\" in: $2"
		failed=1
	fi
}

ln -s "$sluice" "$dir/sluice-page"
ln -s "$sluice" "$dir/anything"
SLUICE_CONF=$dir/absent.conf
GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/ HTTPS=on
export SLUICE_CONF GATEWAY_INTERFACE REQUEST_METHOD PATH_INFO HTTPS
expect "sluice-page is the CGI program" "$("$dir/sluice-page" 2>&1 || true)" '^Status: 5'
expect "sluice page is the same" "$("$sluice" page 2>&1 || true)" '^Status: 5'
expect "another name is the command line" "$("$dir/anything" version)" '^sluice '
expect "so is sluice" "$("$sluice" version)" '^catalogue '
expect "SLUICE_CONF is used" "$("$sluice" status 2>&1 || true)" "$dir/absent.conf"
expect "--conf is stronger" \
	"$("$sluice" status --conf "$dir/other.conf" 2>&1 || true)" "$dir/other.conf"
exit $failed
