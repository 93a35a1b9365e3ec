#!/bin/bash
# Sealed files from a tus client that is not ours (npm tus-js-client) through
# the real web server. Skipped where Node or the packages of tests/browser are
# not there.
. "${abs_top_srcdir:?}/tests/flows/server_common.sh" || exit 1
browser=$abs_top_srcdir/tests/browser
if ! command -v node >/dev/null ||
	[ ! -d "$browser/node_modules/tus-js-client" ]; then
	echo "skipped: tools/setup installs what this needs"
	exit 77
fi

make_server || { echo "the server does not start"; failures=1; finish; }
ok "a device is added" add_device ex7-004211
verifier=$T/ex7-004211/receipt.verifier

make_file() {
	{
		echo age-encryption.org/v1
		head -c "$1" /dev/urandom
	} >"$T/file"
	id=$(new_id)
}

# send [MODE]
send() {
	node "$browser/tus_upload.mjs" "$(url /v1/uploads)" \
		"$T/ex7-004211/identity.pem" "$T/ex7-004211.key" \
		"$T/ex7-004211/server-anchor.pem" "$T/file" "$id" "$@" \
		>"$T/sent" 2>"$T/send.err" || {
		cat "$T/send.err"
		return 1
	}
}

here() {
	ok "$1: the file is here" cmp -s "$T/file" \
		"$T/server/state/sealed/ex7-004211/$id.age"
	is "$1: the receipt" 200 "$(call ex7-004211 "$(url "/v1/uploads/$id/receipt")")"
	ok "$1: is good" check_note "$T/answer" "$verifier"
	is "$1: it is stored once" 1 "$(sql "SELECT count(*) FROM sealed WHERE id = '$id'")"
}

make_file 1234567
ok "stopped in the middle, it goes on" send
here "in pieces"
ok "the address is the one we gave" grep -q "/v1/uploads/$id\$" "$T/sent"
make_file 70000
ok "a small one is sent with its creation" send at-once
here "with its creation"
make_file 1234567
ok "one is cancelled" send cancel
is "and unknown then" 404 "$(call ex7-004211 -I "$(url "/v1/uploads/$id")")"
ok "nothing of it is left" test -z \
	"$(find "$T/server/state/sealed" -name '*.part')"
ok "database and ledger are whole" whole
finish
