# Starts and stops the parts of a whole Sluice: printer, server, device. Bash
# functions for tools/demo and tests/flows; nothing runs by sourcing this.
#
# The caller sets before:
#   parts_top     source folder
#   parts_build   build folder with sluice and sluice-server
#   parts_dir     folder for all state and logs
#   parts_keep    1 = what is started outlives the caller
# Every process that is started stands in $parts_dir/pids ("NAME PID"), is
# told to end by the kernel when the caller dies, and writes to
# $parts_dir/logs/NAME.log.

PATH=$PATH:/usr/sbin:/sbin
parts_host=127.0.0.1
parts_server_name=comms.example

parts_init() {
	parts_sluice=${parts_sluice:-$parts_build/sluice}
	parts_server=${parts_server:-$parts_build/sluice-server}
	parts_collectors=${parts_collectors:-$parts_build}
	parts_static=${parts_static:-$parts_top/www/static}
	parts_device_conf=$parts_dir/device/sluice.conf
	parts_server_conf=$parts_dir/server/server.conf
	mkdir -p "$parts_dir/logs"
	parts_dir=$(cd "$parts_dir" && pwd)
	: >"$parts_dir/pids"
}

# parts_wait SECONDS WHAT COMMAND...: tries the command until it is true. What
# is there at once on a quiet machine is given a minute: nobody waits longer
# than it takes.
parts_wait() {
	local left=$(($1 * 20)) what=$2
	shift 2
	until "$@"; do
		left=$((left - 1))
		if [ "$left" -le 0 ]; then
			echo "not within the time: $what" >&2
			return 1
		fi
		sleep 0.05
	done
}

parts_port_open() {
	(exec 3<>"/dev/tcp/$parts_host/$1") 2>/dev/null
}

# A port below the range that the system gives to connections, which nobody
# else who asks here gets while the caller lives, even if nothing listens on it
# yet or just now: a link names the process that has it.
parts_free_port() {
	local port claim
	while :; do
		port=$((10000 + RANDOM % 20000))
		claim=${TMPDIR:-/tmp}/sluice-port.$port
		[ ! -L "$claim" ] || parts_clear_claim "$claim"
		if ! parts_port_open "$port" && ln -s "$$" "$claim" 2>/dev/null; then
			echo "$port"
			return
		fi
	done
}

# Removes the claim of a process that is gone. Of those who find it at once one
# does so, and looks after the others were kept out: what it removes is never
# the claim that another one made meanwhile.
parts_clear_claim() {
	local holder
	mkdir "$1.cleared" 2>/dev/null || return 0
	holder=$(readlink "$1") && [ ! -d "/proc/$holder" ] && rm -f "$1"
	rmdir "$1.cleared"
}

# All the ports of this process may be given to others.
parts_release_ports() {
	find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'sluice-port.*' -lname "$$" \
		-delete 2>/dev/null
}

# parts_start NAME COMMAND...: in the background.
parts_start() {
	local name=$1 log=$parts_dir/logs/$1.log
	shift
	if [ "${parts_keep:-0}" = 1 ]; then
		setsid "$@" </dev/null >>"$log" 2>&1 &
	else
		setpriv --pdeathsig TERM "$@" </dev/null >>"$log" 2>&1 &
	fi
	echo "$name $!" >>"$parts_dir/pids"
	disown "$!"
}

# The process of that name that was started last.
parts_pid() {
	sed -n "s/^$1 //p" "$parts_dir/pids" | tail -n 1
}

