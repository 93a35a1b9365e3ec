#!/bin/bash
# The whole main job by command line, without and with a daemon.
. "$(dirname "$0")/lib.sh"
need lighttpd xmllint
flow_make
check "the server starts" parts_server_start

check_code 0 "status on a new device" sluice status
check_says "Nothing is being sent. No service is allowed." \
	"a new device says that nothing is sent"
check_code 3 "send without a grant is refused" sluice send metering
check_says "not allowed" "and it is said why"
check_code 0 "preview without a grant is a sample" sluice preview metering
check_says "This is a sample" "and says so"
check_code 0 "allow metering alone" sluice allow metering
check_code 3 "metering without remote services is refused" sluice send metering
check_code 0 "allow remote services" sluice allow remote
check_code 0 "services" sluice services --json

check_code 0 "preview" sluice preview metering
check_says "SHA-256" "the preview names its hash"
flow_stage metering
sluice preview "$flow_transaction" --xml >"$flow_dir/exact.xml"
check "the exact bytes have the hash of the preview" \
	test "$(sha256sum <"$flow_dir/exact.xml")" = "$flow_hash  -"
"$parts_sluice" catalogue --xsd >"$flow_dir/transmission.xsd"
check_code 0 "the schema takes the transmission" \
	xmllint --noout --schema "$flow_dir/transmission.xsd" "$flow_dir/exact.xml"

check_code 1 "another hash than the preview's is refused" \
	sluice send "$flow_transaction" --sha256 "$(printf 0%.0s {1..64})"
check_code 0 "send" sluice send "$flow_transaction" --sha256 "$flow_hash"
check_says "transaction $flow_transaction sha256 $flow_hash receipt ok" \
	"the last line is for scripts"
check_code 0 "sending the same again sends nothing more" \
	sluice send "$flow_transaction"
check "the server has it once" test "$(flow_received "$flow_transaction")" = 1
server transactions --json >"$flow_dir/received.json"
check "and says when" grep -Eq '"received_at": "20[0-9-]{8}T[0-9:]{8}Z"' \
	"$flow_dir/received.json"
server transactions "$flow_transaction" --body >"$flow_dir/received.xml"
check "the server has the exact bytes" \
	cmp "$flow_dir/exact.xml" "$flow_dir/received.xml"
sluice_sub log show "$flow_transaction" --receipt >"$flow_dir/receipt"
check "the receipt names the hash" \
	grep -qx "sha256 $flow_hash" "$flow_dir/receipt"
check "the log has the hash of the receipt" test "$(sluice log --json \
	--kind received | flow_json sha256)" = "$flow_hash"

check "the daemon starts" parts_daemon_start
check_code 0 "send through the daemon" sluice send metering
check_says "receipt ok" "with its receipt"
check_code 0 "log verify" sluice_sub log verify
check_says " ok" "the log verifies"
check_code 0 "log as CSV" sluice log --csv
check_code 0 "log as XML" sluice log --xml
printf '%s\n' "$flow_out" >"$flow_dir/log.xml"
check_code 0 "the log's XML is well-formed" xmllint --noout "$flow_dir/log.xml"
check_code 0 "one entry" sluice_sub log show 0
check_code 1 "an entry that does not exist" sluice_sub log show 100000
check_code 2 "a thing that is no entry" sluice_sub log show nothing
check_code 2 "unknown service" sluice send nothing
check_code 2 "unknown option" sluice send --nothing
check_code 2 "no command" "$parts_sluice"
check_code 1 "init does not overwrite" sluice init --serial X
check_code 1 "a disk that is full" bash -c '"$1" catalogue >/dev/full' - "$parts_sluice"
check_says "The result could not be written." "and it is said"
exec 7> >(true)
wait "$!"
"$parts_sluice" catalogue >&7 2>"$flow_dir/left.txt"
check "who reads no more is told nothing" test ! -s "$flow_dir/left.txt"
exec 7>&-
