#!/bin/bash
# What both sides sign is checked with openssl alone, by the very lines that
# docs/wire.md gives to a reader: a receipt, an instruction, the answer to a
# check-in, and a head of the log with both signatures.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 openssl base64 od
flow_make
check "the server starts" parts_server_start
flow_allow metering
check_code 0 "a send" sluice send metering
transaction=$(printf '%s\n' "$flow_out" |
	sed -n 's/^transaction \([^ ]*\) .* receipt ok$/\1/p')
check "it has a receipt" test -n "$transaction"
check_code 0 "a check-in" sluice checkin
check "the vendor writes a message" "$parts_server" instruction message \
	--conf "$parts_server_conf" ex7-004211 "We come on Thursday." \
	--reason "an appointment"
check_code 0 "it is fetched" sluice checkin

mkdir "$flow_dir/hand" "$flow_dir/bin"
ln -s "$parts_sluice" "$flow_dir/bin/sluice"
sed -n '/^# signed NOTE VERIFIER/,/^```/p' "$parts_top/docs/wire.md" |
	sed -e '/^```/d' -e "s|^device=[^ ]*|device=$flow_dir/device|" \
		>"$flow_dir/lines"
# by_hand SHELL-WORDS: after the lines of the document, in their folder
by_hand() {
	(cd "$flow_dir/hand" && PATH=$flow_dir/bin:$PATH transaction=$transaction \
		SLUICE_CONF=$parts_device_conf sh -c ". ../lines; $1")
}
check_code 0 "the lines of the document run" by_hand true
check "five signatures are good" test 5 = \
	"$(printf '%s\n' "$flow_out" | grep -c '^Signature Verified Successfully$')"
sha256=$(sed -n 's/^sha256 //p' "$flow_dir/hand/receipt")
check "the receipt names the bytes that were sent" \
	grep -q "^$sha256  -\$" <<<"$flow_out"
leaf=$(sluice log --json | sed -n '1s/.*"leaf":"\([0-9a-f]*\)".*/\1/p')
check "the leaf hash of an entry is as the log has it" \
	grep -q "^$leaf  -\$" <<<"$flow_out"
check "the head is signed by both" test 2 = \
	"$(grep -c '^— ' "$flow_dir/hand/both")"

# refuses WHAT NOTE VERIFIER: the lines find nothing good in it
refuses() {
	check_code 1 "$1" by_hand "signed $2 $3 >/dev/null 2>&1"
}
sed 's/^bytes .*/bytes 1/' "$flow_dir/hand/receipt" >"$flow_dir/hand/other"
refuses "a receipt that was changed" other '$device/trust/receipt.verifier'
sed '2s/.*/999/' "$flow_dir/hand/both" >"$flow_dir/hand/longer"
refuses "a longer head, by the device" longer '$device/keys/ledger.verifier'
refuses "a longer head, by the server" longer '$device/trust/receipt.verifier'
refuses "an instruction with the key of receipts" asked \
	'$device/trust/receipt.verifier'
