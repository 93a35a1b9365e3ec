# A flow's network that fails on order: the fault proxy between the device and
# the server. Sourced after lib.sh.

# Between this device and the server from now on; passes everything first.
network_proxy() {
	proxy_script=$flow_dir/proxy.script
	network_set pass
	parts_start proxy "$parts_build/tests/support/fault_proxy" \
		"$parts_host" "$parts_server_port" "$proxy_script"
	proxy_log=$parts_dir/logs/proxy.log
	parts_wait 60 "the proxy" grep -q '^port ' "$proxy_log" ||
		fail "the proxy does not start"
	proxy_port=$(sed -n 's/^port //p' "$proxy_log")
	sed -i "s/^port = $parts_server_port\$/port = $proxy_port/" \
		"$parts_device_conf"
	grep -q "^port = $proxy_port\$" "$parts_device_conf" ||
		fail "the device does not take the proxy's port"
}

# What happens from the next connection on: tests/support/fault_script.h
network_set() {
	printf '%s\n' "$1" >"$proxy_script.new" &&
		mv "$proxy_script.new" "$proxy_script"
}

# Connections that there were so far, of a step's text if it is given.
network_count() {
	grep -c "^connection [0-9]* .*${1:-}" "$proxy_log"
}

# The end of the last connection: "up 5 down 0 cut"
network_end() {
	sed -n 's/^end [0-9]* //p' "$proxy_log" | tail -n 1
}

# Has every connection ended?
network_quiet() {
	[ "$(grep -c '^connection ' "$proxy_log")" = \
		"$(grep -c '^end ' "$proxy_log")" ]
}

# network_fast COMMAND...: its clocks run ten times as fast, so that what it
# waits for comes soon, and a server that is slow has three seconds still. It
# need not be true that this works everywhere.
network_fast() {
	flow_faked '+0 x10' "$@"
}
# The same for what ends by the whole time that it takes.
network_faster() {
	flow_faked '+0 x20' "$@"
}

# As if every pause were over: of the transmissions, of job data, the one that
# the server asked for, and the count of tries in vain. The next check-in is
# far, so that each connection is an upload's.
network_due() {
	device_sql "BEGIN IMMEDIATE;
		UPDATE transmissions SET next_try_at = 0
			WHERE next_try_at > 0 AND state = 'queued';
		UPDATE job_items SET next_try_at = 0
			WHERE next_try_at > 0 AND state = 'sealed';
		DELETE FROM settings WHERE name IN
			('hold_until', 'retry_from', 'retry_used');
		INSERT OR REPLACE INTO settings VALUES
			('checkin_next_at', unixepoch() + 2 * 86400);
		COMMIT" || fail "the next try could not be moved"
}
