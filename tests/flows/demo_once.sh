#!/bin/bash
# tools/demo does the main job through the pages, and leaves nothing behind.
. "$(dirname "$0")/lib.sh"
need lighttpd curl unshare
grep -qs ' lo$' /proc/net/if_inet6 || skip "the virtual printer wants IPv6"

demo() {
	"$parts_top/tools/demo" --no-setup --build "$parts_build" "$@"
}

check_code 0 "the main job" demo --once --dir "$flow_dir/a"
last=$(tail -n 1 "$flow_dir/out")
check "the last line names transaction, hash and receipt" \
	grep -Eqx 'transaction [0-9a-f-]{36} sha256 [0-9a-f]{64} receipt ok' \
	<<<"$last"
check "the log kept it" sh -c "'$parts_build/sluice' log --json --kind received \
	--conf '$flow_dir/a/device/sluice.conf' | grep -q \"$(cut -d' ' -f4 <<<"$last")\""
on_device() {
	local command=$1
	shift
	"$parts_build/sluice" "$command" --conf "$flow_dir/a/device/sluice.conf" \
		"$@"
}
check "the certificate came with the code" test \
	"$(on_device enrol --status --json | flow_json state)" = enrolled
for kind in enrolment check-in instruction; do
	check "the log has it: $kind" test \
		"$(on_device log --json --kind "$kind" | grep -c '"kind"')" -ge 1
done
check "received: what was sent, what was asked for, the job" test \
	"$(on_device log --json --kind received | grep -c '"kind"')" = 3
# What those who ended had started ends a moment after them.
none_run() {
	! pgrep -f "$flow_dir/$1/" >"$flow_dir/left"
}
check "nothing of it runs any more" parts_wait 60 "its end" none_run a
check_code 1 "a folder is not used twice" demo --once --dir "$flow_dir/a"

parts_dir=$flow_dir/b # whatever fails below, this is ended
check_code 0 "with --keep it goes on" demo --once --keep --dir "$flow_dir/b"
check "the processes stand in pids" \
	test "$(grep -c . "$flow_dir/b/pids")" -ge 5
device=$(sed -n 's/^device //p' "$flow_dir/b/urls")
check "the pages answer" curl -skL -o "$flow_dir/page" "$device"
check "and ask to sign in" grep -q 'name="password"' "$flow_dir/page"
parts_stop_all
check "what was kept can be ended" parts_wait 60 "its end" none_run b

check_code 2 "unknown option" demo --nothing
for path in --dir --build; do
	check_code 1 "a blank in $path is told at the start" \
		demo "$path" "$flow_dir/a b"
	check_says "has a blank in it" "and why"
done
TMPDIR="$flow_dir/a b" check_code 1 "and one in TMPDIR" demo --once
check_says "has a blank in it" "and why"
ln -s "$parts_top" "$flow_dir/a checkout"
check_code 1 "and one in the path of the checkout" \
	"$flow_dir/a checkout/tools/demo" --no-setup --build "$parts_build"
check_says "has a blank in it" "and why"
check_code 2 "--keep without --dir" demo --keep
