#!/bin/bash
# The disk is full while something is staged: a clear message, nothing lost,
# and it works again as soon as there is room.
. "$(dirname "$0")/lib.sh"
need lighttpd
if [ "$(id -u)" = 0 ] && [ -z "${SLUICE_FLOW_NAMESPACE:-}" ] &&
	unshare -m true 2>/dev/null; then
	# Mounts of this test are its own and go with it.
	rm -rf "$flow_dir"
	SLUICE_FLOW_NAMESPACE=1 exec unshare -m --propagation private "$0" "$@"
fi
flow_make
check "the server starts" parts_server_start
flow_allow metering
check_code 0 "a send while there is room" sluice send metering
before=$(sluice status --json | flow_json log_size)

still_there() {
	check "the log still verifies" flow_verify
	check "no entry is lost" \
		test "$(sluice status --json | flow_json log_size)" -ge "$before"
	check_code 0 "status" sluice status
	check_says "Nothing waits." "nothing is half staged"
}

state=$flow_dir/device/state

full_doctor() {
	check_code 1 "$1: the doctor finds a problem" sluice doctor
	check "$1: the full disk" grep -q '^failed.*Free space: 0 MB' \
		"$flow_dir/out"
	check "$1: and says what to do" grep -q -- '-> Make room' \
		"$flow_dir/out"
}
if [ -n "${SLUICE_FLOW_NAMESPACE:-}" ]; then
	unmount() {
		umount "$state"
	}
	flow_cleanup=unmount
	mv "$state" "$state.real"
	mkdir "$state"
	size=$(($(du -sk "$state.real" | cut -f1) + 600))
	mount -t tmpfs -o size="${size}k" tmpfs "$state" || fail "mount"
	cp -a "$state.real/." "$state/"
	check "the daemon starts" parts_daemon_start
	dd if=/dev/zero of="$state/ballast" bs=1k 2>/dev/null
	check_code 1 "a preview on a full disk fails" sluice preview metering
	check "and says that the disk is full" \
		grep -qi 'full\|no space\|disk' "$flow_dir/out"
	say "   it says: $(tail -n 1 "$flow_dir/out" | cut -c1-200)"
	check "the daemon lives" parts_alive daemon
	full_doctor "with the daemon"
	check "the rest is looked at too" grep -q '^ok.*Permission' \
		"$flow_dir/out"
	check "and that nothing is kept" grep -q 'not kept.*disk is full' \
		"$flow_dir/out"
	parts_stop daemon
	rm -f "$state/sluice.db-shm" # it is made anew from the log beside it
	dd if=/dev/zero of="$state/more" bs=1k 2>/dev/null
	full_doctor "where the database cannot even be opened"
	rm "$state/more" "$state/ballast"
	check "the daemon starts again" parts_daemon_start
	still_there
	check_code 0 "with room again a send works" sluice send metering
	parts_stop daemon
	check "the log verifies" flow_verify
else
	say "without root the disk cannot be filled; files get a limit instead"
	trap '' XFSZ
	limit=40960 # more than the shared memory file, less than the staging
	check_code 1 "a preview beyond the limit fails" \
		prlimit --fsize="$limit" "$parts_sluice" preview metering \
		--conf "$parts_device_conf"
	check "it says something" test -n "$(cat "$flow_dir/out")"
	still_there
	check_code 0 "without the limit a send works" sluice send metering
fi