parts_alive() {
	local pid
	pid=$(parts_pid "$1")
	[ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

parts_dead() {
	! parts_alive "$1"
}

# parts_stop NAME: asks, waits, and forces after a minute.
parts_stop() {
	local pid
	pid=$(parts_pid "$1")
	[ -n "$pid" ] || return 0
	kill "$pid" 2>/dev/null || true
	if ! parts_wait 60 "$1 ends" parts_dead "$1"; then
		kill -KILL "$pid" 2>/dev/null || true
	fi
	sed -i "/^$1 $pid\$/d" "$parts_dir/pids"
}

# parts_kill NAME: it and its children die at once, as in a power cut. Whoever
# starts it again finds none of them with a hand on socket or lock.
parts_kill() {
	local pid child children
	pid=$(parts_pid "$1")
	children=$(pgrep -P "$pid" || true)
	# shellcheck disable=SC2086
	kill -KILL "$pid" $children 2>/dev/null || true
	for child in $pid $children; do
		parts_wait 60 "$1 dies" parts_ended "$child"
	done
	sed -i "/^$1 $pid\$/d" "$parts_dir/pids"
}

# One that nobody has waited for yet has ended as well.
parts_ended() {
	! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"
}

# Last started, first stopped.
parts_stop_all() {
	local name
	for name in $(sed 's/ .*//' "$parts_dir/pids" 2>/dev/null | tac); do
		parts_stop "$name"
	done
}

parts_show_logs() {
	local log
	for log in "$parts_dir"/logs/*.log "$parts_dir"/device/web/log/*.log \
		"$parts_dir"/server/web/*.log; do
		[ -s "$log" ] || continue
		echo "--- last lines of $log"
		tail -n 15 "$log"
	done
}


# Waits for a port, but not longer than its process lives.
parts_wait_port() {
	local name=$1 port=$2 left=1200
	until parts_port_open "$port"; do
		left=$((left - 1))
		if ! parts_alive "$name" || [ "$left" -le 0 ]; then
			echo "$name does not listen on port $port" >&2
			return 1
		fi
		sleep 0.05
	done
}

# --- server

# parts_server_init PORT CONSOLE_PORT; the code is in parts_server_code.
parts_server_init() {
	parts_server_port=$1
	parts_console_port=$2
	"$parts_server" init --conf "$parts_server_conf" \
		--name "$parts_server_name" --listen "$parts_host" \
		--port "$1" --console-port "$2" --static "$parts_static" \
		>"$parts_dir/logs/server-init.txt"
	parts_server_code=$(sed -n 's/^Set-up code: //p' \
		"$parts_dir/logs/server-init.txt")
}

# Ready when all its sockets listen, which it says; a socket may be there
# before, or be left from one that was killed.
parts_worker_start() {
	parts_workers_ready=$(($(parts_workers_said) + 1))
	parts_start worker "$parts_server" serve --conf "$parts_server_conf"
	parts_wait 60 "the server's workers" parts_workers_are_ready
}
parts_workers_said() {
	sed -n '/^Serving /p' "$parts_dir/logs/worker.log" 2>/dev/null | wc -l
}
parts_workers_are_ready() {
	[ "$(parts_workers_said)" = "$parts_workers_ready" ]
}

parts_server_web_start() {
	parts_start server-web lighttpd -D -f \
		"$parts_dir/server/lighttpd.conf"
	parts_wait_port server-web "$parts_server_port"
}

parts_server_start() {
	parts_worker_start && parts_server_web_start
}

parts_server_stop() {
	parts_stop server-web
	parts_stop worker
}

# --- device

# parts_device_init PORT COLLECTOR...; each as --collector takes it. More
# options of "sluice init" in parts_device_options; a source of jobs, as
# --job-source takes it, in parts_job_source.
parts_device_init() {
	parts_page_port=$1
	shift
	local collectors=() collector options
	read -r -a options <<<"${parts_device_options:-}"
	for collector in "$@"; do
		collectors+=(--collector "$collector")
	done
	[ -z "${parts_job_source:-}" ] ||
		collectors+=(--job-source "$parts_job_source")
	"$parts_sluice" init --conf "$parts_device_conf" \
		--serial "${parts_serial:-EX7-004211}" \
		--title "${parts_title:-Example 7}" \
		--server "$parts_server_name:$parts_server_port" \
		--server-address "$parts_host" \
		--listen "$parts_host" --port "$parts_page_port" \
		--static "$parts_static" "${collectors[@]}" "${options[@]}" \
		>"$parts_dir/logs/device-init.txt"
	parts_device_code=$(sed -n 's/^Set-up code: //p' \
		"$parts_dir/logs/device-init.txt")
	parts_device_id=$(sed -n 's/^id = //p' "$parts_device_conf" | head -n 1)
}

# The simulated engine, as --collector takes it.
parts_sim() {
	echo "sim=$parts_collectors/sluice-collect-sim --state engine"
}

# Adds the device at the server and takes in what the server gives.
parts_provision() {
	"$parts_server" device add --conf "$parts_server_conf" \
		--request "$parts_dir/device/keys/identity.csr" \
		--ledger-key "$parts_dir/device/keys/ledger.verifier" \
		--title "${parts_title:-Example 7}" \
		--out "$parts_dir/provision" &&
	"$parts_sluice" init --conf "$parts_device_conf" \
		--provision "$parts_dir/provision"
}

# The other way to a certificate: the device takes in what it trusts, and is
# given a one-time code, in parts_enrol_code, for "sluice enrol" or its page.
parts_anchors() {
	"$parts_server" anchors --conf "$parts_server_conf" \
		--out "$parts_dir/anchors" &&
	"$parts_sluice" init --conf "$parts_device_conf" \
		--provision "$parts_dir/anchors" || return 1
	parts_enrol_code=$("$parts_server" code make "$parts_device_id" \
		--conf "$parts_server_conf" --title "${parts_title:-Example 7}" \
		--serial "${parts_serial:-EX7-004211}" | head -n 1)
	[ -n "$parts_enrol_code" ]
}

parts_pages_start() {
	parts_start device-web lighttpd -D -f "$parts_dir/device/lighttpd.conf"
	parts_wait_port device-web "$parts_page_port"
}

parts_daemon_runs() {
	"$parts_sluice" status --json --conf "$parts_device_conf" 2>/dev/null |
		grep -q '"daemon": true'
}

parts_daemon_start() {
	parts_start daemon "$parts_sluice" run --conf "$parts_device_conf"
	parts_wait 60 "the client daemon" parts_daemon_runs
}

# --- printer

parts_printer_answers() {
	ipptool -q "ipp://localhost:$1/ipp/print" \
		"$parts_top/tools/printer.d/answers.test" >/dev/null 2>&1
}

# Waits until it answers.
parts_printer_start() {
	local port=$1 left=1200
	parts_start printer sh "$parts_top/tools/printer" run \
		"$parts_dir/printer" "$port"
	until parts_printer_answers "$port"; do
		left=$((left - 1))
		if ! parts_alive printer || [ "$left" -le 0 ]; then
			cat "$parts_dir/logs/printer.log" >&2
			return 1
		fi
		sleep 0.05
	done
}

# The IPP collector, as --collector takes it.
parts_ipp() {
	echo "ipp=$parts_collectors/sluice-collect-ipp --uri ipp://localhost:$1/ipp/print"
}

# The SNMP collector, as --collector takes it: PORT, FILE with the community.
parts_snmp() {
	echo "snmp=$parts_collectors/sluice-collect-snmp --host localhost:$1 --community-file $2"
}
